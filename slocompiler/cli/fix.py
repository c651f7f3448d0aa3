"""`sloc check --fix`: applies the safe fixes of diagnostics, round by round in memory, then writes the files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from slocompiler.cli.messages import fail
from slocompiler.cli.session import find_project, find_sources
from slocompiler.cli.sources import find, read, reader
from slocompiler.cli.writer import replace_or_fail
from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic, Edit, Fix, ordered
from slocompiler.project import Project, load
from slocompiler.source import Source

MAX_ROUNDS = 20
"""One fix can make another one possible. If more rounds find something, two fixes undo each other."""
Sources = Mapping[str, Source]
"""Sources by the names of their files."""
Judge = Callable[[Iterable[Source]], list[Diagnostic]]


def fix_files(paths: tuple[str, ...], project_file: str | None, today: date | None) -> list[str]:
    """Fix the project file, then the files that `paths` mean or all of the project; one line for each fix.

    Files outside of the project are not changed, even if a symbolic link inside leads to them. All files are written,
    or none.
    """
    if "-" in paths:
        fail("--fix writes files, and standard input is not one: name a file")
    file = find_project(project_file)
    root = file.absolute().parent if file else Path.cwd()
    configured = _read([str(file)] if file else [], root)
    settings, lines = apply_fixes(configured, lambda now: [one for source in now for one in load(source)[1]], root)
    project, problems = Project(), list[Diagnostic]()
    for source in settings.values():
        project, problems = load(source)
    before, after = dict(configured), dict(settings)
    if not problems:
        sources = _read(find(paths) if paths else find_sources(project, root), root)
        fixed, more = apply_fixes(
            sources, lambda now: analyse(now, project, reader(root, project.libraries), today, whole=False)[1], root
        )
        before, after, lines = {**before, **sources}, {**after, **fixed}, lines + more
    changed = (name for name in after if after[name] is not before[name])
    replace_or_fail(((Path(name), after[name].text.encode()) for name in changed), "", "nothing was fixed")
    return lines


def _read(files: list[str], root: Path) -> Sources:
    return {file: source for file in files for source in read([file], root)[0]}


def apply_fixes(sources: Sources, judge: Judge, root: Path) -> tuple[Sources, list[str]]:
    """The sources after the safe fixes of their diagnostics, judged again until none is left; one line for each fix.

    Only sources whose files are really below `root` are changed, and of two names of one file only the first.
    """
    now, lines = dict(sources), list[str]()
    names = {os.path.realpath(name): name for name in reversed(now)}
    ours = [name for real, name in names.items() if Path(real).is_relative_to(root.resolve())]
    for _ in range(MAX_ROUNDS):
        chosen = list(_choose(judge(now.values()), {now[name].path for name in ours}))
        if not chosen:
            break
        lines += [f"{one.span.source.shown_as}:{one.span.line}: {fix.title}" for one, fix in chosen]
        for name in ours:
            now[name] = edited(now[name], [edit for _, fix in chosen for edit in fix.edits])
    return now, lines


def _choose(problems: list[Diagnostic], ours: set[str]) -> Iterator[tuple[Diagnostic, Fix]]:
    """The first safe fix of each diagnostic if it edits only our sources, by path; of those that overlap, the first."""
    taken: list[Edit] = []
    for problem in ordered(problems):
        fix = next((fix for fix in problem.fixes if fix.safe), None)
        if fix and all(edit.span.source.path in ours and not _overlaps(edit, taken) for edit in fix.edits):
            taken += fix.edits
            yield problem, fix


def _overlaps(edit: Edit, others: list[Edit]) -> bool:
    """Whether an edit touches another one: of two insertions at one offset, it is not known which comes first."""
    span = edit.span
    near = (other.span for other in others if other.span.source.path == span.source.path)
    return any(span.start <= other.end and other.start <= span.end for other in near)


def edited(source: Source, edits: Iterable[Edit]) -> Source:
    """The source after those of the edits that concern its file."""
    own = [edit for edit in edits if edit.span.source.path == source.path]  # the parser has a copy of the source
    text = source.text
    for edit in sorted(own, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return Source(source.path, text, source.shown_as) if own else source
