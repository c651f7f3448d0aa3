"""Where something is being written: what the parser accepts there, and the declarations in reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from slocompiler.lsp.known import Known
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.record import record, replace
from slocompiler.syntax import tree as t
from slocompiler.syntax.recovery.following import Following


@record
class Item:
    """Something that can be written."""

    label: str
    kind: str
    """`keyword`, `sign`, the kind of a value or of a name."""
    detail: str = ""
    documentation: str = ""
    snippet: str = ""
    """The same with `${1:holes}`; "" if there are none."""


@record
class Situation:
    """A location of the file of the snapshot, which something is written at."""

    snapshot: Snapshot
    known: Known
    paths: tuple[str, ...]
    """The other files of the project, and those of the library."""
    today: date | None
    following: Following = Following(frozenset(), "", "", (), False)
    offset: int = 0

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.snapshot.source.text

    def at(self, offset: int, following: Following) -> Situation:
        """The same at an offset."""
        return replace(self, offset=offset, following=following)

    @property
    def top(self) -> str:
        """The kind of the token before; "" at the beginning."""
        return self.following.tokens[-1].kind if self.following.tokens else ""

    def metric(self) -> str:
        """The name before the brace that is open; "" if there is none."""
        tokens = self.following.tokens
        brace = max((index for index, token in enumerate(tokens) if token.kind == "LBRACE"), default=0)
        return tokens[brace - 1].value if brace else ""

    def block(self) -> t.Service | t.Template | None:
        """The service or the template around."""
        return next((x for x in self.snapshot.trail(self.offset) if isinstance(x, t.Service | t.Template)), None)

    def streams(self) -> Iterator[t.StreamDef]:
        """The streams of the block around."""
        block = self.block()
        return (item for item in (block.items if block else ()) if isinstance(item, t.StreamDef))

    def parameters(self) -> list[str]:
        """The parameters of the template around."""
        block = self.block()
        return [one.name.text for one in block.parameters] if isinstance(block, t.Template) else []
