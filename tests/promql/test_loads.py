"""What sloc accepts loads, and what it refuses does not: promtool 2.42 and 3.5 judge expressions and patterns."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from slocompiler.promql import quote
from slocompiler.promql.functions import AGGREGATIONS, FUNCTIONS, NEWEST, WORDS
from slocompiler.promql.parse import parsed
from slocompiler.promql.refused import Fault, Refused, Version
from slocompiler.regex.judge import regex_fault
from support import binaries
from support.compile import ROOT
from support.expressions import expression
from support.patterns import pattern
from support.verdicts import verdicts

SERVERS: dict[Version, binaries.Bundle] = {(2, 42): binaries.PROMETHEUS, (3, 5): binaries.PROMETHEUS_3}
HERE = Path(__file__).parent
BATCH = 500
"""Rules of a file: promtool reports all that do not load, so a batch takes as long as one of them."""
NUMBER = 1800
"""How many are made at random, beside those that are written down here and in the documentation."""
STRICTER = (
    (
        r"\[[^]\"']*\w\s+\w",
        r"^unexpected `\w+`(, `\]` is missing)?$",
    ),  # `x[5m s]`: up to 3.12, servers take any letter for the colon
    ("", r"is no UTF-8$"),  # no label has such a value
    (
        "",
        r"invalid character class range: \\p\{(Cn|LC|Garay)\}$",
    ),  # only Go 1.25 and newer knows it, whatever the server is
)
"""Texts and the faults that they only have in sloc, which refuses more on purpose."""


def fault(expression: str, server: Version) -> str:
    """Why sloc refuses an expression for a server; "" if it does not."""
    try:
        parsed(expression, server)
    except Refused as refused:
        return refused.fault.message
    return ""


def disagreements(
    texts: list[str], sloc: Callable[[str, Version], str], written: Callable[[str], str] = str
) -> list[tuple[Version, str, str, str]]:
    """The texts of which promtool says something else than sloc."""
    found = []
    for server, bundle in SERVERS.items():
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            for text, tool in zip(batch, verdicts([*map(written, batch)], bundle), strict=True):
                own = sloc(text, server)
                is_stricter = own and any(re.search(odd, text) and re.search(known, own) for odd, known in STRICTER)
                if bool(own) != bool(tool) and not (is_stricter and not tool):
                    found.append((server, text, own, tool))
    return found


def lines(name: str) -> list[str]:
    return (HERE / name).read_text("utf-8").splitlines()


def programs() -> str:
    """The text of every page that has programs, and of every file of them."""
    pages = [*(ROOT / "tests" / "corpus").glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("slocompiler/*.md")]
    files = [*(ROOT / "examples").glob("*.slo"), *ROOT.glob("slocompiler/std/*.slo")]
    return "\n".join(path.read_text("utf-8") for path in sorted((*pages, *files)))


def test_expressions() -> None:
    random = Random(18)
    made = [expression(random) for _ in range(NUMBER)]
    ours = [text.replace("$window", "5m") for text in re.findall(r"`([^`\n]+)`", programs())]
    odd = ["x{a='\ufffd'}", "x{a=`\ufffd`}", 'x{a="\n"}', "x{a=`\n`}", "x\n+\ny", "x#\n+y", "x[\n5m]", "x\xa0", "é"]
    texts = list(dict.fromkeys([*lines("expressions.txt"), *odd, *ours, *made]))
    assert len(texts) > 2000
    assert disagreements(texts, fault) == []


def test_patterns() -> None:
    random = Random(18)
    made = [pattern(random) for _ in range(NUMBER)]
    ours = re.findall(r'[=!]~ *"((?:[^"\\\n]|\\.)*)"', programs())
    texts = list(dict.fromkeys([*lines("patterns.txt"), *ours, *(text.replace("\\\\", "\\") for text in ours), *made]))
    assert len(texts) > 1500
    found = disagreements(
        texts, lambda text, server: regex_fault(text, server >= (3, 0)), lambda text: f"x{{a=~{quote(text)}}}"
    )
    assert found == []


@pytest.mark.parametrize(("server", "bundle"), SERVERS.items(), ids=["2.42", "3.5"])
def test_the_table_has_the_functions_of_the_server(server: Version, bundle: binaries.Bundle) -> None:
    names = [*FUNCTIONS, "nope"]
    said = dict(zip(names, verdicts([f"{name}()" for name in names], bundle), strict=True))
    unknown = {name for name, why in said.items() if "unknown function" in why or "unexpected" in why}
    tried = {name for name, why in said.items() if "is not enabled" in why}
    known = {name: one for name, one in FUNCTIONS.items() if one.since <= server < one.until}
    assert unknown == {*names} - {*known}
    assert tried == {name for name, one in known.items() if one.stable is None or server < one.stable}


NEWER = {
    *("end", "first_over_time", "histogram_quantiles", "integral", "max_of", "min_of", "range", "start"),
    *("start_timestamp", "step", "ts_of_first_over_time"),
}
"""Functions that came after 3.5: their versions are those of the changelog, and no program here can judge them."""


def test_what_is_newer_than_these_servers_is_known_by_name() -> None:
    assert {name for name, one in FUNCTIONS.items() if one.since > (3, 5)} == NEWER
    assert {word for word, one in WORDS.items() if one.since > (3, 5)} == {*WORDS} - {"limitk", "limit_ratio"}
    assert {*WORDS} & {*AGGREGATIONS} == {"limitk", "limit_ratio"}


def version_fault(expression: str, server: Version) -> Fault:
    with pytest.raises(Refused) as refused:
        parsed(expression, server)
    assert refused.value.fault.is_version
    return refused.value.fault


@pytest.mark.parametrize("name", [name for name, one in FUNCTIONS.items() if one.stable and one.stable > (2, 42)])
def test_a_function_loads_from_its_version_on(name: str) -> None:
    stable = FUNCTIONS[name].stable
    argument = {"range": "x[5m]", "vector": "x"}[FUNCTIONS[name].arguments[0]]
    assert stable
    assert f"{stable[0]}.{stable[1]}" in version_fault(f"{name}({argument})", (2, 42)).message
    assert parsed(f"{name}({argument})", stable).name == name


@pytest.mark.parametrize("name", [name for name, one in FUNCTIONS.items() if not one.stable])
def test_an_experiment_never_loads_without_its_flag(name: str) -> None:
    for server in ((2, 42), (3, 5), NEWEST):
        assert "an experiment" in version_fault(f"{name}(x)", server).message


@pytest.mark.parametrize(
    ("expression", "newest", "instead"),
    [
        ("time() - max(x) < 15m", "2.54", "900"),
        ("max(x) < 1500ms", "2.54", "1.5"),
        ("rate(x[300])", "2.54", "300s"),
        ("x offset 5", "2.54", "5s"),
        ("x > 1_000", "2.54", "1000"),
        ('{"a.b"}', "3.0", ""),
        ('sum by ("a.b") (x)', "3.0", ""),
        ("rate(x[5m * 2])", "3.14", ""),
        ("rate(x[5m] anchored)", "3.16", ""),
        ("x </ 5", "3.11", ""),
        ("first_over_time(x[5m])", "3.14", ""),
    ],
)
def test_the_version_that_loads_it_is_said(expression: str, newest: str, instead: str) -> None:
    found = version_fault(expression, (2, 42))
    assert found.instead == instead
    assert newest in found.message
    major, minor = map(int, newest.split("."))
    parsed(expression, (major, minor))
    if instead:
        parsed(expression[: found.start] + instead + expression[found.end :], (2, 42))


def test_a_function_that_is_gone() -> None:
    expression = "holt_winters(x[5m], 0.5, 0.5)"
    parsed(expression, (2, 42))
    found = version_fault(expression, (3, 0))
    assert "double_exponential_smoothing" in found.help
