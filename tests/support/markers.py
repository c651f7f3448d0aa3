"""Programs in Markdown that say themselves what is wrong with them.

`# error: [E203] "text"` stands at the end of the line that causes the diagnostic; where a comment would be read as
something else, inside a string that is not closed, `#^ error: [E102] "text"` stands on the line below.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.text import render
from slocompiler.project import Project
from slocompiler.resolve.imports import nothing
from slocompiler.source import Source

FILE = re.compile(r"^# file: (\S+)\r?\n", re.MULTILINE)
TODAY = re.compile(r"^\ufeff?# today: (\d{4}-\d{2}-\d{2})\r?$", re.MULTILINE)
BESIDES = ("W306", "W310", "W311", "W312", "W316", "W319", "W330", "W351", "W353")
"""What most programs here would raise besides their own mistakes: short ones name nobody, and repeat each other."""
MARKER = re.compile(r'#(?P<above>\^?) (?P<kind>error|warning): \[(?P<code>[EVW][0-9]{3})\] "(?P<text>(?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Case:
    """A program under the heading that names it."""

    name: str
    text: str


def cases(page: str) -> list[Case]:
    """The `slo` blocks of a Markdown page, each named after its heading."""
    found, heading = [], ""
    for match in re.finditer(
        r"^(?:##+ (?P<heading>[^\n]*)|```slo\n(?P<text>.*?)^```)$", page, re.MULTILINE | re.DOTALL
    ):
        if match["heading"]:
            heading = match["heading"]
        else:
            found.append(Case(heading, match["text"]))
    return found


def files(text: str) -> list[Source]:
    """The files of a program: a line `# file: org.slo` begins one; the last is compiled, it may import the others."""
    parts = FILE.split(text)
    if len(parts) == 1:
        return [Source("test.slo", text)]
    parts[2] = parts[0] + parts[2]
    return [Source(name, part) for name, part in zip(parts[1::2], parts[2::2], strict=True)]


def expected(text: str) -> list[tuple[str, int, str, str, str]]:
    """What the markers of a program say: file, line, kind, code, a part of the message or the help."""
    return [
        (source.path, number - len(match["above"]), match["kind"], match["code"], match["text"].replace('\\"', '"'))
        for source in files(text)
        for number, line in enumerate(source.text.split("\n"), 1)
        for match in MARKER.finditer(line)
    ]


def diagnostics(text: str, project: Project | None = None) -> list[Diagnostic]:
    """What the compiler says; every place must lie in its file.

    A diagnostic in `BESIDES` counts only if the text names it.
    """
    sources = files(text)
    known = {source.path: source for source in sources}
    day = TODAY.search(text)
    today = date.fromisoformat(day[1]) if day else None
    program, found = analyse(sources[-1:], project, lambda path: known.get(path, nothing(path)), today)
    assert (program is None) == any(diagnostic.is_error for diagnostic in found)
    for diagnostic in found:
        for span in (diagnostic.span, *(label.span for label in diagnostic.labels)):
            assert 0 <= span.start <= span.end <= len(span.source.text), render(diagnostic)
        render(diagnostic)
    return [diagnostic for diagnostic in found if diagnostic.code not in BESIDES or diagnostic.code in text]


def mismatches(text: str, diagnose: Callable[[str], list[Diagnostic]] = diagnostics) -> str:
    """What is expected and not found, or found and not expected; "" if the markers are right."""
    wanted, report = expected(text), []
    for found in diagnose(text):
        said = f"{found.message}\n{found.help}"
        kind = "error" if found.is_error else "warning"
        path = found.span.source.path if diagnose is diagnostics else "test.slo"
        place = path, found.span.line, kind, found.code
        match = next((w for w in wanted if w[:4] == place and w[4] in said), None)
        if match:
            wanted.remove(match)
        else:
            report.append(f"not expected:\n{render(found)}")
    report += [f'not found: {path}:{line}: {kind}: [{code}] "{part}"' for path, line, kind, code, part in wanted]
    return "\n\n".join(report)
