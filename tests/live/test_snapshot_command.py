"""`sloc snapshot` with a real server, and commands that ask the file when the server is gone."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lsprotocol import types as p

from slocompiler import grammar
from slocompiler.live.snapshot import Snapshot
from slocompiler.lsp.completion import complete
from slocompiler.lsp.hover import hover
from slocompiler.lsp.known import known
from slocompiler.lsp.metrics import metrics
from slocompiler.lsp.situation import Situation
from slocompiler.lsp.workspace import Workspace
from slocompiler.project import Project
from slocompiler.resolve.imports import nothing
from slocompiler.source import Source
from support.client import Client, session
from support.command import sloc
from support.keystrokes import opened
from support.server import Prometheus
from support.stub import Response, recorded, serving

DAY = 86_400
SHOP = """service shop {
  owner "a"
  stakeholders "b"
  slo errors 99% over 1d {
    events requests_total{job="shop"}
    bad {code="500"}
    per route
    because "a test"
    review every 90d last 2026-10-01
    alerts none
  }
  slo speed 99% over 1d {
    events answer_seconds{}
    good below 300ms
    because "a test"
    review every 90d last 2026-10-01
    alerts none
  }
}
"""
BOUNDS = ("0.3", "1.0", "2.5", "+Inf")
VERIFY, STATUS = ("verify",), ("status", "--raw", "--format", "json")


class Kept:
    """A project with a snapshot, and what commands said while the server was there."""

    def __init__(self, folder: Path, now: int, said: dict[tuple[str, ...], str]) -> None:
        self.folder, self.now, self.said = folder, now, said

    def ask(self, *command: str, file: str = "kept.json.gz") -> tuple[int, str]:
        done = sloc(self.folder, *command, "--snapshot", file)
        return done.code, re.sub(r"http://[\d.:]+", "the snapshot", done.out + done.err)

    def change(self, old: str, new: str) -> None:
        (self.folder / "shop.slo").write_text(SHOP.replace(old, new), encoding="utf-8")


def day(now: int) -> Iterator[str]:
    """Counters of a day: one request in a hundred fails."""
    for at in range(now - DAY - 600, now, 60):
        for route in ("/a", "/b"):
            for code, pace in (("200", 99), ("500", 1)):
                labels = f'job="shop",route="{route}",code="{code}"'
                yield f"requests_total{{{labels}}} {(at - now + DAY + 600) // 60 * pace} {at}"
        for bound in BOUNDS:
            yield f'answer_seconds_bucket{{job="shop",le="{bound}"}} {(at - now + DAY + 600) // 60} {at}'
        yield f'answer_seconds_count{{job="shop"}} {(at - now + DAY + 600) // 60} {at}'


@pytest.fixture(scope="module")
def kept(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    del every_prometheus  # it chooses the program
    folder = tmp_path_factory.mktemp("project")
    now = int(time.time()) // 300 * 300 - 270  # the last tile that has settled ended 330 seconds ago
    (folder / "shop.slo").write_text(SHOP, encoding="utf-8")
    (folder / "sloc.yaml").write_text("scrape_interval: 1m\nevaluation_interval: 1m\n", encoding="utf-8")
    server = Prometheus(tmp_path_factory.mktemp("server"))
    server.backfill("\n".join([*day(now), "# EOF\n"]))
    with server:
        asked = ("--url", f"http://{server.address}", "--now", f"{now}")
        for file, *more in (
            ("kept.json.gz",),
            ("plain.json",),
            ("none.json", "--no-values"),
            ("long.json", "--over", "3d"),
        ):
            assert sloc(folder, "snapshot", *asked, "-o", file, *more).code == 0
        said = {}
        for command in (VERIFY, STATUS):
            done = sloc(folder, *command, *asked)
            said[command] = re.sub(r"http://[\d.:]+", "the snapshot", done.out + done.err)
    return Kept(folder, now, said)


@pytest.fixture(autouse=True)
def as_it_was(kept: Kept) -> Iterator[None]:
    yield
    kept.change("", "")


@pytest.mark.parametrize("command", [VERIFY, STATUS])
@pytest.mark.parametrize("file", ["kept.json.gz", "plain.json"])
def test_a_file_says_what_the_server_said(kept: Kept, command: tuple[str, ...], file: str) -> None:
    assert kept.ask(*command, file=file)[1] == kept.said[command]
    assert "V" not in kept.said[STATUS]


def test_an_edited_file_is_verified(kept: Kept) -> None:
    kept.change('job="shop"', 'job="chop"')
    code, said = kept.ask(*VERIFY)
    assert code == 1
    assert 'error[V701]: no series of `requests_total` in 1d has `job="chop"`' in said
    kept.change("per route", "per path")
    assert "not checked: V706 of 1 SLO, the snapshot has no answer for these files" in kept.ask(*VERIFY)[1]


def test_another_target_has_another_budget(kept: Kept) -> None:
    left = [one["left"] for one in json.loads(kept.said[STATUS])["slos"][0]["values"]]
    kept.change("99%", "98%")
    again = [one["left"] for one in json.loads(kept.ask(*STATUS)[1])["slos"][0]["values"]]
    assert left == [pytest.approx(0, abs=0.02)] * 2
    assert again == [pytest.approx(0.5, abs=0.01)] * 2


def test_more_than_the_window(kept: Kept) -> None:
    servers = [json.loads((kept.folder / name).read_text("utf-8"))["servers"] for name in ("plain.json", "long.json")]
    begins = [min(one["start"] for one in server["ranges"] if one["step"] == 300) for (server,) in servers]
    assert [round((kept.now - begin) / DAY) for begin in begins] == [1, 3]


def test_what_is_not_in_it(kept: Kept) -> None:
    kept.change('{code="500"}', '{code="404"}')
    code, said = kept.ask(*STATUS)
    assert code == 2
    assert re.fullmatch(r"sloc: kept.json.gz: it has no answer to `.*`; take a new one with `sloc snapshot`\n", said)


def test_no_values(kept: Kept) -> None:
    text = (kept.folder / "none.json").read_text(encoding="utf-8")
    assert "/a" not in text
    assert '"200"' not in text
    code, said = kept.ask(*VERIFY, file="none.json")
    assert code == 0
    assert "2 SLOs: 1 can be measured, 1 not checked" in said


def test_the_schema_describes_it(kept: Kept) -> None:
    found = json.loads(gzip.decompress((kept.folder / "kept.json.gz").read_bytes()))
    jsonschema.validate(found, json.loads(grammar.text("snapshot.schema.json")))
    assert found["taken"] == kept.now
    assert {"tables", "ranges", "instants", "endpoints"} <= {name for name, own in found["servers"][0].items() if own}


def plain(kept: Kept) -> Any:
    return json.loads((kept.folder / "plain.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("statement", "offered"),
    [
        ("events requests_total{¦}", {"job", "route", "code"}),
        ('events requests_total{code="¦"}', {"200", "500"}),
        ("bad `sum(rate(¦", {"requests_total"}),
        ('bad `sum(rate(requests_total{job="shop", r¦', {"job", "route", "code"}),
        ('bad `sum(rate(requests_total{job="shop", route=~"/¦', {"/a", "/b"}),
        ('bad `sum(rate(requests_total{code="500"}[5m])) by (¦', {"requests_total"}),
        ("events answer_seconds{} good below ¦", {"2s500ms"}),
        ('events answer_seconds{job="shop"}\n    bad {code="500"} above 2¦', {"2s500ms"}),
    ],
)
def test_an_editor_offers_what_the_server_has(kept: Kept, statement: str, offered: set[str]) -> None:
    snapshot, at = opened(f'service shop {{\n  owner "a"\n  slo errors 99% over 1d {{\n    {statement}\n  }}\n}}\n')
    of_server = metrics(plain(kept)["servers"])
    found = complete(Situation(snapshot, known([], of_server), (), None), at)
    assert offered <= {item.label for item in found.items}
    assert not {item.label for item in complete(Situation(snapshot, known([], {}), (), None), at).items} & offered


def test_an_editor_shows_what_verify_finds(kept: Kept) -> None:
    """Of the series that the SLOs read; of an SLO with an error, and of metrics that the file does not have, nothing."""
    servers = {None: Snapshot(plain(kept)["taken"], plain(kept)["servers"][0])}
    here = Workspace(Project(), nothing, servers=servers)

    def shown(text: str) -> list[tuple[str, str]]:
        here.put(Source("shop.slo", text))
        return [(one.code, one.span.text) for one in here.verified()]

    assert shown(SHOP) == here.verified(at_rest=False) == []
    wrong = SHOP.replace('job="shop"', 'job="chop"').replace("300ms", "400ms")
    here.put(Source("shop.slo", wrong))
    assert here.verified(at_rest=False) == []
    assert shown(wrong) == [("V701", 'job="chop"'), ("V704", "below 400ms")]
    assert shown(wrong.replace("below", "blow")) == [("V701", 'job="chop"')]
    assert shown(wrong.replace("requests_total", "others_total")) == [("V704", "below 400ms")]


def test_an_editor_explains_a_metric(kept: Kept) -> None:
    for events in ("requests_total¦{}", "`sum(rate(requests¦_total[$window]))`"):
        snapshot, at = opened(
            f'service shop {{\n  owner "a"\n  slo errors 99% over 1d {{\n    events {events}\n  }}\n}}\n'
        )
        found = hover(snapshot, at, (), metrics(plain(kept)["servers"]))
        assert found
        assert found.span.text == "requests_total"
        assert "4 series\ncode: 200, 500\njob: shop\nroute: /a, /b" in found.markdown


def test_a_session_with_a_snapshot_and_a_server(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that refuses is a text; no address and no tenant of a project file is used."""
    replies, wrong = [recorded], SHOP.replace("300ms", "400ms")

    async def story(client: Client) -> None:
        client.open("shop.slo", wrong)
        await client.until(lambda: client.codes("shop.slo") == ["V704"])
        assert await texts(client, "shop.slo") == ["71% of the budget left · healthy", "not recorded here"]
        replies[:] = [lambda _: Response(401)]
        client.open("other.slo", wrong.replace("shop", "other"))
        refused = {text.partition(" (")[0] for text in await texts(client, "other.slo")}
        assert refused == {f"{server.url}: access denied"}

    async def texts(client: Client, name: str) -> list[str]:
        found = await client.text_document_code_lens_async(p.CodeLensParams(client.document(name))) or ()
        filled = [await client.code_lens_resolve_async(one) for one in found]
        return [one.command.title for one in filled if one.command]

    with serving() as other, serving(lambda request: replies[0](request)) as server:
        (kept.folder / "sloc.yaml").write_text(f"live: {{url: '{other.url}', tenant: other}}\n", encoding="utf-8")
        monkeypatch.setenv("SLOC_HEADERS", "X-Token: secret")
        monkeypatch.setenv("SLOC_URL", server.url)
        assert session(kept.folder, story, options=("--snapshot", "kept.json.gz")) == 0
    assert other.connections == 0
    assert {one.headers["X-Token"] for one in server.requests} == {"secret"}
    assert {one.headers["X-Scope-OrgID"] for one in server.requests} == {None}
