"""Rules, pages and dashboards that are filled in are those that would be rendered, whatever words an SLO has."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slocompiler import ir
from slocompiler.record import fields, replace
from slocompiler.targets.docs import render as docs
from slocompiler.targets.grafana import render as grafana
from slocompiler.targets.prometheus import render as prometheus
from slocompiler.targets.prometheus import stencil
from slocompiler.targets.shared import Options
from support import generated
from support.programs import THROUGH
from support.shapes import NO_DATA, PAGE, SHAPES, excepted, maintenance, slo

ALERTS = (PAGE, ir.Remaining(severity="ticket", below=PAGE.share), NO_DATA, ir.Down(severity="page", lasting=300))
OPTIONS = (
    Options(),
    Options(grafana_url="https://g.example.org", docs_url="https://d.example.org", source_url="https://s.example.org"),
    Options(labels={"tier": "zW0Wz"}),
)
PIECES = [
    "y", "on", "null", "x", "shop", "answers", "everyone", "a", "9", "5xx", "4", "-", "Timeout", "error", "Requests", "call", "fail", "ü", "é ", "%", "`", "'",
    "#", ":", "# ", ": ", " - ", "/", ".", "_", " ", "  ", "\u00a0", "\u2003", "\u200b", "\n", "\t", '"', "\\", "{", "{{", "}}", "{{ $value }}", "$", "|", ".*", ".+", "zW0Wz", ";zT0Tz", ";", "~", "zW", "🚨",
]  # fmt: skip  # a table
TRICKY = [
    "Requests", "calls fail", "Task done: all", "Error", "timeout", "5xx", "4", "yes", "a", "b", "/a/.*", "a|b", "a b", "a  b", " a",
    "a, b", "See www.x", "Tom & co", "1. go", "+ x, y", "\U000f6805, y", "x:/y", "long " * 30 + "x",
]  # fmt: skip  # a table
WORDS = st.sampled_from(TRICKY) | st.lists(st.sampled_from(PIECES), max_size=4).map("".join) | st.text(max_size=8)
VALUES = st.sampled_from(["timeout", "Error", "a", "b", "c", "d", "e", "shop", "/a/.*", "a  b"]) | WORDS
NAMES = st.from_regex("[a-z][a-z0-9-]{0,5}", fullmatch=True) | st.sampled_from(["y", "on", "shop", "a" * 30])
FEW = st.lists(WORDS, max_size=2).map(tuple)


def of(label: str, value: str, op: Literal["=", "!=", "=~"] = "=") -> ir.Filter:
    """A filter of one matcher."""
    return (ir.Matcher(label, op, value),)


def counted(metric: str = "up_total", **parts: Any) -> ir.Stream:
    """A stream of one job, whose metric names no events."""
    return ir.Stream(metric=metric, **{"all": of("job", "a")} | parts)


CHOICES = (of("code", "a"), of("code", "b"), (*of("path", "c"), *of("path", "d", "!="), *of("path", "e", "!=")))
WORDED: dict[str, ir.Indicator] = {
    "a choice": ir.Ratio(total=(counted(),), side="bad", part=(counted(any=CHOICES[:1]),)),
    "choices": ir.Ratio(total=(counted(),), side="bad", part=(counted(any=CHOICES),)),
    "a choice of three": ir.Ratio(total=(counted(),), side="bad", part=(counted(any=CHOICES[2:]),)),
    "all but": ir.Ratio(
        total=(counted(none=CHOICES[:1]),), side="bad", part=(counted(none=(*CHOICES[:2], of("code", "f"))),)
    ),
    "two streams": ir.Ratio(
        total=(counted("y_total"), counted(all=of("job", "b"))),
        side="bad",
        part=(counted("y_total", any=CHOICES[:1]), counted(all=of("job", "b"), any=CHOICES[:1])),
    ),
}
"""Indicators about whose words sentences say more, or which they put in order."""


RISKS = (ir.Risk(text="An outage", every=2_592_000, lasting=600, hitting=PAGE.share, on=("y", "shop")),)
SHOP = ir.Service(name="shop", title="", owner="x", source="a.slo", risks=(), feedback=(), slos=())


def rules(slo: ir.Slo, service: ir.Service, options: Options) -> tuple[str, ...]:
    """The rules as they are rendered without holes."""
    return prometheus._texts_of(slo, service, options)


def pages(slo: ir.Slo, service: ir.Service, options: Options) -> tuple[str, ...]:
    """The pages as they are rendered without holes."""
    return docs._pages(slo, service, options, True)


def dashboards(slo: ir.Slo, service: ir.Service, options: Options) -> tuple[str, ...]:
    """The dashboard as it is rendered without holes."""
    return grafana._of_slo(slo, service, options)


def check(slo: ir.Slo, service: ir.Service, options: Options) -> None:
    """Compare what is filled in with what is rendered."""
    for reads, render in ((stencil.RULES, rules), (stencil.PAGES, pages), (stencil.PAGES, dashboards)):
        assert stencil.texts(reads, render, slo, service, options) == render(slo, service, options)


def with_values(part: Any, value: Callable[[str], str]) -> Any:
    """A part of an SLO with other values in its matchers."""
    if isinstance(part, ir.Matcher):
        return replace(part, value=value(part.value))
    if isinstance(part, tuple):
        return tuple(with_values(one, value) for one in part)
    if hasattr(part, "__match_args__") and not isinstance(part, type):
        return replace(part, **{name: with_values(getattr(part, name), value) for name in fields(type(part))})
    return part


@st.composite
def worded(draw: st.DrawFn) -> tuple[ir.Slo, ir.Service]:
    """An SLO of any shape with any words, and its service."""
    shape = draw(st.sampled_from([*SHAPES.values(), THROUGH]) | st.sampled_from([*WORDED.values()]))
    is_seen = isinstance(shape, ir.Slices) and shape.missing != "ignored"
    names, title = [draw(NAMES), draw(NAMES)], draw(WORDS)
    one = slo(
        with_values(shape, cache(lambda _: draw(VALUES))),
        alerts=ALERTS,
        per=() if is_seen else draw(st.sampled_from([(), ("route",)])),
        title=draw(WORDS),
        stakeholders=draw(FEW),
        runbook=draw(WORDS),
        links=tuple(ir.Link(title=text, url=text) for text in draw(FEW)),
        labels=tuple(ir.Label(name=f"l{number}", value=text) for number, text in enumerate(draw(FEW))),
        because=draw(WORDS),
        source=draw(WORDS),
        used_at=draw(st.none() | WORDS),
        exclusions=tuple(ir.Exclusion(filter=choice, reason=draw(WORDS)) for choice in CHOICES[:1]),
        exclude_when_reason=draw(WORDS),
        maintenance=tuple(maintenance(text=draw(WORDS), because=draw(WORDS)) for _ in range(draw(st.integers(0, 1)))),
        exceptions=tuple(replace(excepted(lasting=600), because=draw(WORDS)) for _ in range(draw(st.integers(0, 1)))),
        policy=(ir.PolicyStep(below=PAGE.share, action=draw(WORDS), notify=True, gate=False),),
    )
    one = replace(one, id="/".join(names), name=names[1])
    return one, ir.Service(
        name=names[0], title=title, owner=draw(WORDS), source=draw(WORDS), risks=RISKS, feedback=(), slos=()
    )


@settings(max_examples=100)
@given(worded(), st.sampled_from(OPTIONS))
@example((slo(SHAPES["a good counter"], title="zW0Wz", because="It {{"), SHOP), OPTIONS[0])
@example((slo(SHAPES["a good counter"], stakeholders=("a  b",)), replace(SHOP, owner="a b")), OPTIONS[0])
def test_any_words_are_filled_in_as_they_are_rendered(found: tuple[ir.Slo, ir.Service], options: Options) -> None:
    check(*found, options)


@pytest.mark.parametrize("word", [*TRICKY, *PIECES])
def test_a_word_is_filled_in_wherever_it_stands(word: str) -> None:
    link, label = ir.Link(title=word, url=word), ir.Label(name="l", value=word)
    one = slo(with_values(WORDED["a choice"], lambda _: word), alerts=ALERTS, title=word, stakeholders=(word,), because=word,
              runbook=word, links=(link,), labels=(label,), source=word, used_at=word)  # fmt: skip  # it is clearer in a row
    check(one, replace(SHOP, title=word, owner=word, source=word), OPTIONS[1])


@pytest.mark.parametrize("name", WORDED)
def test_the_order_of_words_stays(name: str) -> None:
    """Sentences sort values, so holes for them would be in another order."""
    falling = {value: f"v{9 - number}" for number, value in enumerate("abcdef")}
    one = slo(with_values(WORDED[name], falling.__getitem__), alerts=ALERTS)
    check(one, SHOP, OPTIONS[0])


def test_programs_are_filled_in_as_they_are_rendered() -> None:
    for _, _, program in generated.programs(0, 60):
        for service in program.services:
            for one in service.slos:
                check(one, service, OPTIONS[1])


def test_slos_that_differ_in_plain_words_share_a_shape() -> None:
    rendered = []

    def counting(slo: ir.Slo, service: ir.Service, options: Options) -> tuple[str, ...]:
        rendered.append(slo)
        return rules(slo, service, options)

    for name in ("cart", "search", "stock"):
        job = ir.Matcher("job", "=", name)
        total = ir.Stream(metric="x_total", all=(job,))
        part = replace(total, any=((ir.Matcher("path", "=~", f"/{name}/.*"), ir.Matcher("code", "=~", "5..")),))
        one = slo(
            ir.Ratio(total=(total,), side="bad", part=(part,)), title=f"The {name}, as people use it", alerts=ALERTS
        )
        own = replace(
            one,
            id=f"{name}/one",
            name="one",
            runbook=f"https://r.example.org/{name}",
            because=f"{name.title()} counts!",
        )
        service = ir.Service(
            name=name, title=name.title(), owner="shop", source=f"{name}.slo", risks=(), feedback=(), slos=()
        )
        assert stencil.texts(stencil.RULES, counting, own, service, OPTIONS[0]) == rules(own, service, OPTIONS[0])
    assert len(rendered) == 1
