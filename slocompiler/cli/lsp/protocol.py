"""Values of `slocompiler/lsp/` as the types of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from lsprotocol import types as p

from slocompiler.diagnostics import Diagnostic, Edit
from slocompiler.lsp.completion import Completion
from slocompiler.lsp.positions import Encoding, Positions
from slocompiler.lsp.situation import Item
from slocompiler.lsp.structure import Symbol
from slocompiler.source import Reached, Source, Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey

_KINDS = {
    "keyword": p.CompletionItemKind.Keyword,
    "sign": p.CompletionItemKind.Operator,
    "template": p.CompletionItemKind.Function,
    "function": p.CompletionItemKind.Function,
    "stream": p.CompletionItemKind.Variable,
    "metric": p.CompletionItemKind.Field,
    "label": p.CompletionItemKind.Property,
    "parameter": p.CompletionItemKind.TypeParameter,
    "slo": p.CompletionItemKind.Class,
    "alerts": p.CompletionItemKind.Event,
    "policy": p.CompletionItemKind.Struct,
    "unit": p.CompletionItemKind.Unit,
    "code": p.CompletionItemKind.Constant,
    "string": p.CompletionItemKind.Text,
}
_SYMBOLS: dict[type[t.Node], p.SymbolKind] = {
    t.Service: p.SymbolKind.Module,
    Journey: p.SymbolKind.Module,
    t.Slo: p.SymbolKind.Class,
    t.Template: p.SymbolKind.Function,
    t.Use: p.SymbolKind.Method,
    t.StreamDef: p.SymbolKind.Variable,
    t.NamedAlerts: p.SymbolKind.Event,
    t.NamedPolicy: p.SymbolKind.Struct,
    t.Defaults: p.SymbolKind.Namespace,
}


class Protocol:
    """Converts for one client: `encoding` is what its characters count, `uri` names the file of a source."""

    def __init__(self, encoding: Encoding, uri: Callable[[Source], str]) -> None:
        self._uri = uri
        self.positions = lru_cache(maxsize=32)(lambda source: Positions(source.text, encoding))

    def range(self, span: Span) -> p.Range:
        """The range of a span."""
        lines = self.positions(span.source)
        return p.Range(p.Position(*lines.position(span.start)), p.Position(*lines.position(span.end)))

    def location(self, span: Span) -> p.Location:
        """The location of a span."""
        return p.Location(self._uri(span.source), self.range(span))

    def diagnostic(self, problem: Diagnostic) -> p.Diagnostic:
        """A diagnostic with the locations that explain it."""
        related = [(label.span, label.text) for label in problem.labels]
        span: Span = problem.span
        while isinstance(span, Reached):
            related.append((span.by, span.because))
            span = span.by
        return p.Diagnostic(
            range=self.range(problem.span),
            severity=p.DiagnosticSeverity.Error if problem.is_error else p.DiagnosticSeverity.Warning,
            code=problem.code,
            source="sloc",
            message=problem.message + (f"\n{problem.help}" if problem.help else ""),
            tags=[p.DiagnosticTag.Unnecessary] if problem.code in ("W306", "W315") else None,
            related_information=[p.DiagnosticRelatedInformation(self.location(at), text) for at, text in related]
            or None,
        )

    def edits(self, edits: Iterable[Edit]) -> p.WorkspaceEdit:
        """Edits by file."""
        changes: dict[str, list[p.TextEdit]] = {}
        for edit in edits:
            changes.setdefault(self._uri(edit.span.source), []).append(p.TextEdit(self.range(edit.span), edit.text))
        return p.WorkspaceEdit(changes=changes)

    def completion(self, found: Completion, source: Source, at: int, *, snippets: bool) -> p.CompletionList:
        """The items, which replace the characters from their start up to the cursor, in their order."""
        here = self.range(Span(source, found.start, at))
        return p.CompletionList(False, [_item(one, here, f"{i:04}", snippets) for i, one in enumerate(found.items)])

    def symbol(self, symbol: Symbol) -> p.DocumentSymbol:
        """A declaration with those inside it."""
        return p.DocumentSymbol(
            name=symbol.name,
            kind=_SYMBOLS[symbol.kind],
            range=self.range(symbol.span),
            selection_range=self.range(symbol.name_span),
            detail=symbol.detail,
            children=[self.symbol(one) for one in symbol.inside],
        )

    def selection(self, spans: Iterable[Span]) -> p.SelectionRange:
        """Spans, each inside the next one."""
        outer: Any = None
        for span in reversed(list(spans)):
            outer = p.SelectionRange(self.range(span), outer)
        found: p.SelectionRange = outer
        return found


def _item(item: Item, here: p.Range, order: str, snippets: bool) -> p.CompletionItem:
    text = item.snippet if item.snippet and snippets else item.label
    return p.CompletionItem(
        label=item.label,
        kind=_KINDS.get(item.kind, p.CompletionItemKind.Value),
        detail=item.detail or None,
        documentation=item.documentation or None,
        sort_text=order,
        insert_text_format=p.InsertTextFormat.Snippet if text is item.snippet else p.InsertTextFormat.PlainText,
        text_edit=p.TextEdit(here, text),
    )
