"""Incremental builds: after a change of few files, only these are analysed and rendered again.

The record of the last run of the same command answers for the rest: what it read and wrote is unchanged. What other files
have to know of a file is in the record, too. Where that does not suffice, a full build follows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from slocompiler.cli import cache, trace
from slocompiler.cli.generated import generate
from slocompiler.cli.output import Generated, Written, locked, prepared
from slocompiler.cli.ownership import Foreign, Output, output_of
from slocompiler.cli.processes import spread
from slocompiler.cli.session import Run, find_project, read_project
from slocompiler.cli.sources import reader, source_at
from slocompiler.cli.writer import Unfinished, discard, put
from slocompiler.compiler import changed, linked
from slocompiler.pieces import Facts, Piece, is_open
from slocompiler.project import NAME, Project
from slocompiler.resolve.imports import SHIPPED
from slocompiler.source import Source

Built = tuple[Path, Run, Written]
"""The folder of the outputs, the run with the facts of all files, and all files that are generated."""


def known(piece: Piece, root: Path, generated: Sequence[Generated]) -> str:
    """What an incremental build has to know of the build before it; "" if none can follow, or none would be faster."""
    if len(piece.facts) < 2 or any(not service for service, _ in generated) or is_open(piece):
        return ""
    import json  # few runs need it

    files = (os.path.join(root, path) for path in {*piece.facts, *piece.imports} if not path.startswith(SHIPPED))
    if not all(os.path.isfile(file) and not os.path.islink(file) for file in files):  # a link changes by another name
        return ""
    facts = {
        path: (one.slos, one.jobs, one.promises, one.former, one.named, one.passed) for path, one in piece.facts.items()
    }
    warned = {span.source.path for one in piece.problems for span in (one.span, *(label.span for label in one.labels))}
    return json.dumps((facts, sorted(piece.imports), sorted(warned), generated))


def build(project_file: str | None, given: str | None, targets: Sequence[str]) -> Built | None:
    """Build the files that have changed. None if a full build has to: nothing is written or printed then."""
    before = trace.record_before()
    if before is None or not before.known:
        return None
    project, root = read_project(project_file)
    output = output_of(find_project(project_file) or root / NAME, given, project.output)
    try:
        if output.folder.is_dir():
            with locked(output.folder):  # a build beside this one would change what the record knows
                return _built(before, project, root, output, targets or project.targets())
    except (Foreign, Unfinished, OSError):
        pass  # a full build says what it is
    return None


def _built(before: cache.Record, project: Project, root: Path, output: Output, targets: Sequence[str]) -> Built | None:
    import json

    found, imports, warned, generated = json.loads(before.known)
    facts = {path: Facts(*parts) for path, parts in found.items()}
    differing = {os.path.relpath(path, root) for path in cache.changed(before)}
    if not differing <= facts.keys():
        return None
    stale = {path for path in facts if path in differing or path in warned}
    begun = {name for path in stale for name in facts[path].jobs}
    stale |= {path for path, one in facts.items() if not begun.isdisjoint(one.passed)}  # journeys that pass them
    passed = {name for path in stale for name in facts[path].passed}  # what these journeys pass besides
    again = [path for path, one in facts.items() if path in stale or not passed.isdisjoint(one.jobs)]
    files = [os.path.relpath(root / path) for path in again]
    sources = [source for source in (source_at(file, root) for file in files) if isinstance(source, Source)]
    former, imported = Piece((), facts, [], frozenset(imports)), reader(root, project.libraries)
    piece = changed(former, sources, (), project, imported, spread) if len(sources) == len(files) else None
    program = linked(piece) if piece else None
    if piece is None or program is None:
        return None
    own, changes = prepared(output, generate(program, targets, project.options(), shared=True))
    services = {name for path in again for name in facts[path].jobs}
    if own != [(service, names) for service, names in generated if service in services]:
        discard(changes)
        return None
    put(changes)
    trace.carry(before, {*map(os.path.abspath, files), *(os.path.abspath(change.target) for change in changes)})
    return output.folder, Run(program, project, root, True, True, piece), Written(generated, [])
