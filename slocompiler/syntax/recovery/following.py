"""What may follow at an offset of a text, as the parser knows it: for completion."""

from __future__ import annotations

from slocompiler.record import record
from slocompiler.source import Source
from slocompiler.syntax.build import Builder
from slocompiler.syntax.lalr import Parser
from slocompiler.syntax.recovery import Recovery
from slocompiler.syntax.recovery.stack import Stack
from slocompiler.syntax.tokens import Token

_HERE = "\x01"
"""A character that begins no token: there the parser stops, without a guess about what follows."""


@record
class Following:
    """The state of the parser at an offset."""

    terminals: frozenset[str]
    """Those that may follow."""
    block: str
    """The block whose statement may begin here; "" inside a statement."""
    statement: str
    """The terminal with which the unfinished statement begins; "" if there is none."""
    tokens: tuple[Token, ...]
    """The tokens of the unfinished statement, or of the part of it that no rule has taken yet."""
    is_listed: bool
    """Whether it is in the braces of a filter or of labels."""


def following(text: str, at: int) -> Following:
    """What may follow the first `at` characters of a text. Mistakes before are passed over, as `parse` does it."""
    source = Source("", text[:at] + _HERE)
    builder = Builder(source)
    parser = Parser(source, builder)
    stack = Stack(parser)
    recovery = Recovery(parser, builder.problems)
    token = parser.run()
    while token and token.start < at:
        recovery.repair(token)
        token = parser.run()
    tokens = tuple(value for value in parser.values if isinstance(value, Token))
    return Following(
        frozenset(stack.expected()), stack.block(), stack.statement(), tokens, stack.list_brace() is not None
    )
