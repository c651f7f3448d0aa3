"""A client of the language server: a real process, and what it shows."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types as p
from pygls.lsp.client import LanguageClient

LSP = (sys.executable, "-m", "slocompiler", "lsp")
PATIENCE = 60
"""Seconds to wait for what must come."""


class Client(LanguageClient):
    """A session of an editor with `sloc lsp`, which has a folder open."""

    def __init__(self, folder: Path) -> None:
        super().__init__("test", "1")
        self.folder = folder
        self.shown: dict[str, list[p.Diagnostic]] = {}
        """The diagnostics of each file, by its name in the folder."""
        self.messages: list[str] = []
        self._changed = asyncio.Event()
        self._versions: dict[str, int] = {}
        self.feature(p.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self._take(params))
        self.feature(p.WINDOW_SHOW_MESSAGE)(lambda params: self.messages.append(params.message))

    async def begin(self, *encodings: str, command: Sequence[str] = LSP) -> str:
        """Start the server; returns the encoding that it chose."""
        await self.start_io(*command, cwd=self.folder)
        general = p.GeneralClientCapabilities(position_encodings=list(encodings)) if encodings else None
        folders = [p.WorkspaceFolder(self.folder.as_uri(), "folder")]
        done = await self.initialize_async(
            p.InitializeParams(p.ClientCapabilities(general=general), workspace_folders=folders)
        )
        self.initialized(p.InitializedParams())
        return str(done.capabilities.position_encoding)

    async def end(self) -> int | None:
        """End the session; returns the exit code of the server."""
        await self.shutdown_async(None)
        self.exit(None)
        process = self._server
        code = await asyncio.wait_for(process.wait(), PATIENCE) if process else None
        await self.stop()
        return code

    def document(self, name: str) -> p.TextDocumentIdentifier:
        """A file of the folder."""
        return p.TextDocumentIdentifier((self.folder / name).as_uri())

    def open(self, name: str, text: str) -> None:
        """Open a file with this text, saved or not."""
        self._versions[name] = 0
        item = p.TextDocumentItem(self.document(name).uri, "slo", 0, text)
        self.text_document_did_open(p.DidOpenTextDocumentParams(item))

    def change(self, name: str, text: str) -> None:
        """Give an open file this text."""
        self._versions[name] += 1
        versioned = p.VersionedTextDocumentIdentifier(self._versions[name], self.document(name).uri)
        whole = p.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(p.DidChangeTextDocumentParams(versioned, [whole]))

    def codes(self, name: str) -> list[str]:
        """The codes that are shown in a file."""
        return [str(one.code) for one in self.shown.get(name, [])]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the diagnostics fulfil a condition."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            shown = {name: [(one.code, one.message) for one in found] for name, found in self.shown.items()}
            raise AssertionError(f"only these are shown: {shown}") from None

    def _take(self, params: p.PublishDiagnosticsParams) -> None:
        self.shown[params.uri.removeprefix(f"{self.folder.as_uri()}/")] = list(params.diagnostics)
        self._changed.set()


def session(
    folder: Path, story: Callable[[Client], Awaitable[Any]], *encodings: str, options: Sequence[str] = ()
) -> int | None:
    """Run a story in a session with `sloc lsp` and these options; returns the exit code of the server."""

    async def told() -> int | None:
        client = Client(folder)
        await client.begin(*encodings, command=(*LSP, *options))
        await story(client)
        return await client.end()

    return asyncio.run(told())
