"""The server: the open files of one client, and their diagnostics, which a second thread computes."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lsprotocol import types as p
from pygls.exceptions import JsonRpcException, JsonRpcParseError
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter
from pygls.uris import to_fs_path

from slocompiler import __version__
from slocompiler.cli.connection import Connection
from slocompiler.cli.lsp.buffers import Buffers, Home
from slocompiler.cli.lsp.protocol import Protocol
from slocompiler.cli.lsp.states import States
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.lsp.metrics import metrics
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.lsp.verified import Servers
from slocompiler.source import Source

_PAUSE = 0.1
"""Seconds without a change before the checks begin; syntax errors do not wait."""


class _Protocol(LanguageServerProtocol):
    """Answers a request that cannot be read with an error: else its client waits. Forgets what is done."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def _handle_notification(self, method_name: str, params: Any) -> None:
        super()._handle_notification(method_name, params)
        for key in [key for key, future in self._request_futures.items() if future.done()]:
            del self._request_futures[key]  # pygls keeps one for each notification, two kilobytes a keystroke


class Server(LanguageServer):
    """The state of a session with a client."""

    protocol: _Protocol

    def __init__(self, servers: Servers, connection: Connection | None) -> None:
        super().__init__(
            "sloc",
            __version__,
            text_document_sync_kind=p.TextDocumentSyncKind.Full,  # the lines of pygls are not those of the protocol
            protocol_cls=_Protocol,
            converter_factory=default_converter,
        )
        self._servers, self.metrics = servers, metrics(one.data for one in servers.values())
        self.buffers = Buffers([], servers)
        self.states = States(connection) if connection else None
        self.convert = Protocol("utf-16", self.uri)
        self.shows_sections = False
        """Whether the client shows what `sloc.explain` returns."""
        self._uris: dict[Path, str] = {}
        """The names that the client gave to files; it may write them in another way."""
        self._found: dict[Home, dict[str, list[Diagnostic]]] = {}
        """The problems of each project by URI. Two can concern a file that one of them imports."""
        self._published: dict[str, list[p.Diagnostic]] = {}
        self._checks: dict[Home, asyncio.Task[None]] = {}
        self._worker = ThreadPoolExecutor(1)

    # The client

    def begin(self, params: p.InitializeParams) -> None:
        """Take the folders and the encoding that the client has."""
        folders = [folder.uri for folder in params.workspace_folders or []]
        paths = [to_fs_path(uri) for uri in folders or [params.root_uri or ""]]
        self.buffers = Buffers([Path(path) for path in paths if path], self._servers)
        given = params.initialization_options
        self.shows_sections = isinstance(given, dict) and given.get("showsSections") is True
        self.convert = Protocol(p.PositionEncodingKind(self.workspace.position_encoding or "utf-16").value, self.uri)
        gc.enable()  # a session is long, unlike other commands
        gc.freeze()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Answer a message that is no JSON, as the protocol asks; show any other mistake of a client to its person."""
        if isinstance(error, ValueError) and not isinstance(error, JsonRpcException):
            refusal = {"code": JsonRpcParseError.CODE, "message": JsonRpcParseError.MESSAGE}
            self.protocol._send_data({"jsonrpc": "2.0", "id": None, "error": refusal})
        super().report_server_error(error, source)

    # Files

    def file(self, uri: str) -> Path:
        """The file of a URI; a name that no file has for a text that was never saved."""
        path = to_fs_path(uri)
        file = Path(os.path.normpath(path)) if path else Path("/", quote(uri, safe=""))
        self._uris.setdefault(file, uri)
        return file

    def uri(self, source: Source) -> str:
        """The URI of a source."""
        return self._uri_of(self.buffers.owner(source), source.path)

    def snapshot(self, uri: str) -> Snapshot:
        """What is known of a file."""
        file = self.file(uri)
        home = self.buffers.home(file)
        return home.workspace.snapshot(home.path(file))

    def others(self, uri: str) -> Iterator[Snapshot]:
        """The other files of its project, one after the other."""
        file = self.file(uri)
        home = self.buffers.home(file)
        own, workspace = home.path(file), home.workspace
        return (workspace.snapshot(path) for path in workspace.paths() if path != own)

    def at(self, uri: str, position: p.Position) -> tuple[Snapshot, int]:
        """What is known of a file, and the offset of a position in it."""
        snapshot = self.snapshot(uri)
        return snapshot, self.convert.positions(snapshot.source).offset(position.line, position.character)

    # Diagnostics

    def changed(self, uri: str, text: str) -> None:
        """A file has this text now: show its syntax errors at once, and all problems of its project soon."""
        file = self.file(uri)
        self.buffers.put(file, text)
        home = self.buffers.home(file)
        syntax = home.workspace.syntax(home.path(file))
        shown = self._published.get(uri, [])
        if any(self.convert.diagnostic(problem) not in shown for problem in syntax):
            self._publish(uri, syntax)
        for other in self.buffers.homes():
            if other.root == home.root:  # it may import the file
                self.check(other)

    def check(self, home: Home) -> None:
        """Compute the problems of a project in a thread, and show them unless a change has come in between."""
        if earlier := self._checks.get(home):
            earlier.cancel()
        self._checks[home] = asyncio.get_running_loop().create_task(self._check(home))

    def check_all(self) -> None:
        """The same for every project of an open file; the problems of others are no longer shown."""
        homes = self.buffers.homes()
        for home in homes:
            self.check(home)
        for home in self._checks.keys() - set(homes):
            self._checks.pop(home).cancel()
            self._show(home, {})
            del self._found[home]

    async def _check(self, home: Home) -> None:
        await asyncio.sleep(_PAUSE)
        problems = await asyncio.get_running_loop().run_in_executor(self._worker, self.buffers.problems, home)
        found: dict[str, list[Diagnostic]] = {}
        for problem in problems:
            found.setdefault(self._uri_of(home, problem.span.source.path), []).append(problem)
        self._show(home, found)

    def _show(self, home: Home, found: dict[str, list[Diagnostic]]) -> None:
        """Show the problems of a project, and no longer those that it had before."""
        self._found[home] = found
        for uri in self._published.keys() | found.keys():
            self._publish(uri, ordered(problem for each in self._found.values() for problem in each.get(uri, ())))

    def _uri_of(self, home: Home, path: str) -> str:
        file = home.file(path)
        return self._uris.get(file) or file.as_uri()

    def _publish(self, uri: str, problems: list[Diagnostic]) -> None:
        """Show the problems of a file, unless the client has just these."""
        shown = [self.convert.diagnostic(problem) for problem in problems]
        if shown != self._published.get(uri, []):
            self._published[uri] = shown
            self.text_document_publish_diagnostics(p.PublishDiagnosticsParams(uri, shown))
