"""Laws of imports: their order means nothing, and whatever files import one another end in diagnostics."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.text import render
from slocompiler.ir import Program
from slocompiler.ir_json import to_json
from slocompiler.resolve.imports import nothing
from slocompiler.source import Source
from support.markers import diagnostics

law = settings(max_examples=100)


def run(*sources: Source) -> tuple[Program | None, list[Diagnostic]]:
    """The last of the sources; it may import the others."""
    known = {source.path: source for source in sources}
    return analyse(sources[-1:], read=lambda path: known.get(path, nothing(path)))


# The order of imports means nothing


NAMES = ("a.slo", "b.slo", "c.slo", "d.slo")
DECLARED = [
    "alerts paging { page at 2% of budget in 1h }",
    "alerts paging { page at 5% of budget in 6h }",
    "alerts slow { ticket at 10% of budget in 1d }",
    'policy agreed { exhausted "Stop ${slo}." }',
    'policy agreed { exhausted "Go." }',
    'template web(x) { alerts paging\n slo web "${x}" 99% over 30d { events x{a=$x} bad {c="5"} } }',
    "template web(x) { use web(x = $x) }",
    'template wob(x) { use web(x = "${x}${service}") as w }',
    "template wib(x) { use wob(x = $x) use wib(x = $x) }",
    "alerts broken { page at 2% }",
]
RIGHT = DECLARED[:1] + DECLARED[2:4] + DECLARED[5:6]
DEFAULTS = [
    'runbook "https://a/${slo}"',
    'runbook "https://b/${slo}"',
    "alerts paging",
    "alerts none",
    "policy agreed",
    "review every 90d",
    "review every 12w6d",
    'labels { l = "1", m = "2" }',
    'labels { m = "3" }',
    'link "A" "https://a"',
    'link "B" "https://b"',
    'stakeholders "product"',
    'owner "o"',
]
IN_SERVICE = [
    'slo a 99% over 30d { events x{} bad {c="5"} }',
    'use web(x = "1")',
    'use wob(x = "2") as p',
    'use wib(x = "3") as q',
    'slo b 99% over 30d { events y{} bad {c="5"} alerts slow policy agreed }',
    "alerts paging",
    "policy agreed",
    "review every 30d",
]


@dataclass(frozen=True)
class File:
    """A file but for its imports, which two orders of are to be tried."""

    path: str
    rest: str
    imports: tuple[tuple[str, ...], tuple[str, ...]]

    def source(self, order: int) -> Source:
        return Source(self.path, "".join(f'import "{path}"\n' for path in self.imports[order]) + self.rest)


def some(statements: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(statements), unique=True, max_size=4).map("\n".join)


@st.composite
def projects(draw: st.DrawFn) -> list[File]:
    """Files that import some of the others; of half of the projects most are right."""
    right, found = draw(st.booleans()), []
    for at, path in enumerate((*NAMES, "main.slo")):
        rest = f"{draw(some(RIGHT if right else DECLARED))}\ndefaults {{\n{draw(some(DEFAULTS))}\n}}\n"
        if path == "main.slo":
            rest += f'service s {{\nowner "us"\n{draw(some(IN_SERVICE))}\n}}\n'
        names = draw(
            st.lists(
                st.sampled_from((NAMES[:at] if right else ()) or NAMES),
                unique=True,
                max_size=4 if at or not right else 0,
            )
        )
        found.append(File(path, rest, (tuple(names), tuple(draw(st.permutations(names))))))
    return found


def said(found: list[Diagnostic]) -> set[tuple[str, ...]]:
    """Where and what, an import by its text: its line is another one."""
    return {(d.code, d.message, d.help, str(d.span.source.path), d.span.text, *(label.span.text for label in d.labels)) for d in found}  # fmt: skip  # a tuple


@law
@given(projects())
def test_the_order_of_imports_means_nothing(project: list[File]) -> None:
    (one, problems), (other, others) = (run(*(file.source(order) for file in project)) for order in (0, 1))
    assert said(problems) == said(others)
    assert (one and to_json(one)) == (other and to_json(other))


# Nothing raises


PIECES = [
    *('import "a.slo"\n', 'import "b.slo"\n', 'import "test.slo"\n', "# file: a.slo\n", "# file: b.slo\n"),
    *("template t(p, q = 1) {\n", "template u(p, p) {\n", "template t() {\n", "template (", "service s {\n", "}\n", "}\n"),
    *("use t(p = $p)\n", "use t(p = x{}, q = 99%) as v\n", "draft use u(p = {a=$q}) without a\n", "use t(", "use u\n"),
    *("slo a $p over $q {\n", 'slo b "${p}${q}" 99% over 30d {\n', "draft slo a 99.9% over 1.5h {\n", "defaults {\n"),
    *("events $p{a=$q}\n", "events n = $p + n exclude $q\n", "events n{b=$p}\n", "bad $p or {c=$q}\n", "good below $q\n"),
    *("bad {a=$p}\n", 'because "${p}$${q}${"\n', "review every $p last $q\n", "alerts g\n", "policy g\n", "labels { a = $p }\n"),
    *("alerts { page at $p of budget in $q needs $p bad events }\n", "policy { below $p $q }\n", "alerts g { page }\n"),
    *('owner "o"\n', "allow W312 because \"x\"\n", "risk $p every $q lasting 1h hitting 5% on a\n", "good when max($p) < $q\n"),
    *("slices $q\n", "exclude when `up > $p`\n", "events `rate(x{a=\"$p\"}[$window])`\n", "bad `$p`\n", "policy g { exhausted $p }\n"),
]  # fmt: skip  # read as a table


@law
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("template t(t) {\nuse t(t = $t{a=$t})\n}\nservice s {\nuse t(t = t)\n}\n")
@example("template t(p) {\nevents n = $p + n\n}\nservice s {\nevents p = n\nevents n = p\nuse t(p = n)\n}\n")
@example('template t(p = "${p}") {\nslo a $p over $p {\n}\n}\nservice s {\nuse t()\n}\n')
def test_any_text_of_templates_and_imports_ends_in_diagnostics(text: str) -> None:
    for found in diagnostics(text):
        render(found)


@law
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.lists(st.sampled_from(PIECES), max_size=12), st.booleans())
def test_files_in_any_state_that_import_each_other_end_in_diagnostics(
    one: list[str], other: list[str], close: bool
) -> None:
    def file(path: str, pieces: list[str]) -> str:
        opened = "".join(pieces).count("{\n") - pieces.count("}\n") if close else 0
        return f"# file: {path}\n" + "".join(pieces) + "}\n" * opened

    diagnostics(
        file("a.slo", ['import "b.slo"\n', *one])
        + file("b.slo", other)
        + file("test.slo", ['import "a.slo"\n', *other, *one])
    )
