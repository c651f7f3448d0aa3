"""An SLO whose matchers were judged in another one gets the same diagnostics as without it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slocompiler.compiler import analyse
from slocompiler.formats.text import render
from slocompiler.resolve import ResolvedSlo
from slocompiler.source import Source
from support.compile import EXAMPLES, SHARED

MATCHERS: Any = sys.modules["slocompiler.checks.matchers"]  # the package has a function of that name
MATCHER = st.builds(
    "{}{}{}".format,
    st.sampled_from(("code", "path", "job")),
    st.sampled_from(("=", "!=", "=~", "!~")),
    st.sampled_from(('"500"', '"5.."', '"50."', '".*"', '".+"', '""', '"/healthz"', '"/a/.*"')),
)


def filters(least: int, most: int) -> st.SearchStrategy[str]:
    return st.lists(MATCHER, min_size=least, max_size=most, unique=True).map(lambda found: f"{{{', '.join(found)}}}")


EXCLUSIONS = st.lists(filters(1, 2), max_size=2).map(
    lambda found: f'exclude {" or ".join(found)} "no user"' if found else ""
)
CLASSIFIED = st.builds(
    "{} {}".format, st.sampled_from(("good", "bad")), st.lists(filters(1, 2), min_size=1, max_size=2).map(" or ".join)
)
SLO = """
  slo s{n} 99% over 30d {{
    events requests
    {exclude}
    {classified}
  }}
"""
SERVICE = 'service a {{\n  owner "o"\n  events requests = x_total{events} {exclude}\n{slos}}}\n'
SLOS = st.lists(st.builds(dict, exclude=EXCLUSIONS, classified=CLASSIFIED), min_size=1, max_size=3)


def reported(text: str) -> list[str]:
    def library(path: str) -> Source:
        return Source(path, SHARED.read_text(encoding="utf-8"))

    return [*map(render, analyse([Source("a.slo", text)], read=library)[1])]


def alone(text: str) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MATCHERS, "_is_fine", lambda _: False)
        return reported(text)


@settings(max_examples=300)
@given(filters(0, 3), EXCLUSIONS, SLOS)
def test_matchers(events: str, exclude: str, slos: list[dict[str, str]]) -> None:
    inside = "".join(SLO.format(n=n, **slo) for n, slo in enumerate(slos))
    text = SERVICE.format(events=events, exclude=exclude, slos=inside)
    assert reported(text) == alone(text)


def plain(events: str) -> str:
    return f'service a {{ owner "o" slo s 99% over 30d {{ events x_total{events} bad {{a="1"}} }} }}'


def bounded(first: str, second: str) -> str:
    of = f'events x_seconds{{}} good {{path=~".*"}} {first} or {{path="/a"}} {second}'
    return f'service a {{ owner "o" slo s 99% over 30d {{ {of} }} }}'


def used(is_used: bool) -> str:
    slo = 'slo s 99% over 30d {{ events {} bad {{code="500", job="a"}} or {{code="600"}} }}'
    template = f"template b(events) {{ {slo.format('$events')} }}"
    own = 'use b(events = x_total{job="b"})' if is_used else slo.format('x_total{job="b"}')
    return f'{template if is_used else ""} service a {{ owner "o" {own} }}'


@pytest.mark.parametrize(
    ("fine", "wrong"),
    [
        (plain("{}"), plain('{job!~".*"}')),
        (bounded("below 1s", "below 2s"), bounded("", "below 2s")),
        (used(True), used(False)),
    ],
    ids=["a matcher that no other one is about", "bounds", "use"],
)
def test_those_that_are_almost_alike(fine: str, wrong: str) -> None:
    """The second one differs in the one thing that makes it wrong."""
    before, after = reported(fine), reported(wrong)
    assert after == alone(wrong)
    assert any(code in "".join(after) and code not in "".join(before) for code in ("E217", "W307"))


def test_examples() -> None:
    for example in EXAMPLES:
        text = example.read_text(encoding="utf-8")
        assert reported(text) == alone(text)


def test_most_slos_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = list[str]()
    judge = MATCHERS._judged

    def counted(slo: ResolvedSlo) -> Iterator[Any]:
        judged.append(slo.id)
        return judge(slo)

    monkeypatch.setattr(MATCHERS, "_judged", counted)
    slos = "".join(SLO.format(n=n, exclude="", classified='bad {odd="never-seen-elsewhere"}') for n in range(5))
    for job in "ab":
        reported(SERVICE.format(events=f'{{job="{job}"}}', exclude="", slos=slos))
    assert judged == ["a/s0"]
