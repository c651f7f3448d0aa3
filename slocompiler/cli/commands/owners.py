"""`sloc owners`: writes the section of a CODEOWNERS file that requests reviews from owners and stakeholders."""

from __future__ import annotations

import json
import sys
from difflib import unified_diff
from pathlib import Path

from slocompiler.cli import declared
from slocompiler.cli.files import leads_out
from slocompiler.cli.locate import from_root, root_of
from slocompiler.cli.messages import fail, give, say
from slocompiler.cli.session import Run, compile_paths, find_sources, project_option
from slocompiler.cli.sources import read, reader
from slocompiler.cli.terminal import difference
from slocompiler.cli.writer import replace_all
from slocompiler.explain.words import plural
from slocompiler.ir import Service
from slocompiler.owners import begin, end, owned, section, without_handle
from slocompiler.project import NAME
from slocompiler.resolve.imports import load
from slocompiler.visible import visible

BYTE_ORDER_MARK = "\ufeff"


@declared.command("owners", short_help="Write the reviewers of each file to CODEOWNERS.")
@project_option
@declared.option(
    "--check",
    metavar="FILE",
    type=declared.PATH,
    help="Write nothing. Print a diff of the section in this CODEOWNERS, and exit with 1 if it is out of date.",
)
@declared.option(
    "--write",
    metavar="FILE",
    type=declared.PATH,
    help="Write the section to this CODEOWNERS, in place of an earlier one.",
)
def command(project_file: str | None, check: str | None, write: str | None) -> None:
    """Print a section for a CODEOWNERS file, generated from the owners of the project's services.

    A file is reviewed by the owners of its services, and of all services that import it. Their handles are in the
    project file.
    """
    if check and write:
        fail("--check excludes --write")
    run = compile_paths((), project_file)
    root = root_of(run.root)
    project = (run.root.resolve() / Path(project_file or NAME).name).relative_to(root).as_posix()
    missing = without_handle(run.program.services, run.project.owners)
    if missing:
        _ask_for(missing, project)
    lines = section(_files(run, root), run.project.owners, project)
    if file := check or write:
        _refuse_link(file, root)
    if check:
        _check(check, lines, project)
    elif write:
        _write(write, lines, project)
    else:
        give("".join(f"{line}\n" for line in lines))


def _ask_for(missing: list[str], project: str) -> None:
    keys = "\n".join(f'  {json.dumps(visible(name), ensure_ascii=False)}: "@…"' for name in missing)
    one = len(missing) == 1
    fail(
        f"{'an owner has' if one else f'{len(missing)} owners have'} no handle; add to {project}:",
        1,
        f"\n\nowners:\n{keys}",
    )


def _files(run: Run, root: Path) -> dict[str, list[Service]]:
    """The services by file. The files are parsed once more, because a program does not contain its imports."""
    sources, _ = read(find_sources(run.project, run.root), run.root)
    of = run.project
    modules, _, _ = load(
        sources, reader(run.root, of.libraries), defaults_from=of.defaults_from, libraries=of.libraries
    )
    return owned(run.program.services, modules, from_root(root))


def _refuse_link(file: str, root: Path) -> None:
    if leads_out(file, root):
        fail(f"{file}: a link that leads out of the repository")


def _check(file: str, lines: list[str], project: str) -> None:
    before = _read(file)
    first, last = _range(file, before, project)
    found = [_bare(line) for line in before[first:last]]
    if found == lines:
        say(f"{file} is up to date: {plural(len(lines) - 3, 'file')} with owners")
        return
    for line in unified_diff(found, lines, f"{file} (now)", f"{file} (generated)", n=1, lineterm=""):
        say(visible(line), look=difference)
    say(f"{file} is out of date: run `sloc owners --write {file}`", err=True)
    sys.exit(1)


def _write(file: str, lines: list[str], project: str) -> None:
    before = _read(file, missing=True)
    first, last = _range(file, before, project)
    end = "\r\n" if before[0].endswith("\r\n") else "\n"
    mark = BYTE_ORDER_MARK if "".join(before[first:last]).startswith(BYTE_ORDER_MARK) else ""
    above = "".join(before[:first])
    if first == last and above:
        above += f"{'' if above.endswith(chr(10)) else end}{end if _bare(before[-1]).strip() else ''}"
    after = above + mark + "".join(f"{line}{end}" for line in lines) + "".join(before[last:])
    if after != "".join(before):
        try:
            replace_all([(Path(file), after.encode("utf-8", "surrogateescape"))])
        except OSError as error:
            fail(f"{error.filename or file}: {error.strerror}; it was not changed")
    say(visible(file))


def _read(file: str, missing: bool = False) -> list[str]:
    """The lines of a CODEOWNERS file with their ends: only a line feed ends a line. "" for no file, if it may be `missing`."""
    try:
        text = Path(file).read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError as error:
        return [""] if missing else fail(f"{file}: {error.strerror}")
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    *lines, last = text.split("\n")
    return [*(f"{line}\n" for line in lines), *([last] if last or not lines else [])]


def _bare(line: str) -> str:
    """A line without its end, and without the mark at the beginning of a file that some editors write."""
    return line.removeprefix(BYTE_ORDER_MARK).removesuffix("\n").removesuffix("\r")


def _range(file: str, lines: list[str], project: str) -> tuple[int, int]:
    """The range of lines of the project's section; the end of the file if there is none."""
    both = [begin(project), end(project)]
    marks = [index for index, line in enumerate(lines) if _bare(line) in both]
    if not marks:
        return len(lines), len(lines)
    if [_bare(lines[index]) for index in marks] != both:
        fail(f"{file}: the section of {project} needs one `begin` line and one `end` line: correct the file", 1)
    return marks[0], marks[1] + 1
