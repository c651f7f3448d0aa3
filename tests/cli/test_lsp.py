"""`sloc lsp` with a real client: a process, messages over its standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types as p
from pygls.exceptions import JsonRpcException

from support.client import Client, session
from support.compile import ROOT

ORG = "alerts calm {\n  page at 2% of budget in 1h\n  ticket when budget below 0%\n}\n"
NEVER = ORG.replace("2% of budget in 1h", "99% of budget in 30m")
"""With an alert that can never fire."""
SHOP = """import "org.slo"
# \U0001f6d2 A shop.
service shop "\U0001f6d2" { owner "\U0001f6d2" stakeholders "s" runbook "https://x.org"
  alerts calm
  events hits = http_total{job="shop"}
  slo answers 99.9% over 30d {
    events hits
    bad {code=~"5.."}
    because "b"
  }
}
"""


def position(text: str, part: str, encoding: str = "utf-16") -> p.Position:
    """The position of a part of the text."""
    before = text[: text.index(part)]
    last = before.rpartition("\n")[2]
    units = len(last.encode("utf-16-le")) // 2 if encoding == "utf-16" else len(last.encode("utf-8"))
    return p.Position(before.count("\n"), units)


def test_a_session(tmp_path: Path) -> None:
    """Files that are not saved, imports, positions behind an emoji, and each question once."""

    async def story(client: Client) -> None:
        client.open("shop.slo", SHOP.replace("owner", "ownr"))
        await client.until(lambda: "E101" in client.codes("shop.slo"))
        (shown,) = (one for one in client.shown["shop.slo"] if one.code == "E101")
        asked = p.CodeActionParams(client.document("shop.slo"), shown.range, p.CodeActionContext([shown]))
        found = await client.text_document_code_action_async(asked)
        assert [one.title for one in found or ()] == ["write `owner`", "explain E101"]
        assert shown.range.start == position(SHOP, "owner")
        assert shown.message == "expected a statement after `{`, not `ownr`\ndid you mean `owner`?"
        client.open("org.slo", ORG)
        client.change("shop.slo", SHOP)
        await client.until(lambda: client.shown.get("shop.slo") == [])
        client.change("org.slo", ORG.replace("calm", "other"))
        await client.until(lambda: client.codes("shop.slo") == ["E205"])
        client.change("org.slo", NEVER)
        await client.until(lambda: client.codes("org.slo") == ["E405"])
        related = client.shown["org.slo"][0].related_information or []
        assert [one.location.uri for one in related] == [client.document("shop.slo").uri]
        client.change("org.slo", ORG)
        await client.until(lambda: client.codes("org.slo") == client.codes("shop.slo") == [])
        await _questions(client)

    assert session(tmp_path, story) == 0


async def _questions(client: Client) -> None:
    shop, behind = client.document("shop.slo"), position(SHOP, "stakeholders")
    stream, slo = position(SHOP, "hits ="), position(SHOP, "answers")
    hover = await client.text_document_hover_async(p.HoverParams(shop, slo))
    assert hover
    assert isinstance(hover.contents, p.MarkupContent)
    assert "43m12s of full outage in 30d" in hover.contents.value
    offered = await client.text_document_completion_async(p.CompletionParams(shop, behind))
    assert isinstance(offered, p.CompletionList)
    assert {"stakeholders", "slo"} <= {item.label for item in offered.items}
    found = await client.text_document_definition_async(p.DefinitionParams(shop, position(SHOP, "calm")))
    assert found == p.Location(client.document("org.slo").uri, p.Range(p.Position(0, 7), p.Position(0, 11)))
    edit = await client.text_document_rename_async(p.RenameParams(shop, stream, "requests"))
    assert edit
    assert {uri: len(edits) for uri, edits in (edit.changes or {}).items()} == {shop.uri: 2}
    edit = await client.text_document_rename_async(p.RenameParams(shop, slo, "replies"))
    assert edit
    assert {"replies", "    formerly answers\n"} == {one.new_text for one in (edit.changes or {})[shop.uri]}
    with pytest.raises(JsonRpcException, match="metrics and labels belong to Prometheus"):
        await client.text_document_prepare_rename_async(p.PrepareRenameParams(shop, behind))
    uses = p.ReferenceParams(p.ReferenceContext(include_declaration=False), shop, stream)
    assert [one.range.start.line for one in await client.text_document_references_async(uses) or ()] == [6]
    marks = await client.text_document_document_highlight_async(p.DocumentHighlightParams(shop, stream))
    assert [one.range.start.line for one in marks or ()] == [4, 6]
    everything = p.Range(p.Position(0, 0), p.Position(99, 0))
    hints = await client.text_document_inlay_hint_async(p.InlayHintParams(shop, everything))
    assert [hint.label for hint in hints or ()] == ["43m12s"]
    assert not await client.text_document_code_lens_async(p.CodeLensParams(shop))  # no server is known
    symbols = await client.text_document_document_symbol_async(p.DocumentSymbolParams(shop))
    assert [one.name for one in symbols or ()] == ["shop"]
    options = p.FormattingOptions(2, insert_spaces=True)
    edits = await client.text_document_formatting_async(p.DocumentFormattingParams(shop, options))
    assert edits
    lines = p.DocumentRangeFormattingParams(shop, p.Range(p.Position(7, 0), p.Position(7, 1)), options)
    assert [one.new_text for one in await client.text_document_range_formatting_async(lines) or ()] == [
        '    events  hits\n    bad     {code=~"5.."}\n'
    ]
    folds = await client.text_document_folding_range_async(p.FoldingRangeParams(shop))
    assert [(one.start_line, one.end_line) for one in folds or ()] == [(2, 10), (5, 9)]
    (grown,) = await client.text_document_selection_range_async(p.SelectionRangeParams(shop, [behind])) or ()
    assert grown.range.start == behind
    explained = await client.workspace_execute_command_async(p.ExecuteCommandParams("sloc.explain", arguments=["E405"]))
    assert "an alert that can never fire" in str(explained)
    assert client.messages == [explained]


def test_a_project_its_folders_and_files_beside_it(tmp_path: Path) -> None:
    """Each file is checked as `sloc check` does where it lies: by its project file, in a project within, or alone."""
    project, inner, beside = tmp_path / "project", tmp_path / "project" / "inner", tmp_path / "beside"
    for folder in (project, inner, beside):
        folder.mkdir()
    (project / "sloc.yaml").write_text('sources: ["*.slo"]\nowners: {team: "@team"}\n', encoding="utf-8")
    (project / "org.slo").write_text(ORG, encoding="utf-8")
    (project / "extra").mkdir()
    (project / "extra" / "shop.slo").write_text(SHOP.replace("org.slo", "../org.slo"), encoding="utf-8")
    (inner / "sloc.yaml").write_text("retention: 1d\n", encoding="utf-8")
    (beside / "org.slo").write_text(ORG.replace("calm", "other"), encoding="utf-8")

    async def story(client: Client) -> None:
        client.open("shop.slo", SHOP)
        await client.until(lambda: client.codes("shop.slo") == ["W339"])
        assert client.shown["shop.slo"][0].range.end == position(SHOP, " stakeholders", "utf-8")
        client.open("inner/shop.slo", SHOP.replace("import", "# import").replace("alerts calm", ""))
        await client.until(lambda: client.codes("inner/shop.slo") == ["W305"])
        client.open("../beside/shop.slo", SHOP)
        await client.until(lambda: client.codes("../beside/shop.slo") == ["E205"])
        client.open("extra/shop.slo", (project / "extra" / "shop.slo").read_text("utf-8"))
        await client.until(lambda: client.codes("extra/shop.slo") == ["W339"])
        client.open("org.slo", "# not saved\n")
        await client.until(lambda: "E205" in client.codes("extra/shop.slo") and "E205" in client.codes("shop.slo"))
        client.text_document_did_close(p.DidCloseTextDocumentParams(client.document("org.slo")))
        await client.until(lambda: client.codes("extra/shop.slo") == client.codes("shop.slo") == ["W339"])
        (project / "sloc.yaml").write_text("surces: []\n", encoding="utf-8")
        client.workspace_did_change_watched_files(p.DidChangeWatchedFilesParams([]))
        await client.until(lambda: client.codes("sloc.yaml") == ["E502"] and client.codes("shop.slo") == [])
        (project / "sloc.yaml").write_text("owners: {}\n", encoding="utf-8")
        (project / "org.slo").write_text("", encoding="utf-8")
        client.text_document_did_save(p.DidSaveTextDocumentParams(client.document("shop.slo")))
        await client.until(lambda: client.codes("sloc.yaml") == [] and "E205" in client.codes("shop.slo"))
        client.text_document_did_close(p.DidCloseTextDocumentParams(client.document("inner/shop.slo")))
        await client.until(lambda: client.codes("inner/shop.slo") == [])

    assert session(project, story, "utf-8") == 0


def test_what_a_client_sends_wrong_is_answered_with_an_error(tmp_path: Path) -> None:
    """Requests that cannot be read, or that no one knows, and a text that is no JSON; the session goes on."""
    initialize = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None}}
    uri = (tmp_path / "a.slo").as_uri()
    bodies = [
        json.dumps(initialize).encode(),
        b'{"jsonrpc": "2.0", "id": 2, "method": "textDocument/hover", "params": {"nonsense": 1}}',
        b'{"jsonrpc": "2.0", "id": 3, "method": "textDocument/nonsense", "params": {}}',
        b'{"jsonrpc": "2.0", "id": 4',
        json.dumps({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "languageId": "slo", "version": 1, "text": "\ud800"}}}).encode(),
        json.dumps({"jsonrpc": "2.0", "id": 5, "method": "textDocument/hover", "params": {"textDocument": {"uri": uri}, "position": {"line": 9, "character": 99}}}).encode(),
        b'{"jsonrpc": "2.0", "id": 6, "method": "shutdown"}',
        b'{"jsonrpc": "2.0", "method": "exit"}',
    ]  # fmt: skip  # a message in a line
    sent = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)
    command = [sys.executable, "-m", "slocompiler", "lsp"]
    done = subprocess.run(command, cwd=tmp_path, input=sent, capture_output=True, check=False, timeout=60)
    answers = [
        json.loads(part)
        for part in done.stdout.decode().replace("Content-Length", "\0").split("\0")[1:]
        for part in [part.split("\r\n\r\n", 1)[1]]
    ]
    found = {answer["id"]: answer.get("error", {}).get("code") for answer in answers if "method" not in answer}
    assert found == {1: None, 2: -32602, 3: -32601, None: -32700, 5: None, 6: None}
    assert done.returncode == 0


def test_a_server_that_was_killed_and_started_again_shows_the_same(tmp_path: Path) -> None:
    """It keeps nothing that the editor does not have."""

    async def story() -> None:
        shown = []
        for _ in range(2):
            client = Client(tmp_path)
            await client.begin()
            client.open("org.slo", NEVER)
            client.open("shop.slo", SHOP)
            await client.until(lambda client=client: client.codes("org.slo") == ["E405"])
            shown.append(client.shown)
            process = client._server
            assert process
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            await client.stop()
        assert shown[0] == shown[1]

    asyncio.run(story())


def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls").mkdir()
    (tmp_path / "pygls" / "__init__.py").write_text("raise ModuleNotFoundError('No', name='pygls')\n", encoding="utf-8")
    command = [sys.executable, "-m", "slocompiler", "lsp"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "sloc: pygls is not installed: `pip install 'slocompiler[lsp]'` installs what editors need\n"
