"""A comparison as the comment of a pull request: a sentence, a table, and folded details.

User text is in code spans, in which Markdown, HTML, mentions and addresses have no meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from slocompiler.diff.change import Case, Comparison, Entry, Lines, Side
from slocompiler.diff.render import figures
from slocompiler.diff.render.summary import sentence
from slocompiler.diff.render.text import merged
from slocompiler.explain.phrases import Code, Phrase, plain
from slocompiler.explain.words import plural
from slocompiler.formats.markdown import code, fence, table
from slocompiler.visible import visible

LIMIT = 65_000
"""Characters of the comment. GitHub accepts 65,536."""
ROWS = 20_000
"""Characters of the table, so that details have space."""
IN_ROW, IN_DETAILS = 300, 2_000
"""Characters of one phrase, which can contain long user text."""
FEW, MANY = 3, 50
"""SLOs that are named in a row, and in details."""
MOST_LINES = 30
"""Alert lines of one case."""
MORE = 400
"""Characters reserved for the text below the details."""
LEAST = 200
"""Characters below which no smaller part is tried."""


def render(found: Comparison, base: Side, head: Side, limit: int = LIMIT) -> str:
    """The comment, of at most `limit` characters. Changes and details that do not fit are counted at its end."""
    text = f"**{_inline(sentence(found, base), IN_ROW)}.**\n\n{code(base.name)} → {code(head.name)}\n"
    for error in base.errors:
        text += _fenced(error[:IN_DETAILS])
    if not found.entries:
        return text
    text += "\n| | change | SLOs | location |\n|---|---|---|---|\n"
    rows = _fitting(map(_row, found.entries), len(text), ROWS)
    text += "".join(rows)
    folded = [entry for entry in found.entries if _has_more(entry)]
    details = _fitting(map(_details, folded), len(text), limit - MORE)
    text += "".join(details)
    if details and found.delays:
        text += f"\n{found.delays}\n"
    text += f"\n{figures.cost(found.cost)}\n" if found.cost else ""
    left = [
        f"{count:,} of {plural(len(of), what)}"
        for of, shown, what in ((found.entries, rows, "change"), (folded, details, "detail"))
        if (count := len(of) - len(shown))
    ]
    return text + (
        f"\nNot shown, because a comment has a limit: {', '.join(left)}. `sloc diff` prints all.\n" if left else ""
    )


def _fitting(parts: Iterable[str], used: int, limit: int) -> list[str]:
    """The parts that fit, in their order."""
    kept = []
    for part in parts:
        if used + len(part) <= limit:
            kept.append(part)
            used += len(part)
        elif limit - used < LEAST:
            break
    return kept


# The table


def _row(entry: Entry) -> str:
    budgets = dict.fromkeys(figures.outage(case.detail) for case in entry.cases)
    budget = next(iter(budgets)) if len(budgets) == 1 else ""
    what = _inline(_what(entry), IN_ROW, in_table=True) + (f"; budget {budget} of full outage" if budget else "")
    where = _inline(figures.where(entry.location), IN_ROW, in_table=True)
    return f"| **{entry.kinds[0]}** | {what} | {_slos(entry.slos, FEW)} | {where} |\n"


def _what(entry: Entry) -> Phrase:
    return entry.what if entry.alike else (*entry.what, "; likewise for the others")


def _slos(slos: tuple[str, ...], most: int) -> str:
    more = f" and {len(slos) - most:,} more" if len(slos) > most else ""
    return "all" if not slos else ", ".join(code(slo) for slo in slos[:most]) + more


# The details


def _has_more(entry: Entry) -> bool:
    """Whether the row is not complete. It has the budget of an SLO that was added or removed."""
    details = [case.detail for case in entry.cases]
    more = any(one.notes or one.lines or len(figures.budgets(one)) > 1 for one in details)
    return more or len(entry.slos) > FEW or _is_long(entry)


def _is_long(entry: Entry) -> bool:
    return len(plain(entry.what)) > IN_ROW


def _details(entry: Entry) -> str:
    title = f"{entry.kinds[0]}: {_html(_what(entry), IN_ROW)} ({plural(len(entry.slos), 'SLO')})"
    body = [_inline(entry.what, IN_DETAILS) + "\n"] if _is_long(entry) else []
    body += map(_case, merged(entry))
    return f"\n<details><summary>{title}</summary>\n\n{chr(10).join(body)}\n</details>\n"


def _case(case: Case) -> str:
    notes = [_inline(note, IN_DETAILS) for note in case.detail.notes]
    points = "".join(f"- {point}\n" for point in (*notes, *figures.budget(case.detail)))
    first = "".join(f"{line}\n" for line in ("", *table(figures.firsts(case.detail)))) if case.detail.firsts else ""
    return f"{_slos(case.slos, MANY)}\n" + (f"\n{points}" if points else "") + first + _lines(case.detail.lines)


def _lines(lines: Lines) -> str:
    """A table of alert lines, with a column for each share of errors."""
    rows = []
    for line in lines[:MOST_LINES]:
        seen = dict(figures.seen(*line))
        rows.append((figures.line(*line), seen))
    heads = next((list(seen) for _, seen in rows if seen), [])
    parts = [("alert", *heads), ("---",) * (1 + len(heads))]
    parts += [(name, *(seen.get(head, "") for head in heads)) for name, seen in rows]
    more = f"\n{plural(len(lines) - MOST_LINES, 'line')} more.\n" if len(lines) > MOST_LINES else ""
    return "\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in parts) + more if rows else ""


# Quoting


def _inline(phrase: Phrase, most: int, in_table: bool = False) -> str:
    return _quoted(phrase, most, lambda text: code(text, in_table), str)


def _html(phrase: Phrase, most: int) -> str:
    """For the element `summary`, which has HTML instead of Markdown."""
    return _quoted(phrase, most, lambda text: f"<code>{escape(visible(text))}</code>", escape)


def _quoted(phrase: Phrase, most: int, quote: Callable[[str], str], own: Callable[[str], str]) -> str:
    """The phrase, cut after `most` characters."""
    parts = []
    for part in phrase:
        text = part.text if isinstance(part, Code) else part
        cut = text if len(text) <= most else text[:most] + "…"
        parts.append(quote(cut) if isinstance(part, Code) else own(cut))
        most -= len(text)
        if most <= 0:
            return "".join(parts) + ("…" if part is not phrase[-1] else "")
    return "".join(parts)


def _fenced(text: str) -> str:
    marks = fence(text)
    return f"\n{marks}text\n{chr(10).join(map(visible, text.split(chr(10))))}\n{marks}\n"
