"""The requests and notifications that the server answers: FEATURES lists them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from lsprotocol import types as p
from pygls.exceptions import JsonRpcInvalidParams

from slocompiler.cli.connection import Connection
from slocompiler.cli.lsp.buffers import library
from slocompiler.cli.lsp.server import Server
from slocompiler.codes import CODES
from slocompiler.explain.code import explanation
from slocompiler.lsp import actions, formatting, references, rename, structure
from slocompiler.lsp.completion import complete
from slocompiler.lsp.hints import hints
from slocompiler.lsp.hover import hover
from slocompiler.lsp.known import known
from slocompiler.lsp.lenses import lenses
from slocompiler.lsp.situation import Situation
from slocompiler.lsp.verified import Servers

T = TypeVar("T")
EXPLAIN = "sloc.explain"
"""The command that shows the section of a code."""


def _initialize(ls: Server, params: p.InitializeParams) -> None:
    ls.begin(params)


def _initialized(ls: Server, params: p.InitializedParams) -> None:
    """Ask to hear of changes on the disk, if the client can tell."""
    del params
    workspace = ls.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace else None
    if watched and watched.dynamic_registration:
        watchers = [p.FileSystemWatcher("**/*.slo"), p.FileSystemWatcher("**/sloc.yaml")]
        options = p.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = p.WORKSPACE_DID_CHANGE_WATCHED_FILES
        ls.client_register_capability(p.RegistrationParams([p.Registration("files", method, options)]))


# Files


def _did_open(ls: Server, params: p.DidOpenTextDocumentParams) -> None:
    ls.changed(params.text_document.uri, params.text_document.text)


def _did_change(ls: Server, params: p.DidChangeTextDocumentParams) -> None:
    uri = params.text_document.uri
    ls.changed(uri, ls.workspace.get_text_document(uri).source)


def _did_close(ls: Server, params: p.DidCloseTextDocumentParams) -> None:
    ls.buffers.close(ls.file(params.text_document.uri))
    ls.check_all()


def _disk_changed(ls: Server, params: object) -> None:
    """A file was saved, or changed by another program."""
    del params
    ls.buffers.refresh()
    ls.check_all()


# Questions about a position


def _completion(ls: Server, params: p.CompletionParams) -> p.CompletionList:
    snapshot, at = ls.at(params.text_document.uri, params.position)
    workspace = ls.buffers.home(ls.file(params.text_document.uri)).workspace
    paths = (*workspace.paths(), *library())
    situation = Situation(snapshot, known(workspace.trees(), ls.metrics), paths, date.today())
    document = ls.client_capabilities.text_document
    completion = document.completion if document else None
    snippets = bool(completion and completion.completion_item and completion.completion_item.snippet_support)
    return ls.convert.completion(complete(situation, at), snapshot.source, at, snippets=snippets)


def _hover(ls: Server, params: p.HoverParams) -> p.Hover | None:
    uri = params.text_document.uri
    found = hover(*ls.at(uri, params.position), ls.others(uri), ls.metrics)
    content = p.MarkupContent(p.MarkupKind.Markdown, found.markdown) if found else None
    return p.Hover(content, ls.convert.range(found.span)) if found and content else None


def _definition(ls: Server, params: p.DefinitionParams) -> p.Location | None:
    found = references.definition(*ls.at(params.text_document.uri, params.position))
    return ls.convert.location(found) if found else None


def _references(ls: Server, params: p.ReferenceParams) -> list[p.Location]:
    uri = params.text_document.uri
    found = references.references(*ls.at(uri, params.position), tuple(ls.others(uri)))
    return [ls.convert.location(span) for span in found[not params.context.include_declaration :]]


def _highlight(ls: Server, params: p.DocumentHighlightParams) -> list[p.DocumentHighlight]:
    snapshot, at = ls.at(params.text_document.uri, params.position)
    spans = references.references(snapshot, at)
    return [p.DocumentHighlight(ls.convert.range(span)) for span in spans if span.source is snapshot.source]


def _prepare_rename(ls: Server, params: p.PrepareRenameParams) -> p.Range:
    return ls.convert.range(_allowed(rename.renamed(*ls.at(params.text_document.uri, params.position))))


def _rename(ls: Server, params: p.RenameParams) -> p.WorkspaceEdit:
    uri = params.text_document.uri
    return ls.convert.edits(
        _allowed(rename.rename(*ls.at(uri, params.position), params.new_name, tuple(ls.others(uri))))
    )


def _allowed(found: T | str) -> T:
    """What was found; a reason why not is an error, which editors show."""
    if isinstance(found, str):
        raise JsonRpcInvalidParams(found)
    return found


def _selection(ls: Server, params: p.SelectionRangeParams) -> list[p.SelectionRange]:
    places = [ls.at(params.text_document.uri, position) for position in params.positions]
    return [ls.convert.selection(structure.selection(*one)) for one in places]


# Questions about a file


def _format(ls: Server, params: p.DocumentFormattingParams) -> list[p.TextEdit]:
    snapshot = ls.snapshot(params.text_document.uri)
    found = formatting.formatted(snapshot.file, snapshot.problems)
    return [p.TextEdit(ls.convert.range(edit.span), edit.text) for edit in found]


def _format_range(ls: Server, params: p.DocumentRangeFormattingParams) -> list[p.TextEdit]:
    snapshot = ls.snapshot(params.text_document.uri)
    first, last = params.range.start.line + 1, params.range.end.line + 1
    found = formatting.formatted(snapshot.file, snapshot.problems, first, last)
    return [p.TextEdit(ls.convert.range(edit.span), edit.text) for edit in found]


def _symbols(ls: Server, params: p.DocumentSymbolParams) -> list[p.DocumentSymbol]:
    return [ls.convert.symbol(one) for one in structure.symbols(ls.snapshot(params.text_document.uri).file)]


def _folds(ls: Server, params: p.FoldingRangeParams) -> list[p.FoldingRange]:
    ranges = map(ls.convert.range, structure.folds(ls.snapshot(params.text_document.uri).file))
    return [p.FoldingRange(one.start.line, one.end.line) for one in ranges]


def _hints(ls: Server, params: p.InlayHintParams) -> list[p.InlayHint]:
    snapshot, start = ls.at(params.text_document.uri, params.range.start)
    _, end = ls.at(params.text_document.uri, params.range.end)
    here = [hint for hint in hints(snapshot) if start <= hint.offset <= end]
    ends = [p.Position(*ls.convert.positions(snapshot.source).position(hint.offset)) for hint in here]
    return [
        p.InlayHint(at, hint.text, tooltip=hint.meaning, padding_left=True) for at, hint in zip(ends, here, strict=True)
    ]


def _lenses(ls: Server, params: p.CodeLensParams) -> list[p.CodeLens]:
    """Where the states of SLOs stand, if a server is known. Editors ask for the text of those that they show."""
    uri = params.text_document.uri
    found = lenses(ls.snapshot(uri)) if ls.states else []
    return [p.CodeLens(ls.convert.range(one.span), data=[uri, one.slo, one.named]) for one in found]


async def _lens(ls: Server, lens: p.CodeLens) -> p.CodeLens:
    uri, slo, named = lens.data or ("", "", "")
    text = await ls.states.text(uri, ls.snapshot(uri), slo) if ls.states else ""
    lens.command = p.Command(f"{named}: {text}" if named else text, "")
    return lens


def _actions(ls: Server, params: p.CodeActionParams) -> list[p.CodeAction]:
    uri = params.text_document.uri
    snapshot, start = ls.at(uri, params.range.start)
    _, end = ls.at(uri, params.range.end)
    found = [
        p.CodeAction(
            fix.title,
            p.CodeActionKind.QuickFix,
            [ls.convert.diagnostic(problem)],
            is_preferred=fix.safe or None,
            edit=ls.convert.edits(fix.edits),
        )
        for problem, fix in actions.actions(snapshot, snapshot.problems, start, end)
    ]
    codes = dict.fromkeys(str(one.code) for one in params.context.diagnostics if one.source == "sloc")
    explain = [
        p.CodeAction(f"explain {code}", command=p.Command("explain", EXPLAIN, arguments=[code])) for code in codes
    ]
    return found + explain


def _explain(ls: Server, code: str) -> str:
    """The section of a code. It is shown as a message too, as most clients do not show what a command returns."""
    if code not in CODES:
        raise JsonRpcInvalidParams(f"there is no code {code}")
    section = explanation(code)
    if not ls.shows_sections:
        ls.window_show_message(p.ShowMessageParams(p.MessageType.Info, section))
    return section


FEATURES: tuple[tuple[str, Callable[..., Any], Any], ...] = (
    (p.INITIALIZE, _initialize, None),
    (p.INITIALIZED, _initialized, None),
    (p.TEXT_DOCUMENT_DID_OPEN, _did_open, None),
    (p.TEXT_DOCUMENT_DID_CHANGE, _did_change, None),
    (p.TEXT_DOCUMENT_DID_CLOSE, _did_close, None),
    (p.TEXT_DOCUMENT_DID_SAVE, _disk_changed, None),
    (p.WORKSPACE_DID_CHANGE_WATCHED_FILES, _disk_changed, None),
    (p.TEXT_DOCUMENT_COMPLETION, _completion, p.CompletionOptions(trigger_characters=["{", "=", '"', "$"])),
    (p.TEXT_DOCUMENT_HOVER, _hover, None),
    (p.TEXT_DOCUMENT_DEFINITION, _definition, None),
    (p.TEXT_DOCUMENT_REFERENCES, _references, None),
    (p.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, _highlight, None),
    (p.TEXT_DOCUMENT_PREPARE_RENAME, _prepare_rename, None),
    (p.TEXT_DOCUMENT_RENAME, _rename, p.RenameOptions(prepare_provider=True)),
    (p.TEXT_DOCUMENT_SELECTION_RANGE, _selection, None),
    (p.TEXT_DOCUMENT_FORMATTING, _format, None),
    (p.TEXT_DOCUMENT_RANGE_FORMATTING, _format_range, None),
    (p.TEXT_DOCUMENT_DOCUMENT_SYMBOL, _symbols, None),
    (p.TEXT_DOCUMENT_FOLDING_RANGE, _folds, None),
    (p.TEXT_DOCUMENT_INLAY_HINT, _hints, None),
    (p.TEXT_DOCUMENT_CODE_LENS, _lenses, p.CodeLensOptions(resolve_provider=True)),
    (p.CODE_LENS_RESOLVE, _lens, None),
    (p.TEXT_DOCUMENT_CODE_ACTION, _actions, p.CodeActionOptions(code_action_kinds=[p.CodeActionKind.QuickFix])),
)


def serve(servers: Servers, connection: Connection | None) -> None:
    """Answer one client on standard input and output until it ends the session.

    `servers` are snapshots of servers; with a `connection`, editors show the states of SLOs.
    """
    server = Server(servers, connection)
    for method, answer, options in FEATURES:
        server.feature(method, options)(answer)
    server.command(EXPLAIN)(_explain)
    server.start_io()
