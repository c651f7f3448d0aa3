"""Programs in Markdown that say themselves what is wrong with them.

`# error: [E203] "text"` stands at the end of the line that causes the diagnostic; where a comment would be read as
something else, inside a string that is not closed, `#^ error: [E102] "text"` stands on the line below.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.source import Source

MARKER = re.compile(r'#(?P<above>\^?) (?P<kind>error|warning): \[(?P<code>[EW][0-9]{3})\] "(?P<text>(?:[^"\\]|\\.)*)"')


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


def expected(text: str) -> list[tuple[int, str, str, str]]:
    """What the markers of a program say: line, kind, code, a part of the message or the help."""
    lines = text.split("\n")
    return [
        (number - len(match["above"]), match["kind"], match["code"], match["text"].replace('\\"', '"'))
        for number, line in enumerate(lines, 1)
        for match in MARKER.finditer(line)
    ]


def diagnostics(text: str, path: str = "test.slo") -> list[Diagnostic]:
    """What the compiler says; every place must lie in the text."""
    source = Source(path, text)
    program, found = analyse([source])
    assert (program is None) == any(diagnostic.is_error for diagnostic in found)
    for diagnostic in found:
        for span in (diagnostic.span, *(label.span for label in diagnostic.labels)):
            assert 0 <= span.start <= span.end <= len(text), diagnostic.render()
    return found


def mismatches(text: str, diagnose: Callable[[str], list[Diagnostic]] = diagnostics) -> str:
    """What is expected and not found, or found and not expected; "" if the markers are right."""
    wanted, report = expected(text), []
    for found in diagnose(text):
        said = f"{found.message}\n{found.help}"
        kind = "error" if found.is_error else "warning"
        match = next((w for w in wanted if w[:3] == (found.span.line, kind, found.code) and w[3] in said), None)
        if match:
            wanted.remove(match)
        else:
            report.append(f"not expected:\n{found.render()}")
    report += [f'not found: line {line}: {kind}: [{code}] "{part}"' for line, kind, code, part in wanted]
    return "\n\n".join(report)
