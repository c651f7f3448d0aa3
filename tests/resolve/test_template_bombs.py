"""Templates, streams and imports that multiply: each ends in a diagnostic, after work that grows with the text only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.text import render
from slocompiler.resolve import templates
from slocompiler.resolve.imports import nothing
from slocompiler.source import Source
from support.work import calls

SLO = 'slo a 99% over 30d {\n  events x{}\n  bad {code="5"}\n}\n'
PER_CHARACTER = 80
"""Function calls; reading a text takes 15 to 35 of them."""
Bomb = Callable[[], tuple[str, dict[str, str]]]
BOMBS: dict[Bomb, set[str]] = {}
"""With the codes of the errors in which each ends."""


def bomb(*codes: str) -> Callable[[Callable[[], str | dict[str, str]]], None]:
    """A text that is compiled, or files: `main.slo` is, and may import the others."""

    def add(make: Callable[[], str | dict[str, str]]) -> None:
        def made() -> tuple[str, dict[str, str]]:
            files = make()
            return (files, {}) if isinstance(files, str) else (files["main.slo"], files)

        made.__name__ = make.__name__
        BOMBS[made] = set(codes)

    return add


def service(items: str) -> str:
    return f'service s {{\n  owner "o"\n{items}\n}}\n'


def template(number: int, items: str, parameters: str = "") -> str:
    return f"template t{number}({parameters}) {{\n{items}\n}}\n"


def pile(items: str, around: Callable[[int], str], count: int, parameters: str = "") -> str:
    """Templates, each of which uses the one before."""
    rest = (template(number, around(number - 1), parameters) for number in range(1, count))
    return template(0, items, parameters) + "".join(rest)


@bomb("E307")
def doubling_templates() -> str:
    return pile(SLO, lambda n: f"use t{n}() as x use t{n}() as y", 60) + service("use t59()")


@bomb("E101")
def doubling_templates_of_a_file_with_a_mistake() -> str:
    """Just below what a file may make: the mistake is mended first."""
    return pile(SLO, lambda n: f"use t{n}() as x use t{n}() as y", 13) + service("use t12()\nfoo")


@bomb("E307")
def doubling_templates_that_make_nothing() -> str:
    return pile("", lambda n: f"use t{n}() as x use t{n}() as y", 60) + service("use t59()")


@bomb("E105")
def doubling_strings() -> str:
    items = SLO.replace("slo a", 'slo a "${x}"')
    return pile(items, lambda n: f'use t{n}(x = "${{x}}${{x}}")', 60, "x") + service('use t59(x = "ab")')


@bomb("E105")
def a_string_of_many_long_ones() -> str:
    title = 'slo a "' + "${x}" * 2000 + '"'
    uses = "\n".join(f'use t0(x = "{"x" * 4000}") as n{n}' for n in range(20))
    return template(0, SLO.replace("slo a", title), "x") + service(uses)


@bomb("E207")
def doubling_streams() -> str:
    streams = "\n".join(f"events s{n} = s{n - 1} + s{n - 1}" for n in range(1, 60))
    return service(f"events s0 = x{{}}\n{streams}\n{SLO}")


@bomb("E207")
def doubling_streams_handed_over() -> str:
    items = SLO.replace("x{}", "$x")
    around = lambda n: f"events d = $x + $x\nuse t{n}(x = d)"  # noqa: E731  # as short as the others
    return pile(items, around, 60, "x") + service("use t59(x = x{})")


@bomb()
def a_long_chain_of_streams_from_its_end() -> str:
    return service("\n".join(f"events s{n} = s{n - 1}" for n in range(1200, 0, -1)) + "\nevents s0 = x{}")


@bomb("E306")
def a_clique_of_templates() -> str:
    uses = "\n".join(f"use t{n}() as x{n}" for n in range(40))
    return "".join(template(n, uses) for n in range(40)) + service("use t0()")


@bomb("E306")
def a_chain_of_templates() -> str:
    return pile(SLO, lambda n: f"use t{n}()", 2000) + service("use t1999()")


@bomb("E306")
def a_chain_of_templates_from_its_end() -> str:
    chain = (template(n, f"use t{n - 1}()") for n in range(1199, 0, -1))
    return "".join(chain) + template(0, SLO) + service("use t1199()")


@bomb("E306")
def one_template_too_many_within_one_another() -> str:
    return pile(SLO, lambda n: f"use t{n}()", 65) + service("use t64()")


@bomb()
def as_many_templates_within_one_another_as_may_be() -> str:
    return pile(SLO, lambda n: f"use t{n}()", 64) + service("use t63()")


@bomb("E307")
def one_slo_too_many() -> str:
    tenfold = pile(SLO, lambda n: "".join(f"use t{n}() as x{m} " for m in range(10)), 6)
    return tenfold + service(f"use t5()\n{SLO}")


@bomb()
def a_chain_of_imports() -> dict[str, str]:
    chain = {f"f{n}.slo": f'import "f{n + 1}.slo"\n' for n in range(2000)}
    return {"main.slo": 'import "f0.slo"\n' + service(SLO), **chain, "f2000.slo": "alerts a {\n}\n"}


@bomb("E302")
def a_circle_of_imports() -> dict[str, str]:
    circle = {f"f{n}.slo": f'import "f{(n + 1) % 1200}.slo"\n' for n in range(1200)}
    return {"main.slo": 'import "f0.slo"\n' + service(SLO), **circle}


@bomb("E302")
def a_clique_of_imports() -> dict[str, str]:
    imports = "".join(f'import "f{n}.slo"\n' for n in range(40))
    return {"main.slo": imports + service(SLO), **{f"f{n}.slo": imports for n in range(40)}}


@bomb()
def many_imports_of_one_file() -> dict[str, str]:
    names = [f"f{n}.slo" for n in range(1200)]
    links = {name: f'defaults {{\n  link "a" "{name}"\n}}\n' for name in names}
    return {"main.slo": "".join(f'import "{name}"\n' for name in names) + service(SLO), **links}


def problems(text: str, files: dict[str, str]) -> list[Diagnostic]:
    known = {path: Source(path, text) for path, text in files.items()}
    return analyse([Source("main.slo", text)], read=lambda path: known.get(path, nothing(path)))[1]


def errors(found: Iterable[Diagnostic]) -> set[str]:
    return {diagnostic.code for diagnostic in found if diagnostic.is_error}


@pytest.mark.parametrize(("make", "codes"), BOMBS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_bomb_ends_after_work_that_grows_with_the_text(make: Bomb, codes: set[str]) -> None:
    text, files = make()
    problems(service(SLO), {})  # builds the parser
    found: list[Diagnostic] = []
    work = calls(lambda: found.extend(problems(text, files)))
    assert errors(found) == codes
    assert work < PER_CHARACTER * (len(text) + sum(map(len, files.values())))
    for diagnostic in found[:20]:
        assert len(render(diagnostic)) < 2000, "a message is read by people"


# Runs that are too large


def uses(count: int, items: str = SLO) -> str:
    return template(0, items) + service("\n".join(f"use t0() as n{n}" for n in range(count)))


def slos(count: int) -> str:
    return service("".join(SLO.replace("slo a", f"slo a{n}") for n in range(count)))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (slos(11), 'slo a10 99% over 30d {', "SLOs"),
        (uses(11), "use t0() as n10", "SLOs"),
        (uses(11, ""), "use t0() as n10", "uses of templates"),
        (slos(6) + uses(5).replace("service s", "service t"), "use t0() as n4", "SLOs"),
        (template(1, "use t0() as a use t0() as b") + uses(4).replace("use t0", "use t1"), "use t1() as n3", "uses of templates"),
    ],
)  # fmt: skip  # a table
def test_a_run_of_too_many_says_where_it_goes_beyond(
    text: str, line: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "MOST", 10)
    (found,) = (problem for problem in problems(text, {}) if problem.is_error)
    assert found.message == f"this run has more than 10 {what}"
    assert found.span.source.line(found.span.line).strip() == line
    monkeypatch.setattr(templates, "MOST", 12)
    assert not errors(problems(text, {}))


def test_what_templates_use_that_no_service_uses_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MOST", 1)
    text = template(1, "use t0() as a use t0() as b") + template(0, SLO) + service(SLO)
    assert not errors(problems(text, {}))
