"""Continues inside a block whose head (`slo x 99% {`) is unfinished."""

from __future__ import annotations

from slocompiler.syntax.limits import LONGEST_LINE
from slocompiler.syntax.recovery.stack import HEADS
from slocompiler.syntax.recovery.trouble import Trouble
from slocompiler.syntax.tokens import kind
from slocompiler.syntax.vocabulary import STATEMENTS


def enter(trouble: Trouble, opens: int) -> bool:
    """Complete the unfinished head, whose brace is at `opens` (-1: missing); False if there is no such head."""
    values, scan = trouble.stack.values, trouble.scan
    for index in range(len(values) - 1, -1, -1):
        head = kind(values[index])
        if head == "LBRACE":
            return False
        if head in HEADS:
            break
    else:
        return False
    block, needed = HEADS[head]
    if head == "SLO" and not trouble.stack.accepts("NAME", "PERCENT", size=index + 2):
        block, needed = HEADS["OVERRIDE"]
    line_end = scan.line_end(trouble.at)
    # Limited, because each line with a mistake may come here.
    if opens < 0 and scan.word(scan.resume(line_end, end=line_end + LONGEST_LINE)) not in STATEMENTS[block].split():
        return False
    name = next((value for value in values[index + 1 : index + 2] if kind(value) == "NAME"), None)
    trouble.stack.cut(index + 2)
    if name:
        trouble.stack.feed("NAME", name.value, name.start, name.end)
    trouble.stack.insert(needed.split()[bool(name) :], trouble.before)
    trouble.stack.move(opens + 1 if opens >= 0 else line_end)
    return True
