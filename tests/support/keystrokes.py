"""Types files into an editor's workspace, key by key, and asks everything an editor asks. By hand: all of them, each key."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.lsp import actions, formatting, references, rename, structure
from slocompiler.lsp.completion import complete
from slocompiler.lsp.hints import hints
from slocompiler.lsp.hover import hover
from slocompiler.lsp.known import known
from slocompiler.lsp.lenses import lenses
from slocompiler.lsp.situation import Situation
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.lsp.workspace import Workspace
from slocompiler.project import Project
from slocompiler.resolve.imports import SHIPPED, nothing
from slocompiler.resources import resource
from slocompiler.source import Source, Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.parse import parse
from support.compile import ROOT
from support.markers import cases, files

TODAY = date(2026, 11, 1)
EXAMPLES = sorted((ROOT / "examples").rglob("*.slo"))


def read(path: str) -> Source | str:
    """Imports of the library, and of the examples."""
    if path.startswith(SHIPPED):
        return Source(path, resource("slocompiler", f"std/{path.removeprefix(SHIPPED)}"))
    file = ROOT / "examples" / path
    return Source(path, file.read_text("utf-8")) if file.is_file() else nothing(path)


def programs() -> Iterator[tuple[str, list[Source]]]:
    """Each example, and each case of the corpus with the files that it imports; the last file is the one to type."""
    for path in EXAMPLES:
        yield path.name, [Source(path.relative_to(ROOT / "examples").as_posix(), path.read_text("utf-8"))]
    for page in sorted((ROOT / "tests" / "corpus").glob("*.md")):
        for case in cases(page.read_text("utf-8")):
            yield f"{page.stem}: {case.name}", files(case.text)


def workspace(beside: Sequence[Source] = ()) -> Workspace:
    """A workspace of the default project, in which these files can be imported."""
    known_files = {source.path: source for source in beside}
    return Workspace(Project(), lambda path: known_files.get(path) or read(path), TODAY)


def opened(text: str, *beside: Source) -> tuple[Snapshot, int]:
    """The file `a.slo` with this text, and the offset of `¦`, the cursor, which is not in the text; 0 without one."""
    at = max(text.find("¦"), 0)
    here = workspace()
    for source in (*beside, Source("a.slo", text.replace("¦", ""))):
        here.put(source)
    return here.snapshot("a.slo"), at


def situation(text: str, *beside: Source) -> tuple[Situation, int]:
    """The same, with what completion knows of all these files."""
    snapshot, at = opened(text, *beside)
    files = [snapshot.file, *(parse(source)[0] for source in beside)]
    return Situation(
        snapshot, known(files, {}), ("a.slo", *(source.path for source in beside), f"{SHIPPED}http.slo"), TODAY
    ), at


def shown(problems: list[Diagnostic]) -> list[tuple[str, int, int, str, str]]:
    """Diagnostics as values."""
    return [(one.span.source.path, one.span.start, one.span.end, one.code, one.message) for one in problems]


def typed(sources: Sequence[Source], ends: Sequence[int]) -> None:
    """Type the last file up to each of these offsets; ask everything each time, and compare the problems at the last."""
    *beside, last = sources
    here = workspace(beside)
    for end in ends:
        ask(here, last.path, last.text[:end], end)
    text = last.text[: ends[-1]]
    expected = analyse([Source(last.path, text)], None, workspace(beside).source, TODAY)[1]
    assert shown(here.problems()) == shown(expected)


def ask(here: Workspace, path: str, text: str, at: int) -> None:
    """Everything an editor asks after a change at an offset."""
    here.put(Source(path, text))
    here.syntax(path)
    problems = here.problems()
    for problem in problems:
        for span in (problem.span, *(label.span for label in problem.labels)):
            assert 0 <= span.start <= span.end <= len(span.source.text)
    snapshot = here.snapshot(path)
    found = complete(Situation(snapshot, known(here.trees(), {}), tuple(here.paths()), TODAY), at)
    assert found.start <= at
    hover(snapshot, at)
    references.definition(snapshot, at)
    use = snapshot.use_at(at)
    if use and not isinstance(use.declared, t.Slo):  # the name of an SLO may have a prefix
        assert {span.text for span in references.references(snapshot, at)} == {use.span.text}
    rename.rename(snapshot, at, "other", ())
    spans: list[Span] = structure.selection(snapshot, at)
    assert all(outer.start <= inner.start and inner.end <= outer.end for inner, outer in pairwise(spans))
    structure.symbols(snapshot.file)
    structure.folds(snapshot.file)
    hints(snapshot)
    assert all(one.span.start <= len(text) for one in lenses(snapshot))
    formatting.formatted(snapshot.file, snapshot.problems)
    actions.actions(snapshot, snapshot.problems, at, at)


def main() -> int:
    """Type a share of all keys, 1 for each; prints how many there were."""
    share, keys = float(sys.argv[1]) if sys.argv[1:] else 1, 0
    chosen = random.Random(0)
    for name, sources in programs():
        text = sources[-1].text
        ends = [end for end in range(len(text)) if chosen.random() < share] + [len(text)]
        try:
            typed(sources, ends)
        except Exception:
            print(name, file=sys.stderr)
            raise
        keys += len(ends)
    print(f"{keys:,} keys")
    return 0


if __name__ == "__main__":
    sys.exit(main())
