"""Programs with mistakes: every program of the repository, and what is left when tokens of it are lost or changed."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from slocompiler import grammar
from slocompiler.syntax.lexemes import STRING
from support.compile import ROOT
from support.markers import cases

TEXTS = [path.read_text("utf-8") for path in sorted((ROOT / "examples").rglob("*.slo"))]
TEXTS += [c.text for page in sorted((ROOT / "tests" / "corpus").glob("*.md")) for c in cases(page.read_text("utf-8"))]
TOKEN = re.compile(rf"{STRING}|[\w.%:-]+|\s+|.", re.DOTALL)
KEYWORDS = sorted(set(re.findall(r"^_?[A-Z]+\.3: /([a-z]+)\(", grammar.text("slo.lark"), re.MULTILINE)))
SOUP = [
    *KEYWORDS,
    *list("{}{}(),=+-~<;#:.$§[]|\\\ufeff\x00"),
    *("=~", "!=", "!~", ">=", "==", "//"),
    *("page", "ticket", '"a"', '""', '"open', "`p`", "`open", "'x'", "“x”", "name", "x-y", "Foo", "x{}", "$p", "name:"),
    *('{code=~"5.."}', '{a="b",c="d"}', "service{", "good{", "99.9%", "99,9%", "99.9", "30d", "over30d", "30 days"),
    *("month", "300 ms", "1d1h", "2026-10-01", "1e5", "0", "-1", "5MB", "é", "<<<<<<<", "http.requests"),
]


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """A program in which tokens were deleted, inserted, replaced, doubled or swapped."""
    parts = TOKEN.findall(draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 6))):
        if not parts:
            break
        at, other = (draw(st.integers(0, len(parts) - 1)) for _ in range(2))
        match draw(st.sampled_from(["delete", "insert", "replace", "double", "swap", "cut"])):
            case "delete":
                del parts[at]
            case "insert":
                parts.insert(at, draw(st.sampled_from(SOUP)))
            case "replace":
                parts[at] = draw(st.sampled_from(SOUP))
            case "double":
                parts.insert(at, parts[at])
            case "swap":
                parts[at], parts[other] = parts[other], parts[at]
            case "cut":
                parts[at] = parts[at][: len(parts[at]) // 2]
    return "".join(parts)
