"""`sloc snapshot` with a real server, and commands that ask the file when the server is gone."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from slocompiler import grammar
from slocompiler.lsp.completion import complete
from slocompiler.lsp.hover import hover
from slocompiler.lsp.known import known
from slocompiler.lsp.metrics import metrics
from slocompiler.lsp.situation import Situation
from support.command import sloc
from support.keystrokes import opened
from support.server import Prometheus

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
}
"""
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


@pytest.fixture(scope="module")
def kept(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    del every_prometheus  # it chooses the program
    folder, now = tmp_path_factory.mktemp("project"), int(time.time())
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
    begins = [min(one["start"] for one in server["ranges"]) for (server,) in servers]
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
    assert "1 SLO: 0 can be measured, 1 not checked" in said


def test_the_schema_describes_it(kept: Kept) -> None:
    data = json.loads(gzip.decompress((kept.folder / "kept.json.gz").read_bytes()))
    jsonschema.validate(data, json.loads(grammar.text("snapshot.schema.json")))
    assert data["taken"] == kept.now
    assert {"tables", "ranges", "instants", "endpoints"} <= {name for name, own in data["servers"][0].items() if own}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not a snapshot, or a part of one"),
        (b"{", "not a snapshot, or a part of one"),
        (b"\x1f\x8b\x08", "not a snapshot, or a part of one"),
        (b"\xff\xfe", "not a snapshot, or a part of one"),
        (b"[" * 100_000, "not a snapshot, or a part of one"),
        (b"[]", "not a snapshot: something is wrong at its top"),
        (b'{"schema": 2}', "a snapshot of another version of sloc; take a new one with `sloc snapshot`"),
        (b'{"schema": 1, "taken": -1, "servers": [{}]}', "not a snapshot: something is wrong at taken"),
    ],
)
def test_a_broken_file(tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "shop.slo").write_text(SHOP, encoding="utf-8")
    (tmp_path / "broken.json").write_bytes(data)
    done = sloc(tmp_path, "status", "--snapshot", "broken.json")
    assert (done.code, done.err) == (2, f"sloc: broken.json: {problem}\n")


@pytest.mark.parametrize(
    ("statement", "offered"),
    [
        ("events requests_total{¦}", {"job", "route", "code"}),
        ('events requests_total{code="¦"}', {"200", "500"}),
        ("bad `sum(rate(¦", {"requests_total"}),
        ('bad `sum(rate(requests_total{job="shop", r¦', {"job", "route", "code"}),
        ('bad `sum(rate(requests_total{job="shop", route=~"/¦', {"/a", "/b"}),
        ('bad `sum(rate(requests_total{code="500"}[5m])) by (¦', {"requests_total"}),
    ],
)
def test_an_editor_offers_what_the_server_has(kept: Kept, statement: str, offered: set[str]) -> None:
    snapshot, at = opened(f'service shop {{\n  owner "a"\n  slo errors 99% over 1d {{\n    {statement}\n  }}\n}}\n')
    data = json.loads((kept.folder / "plain.json").read_text(encoding="utf-8"))
    of_server = metrics(data["servers"])
    found = complete(Situation(snapshot, known([], of_server), (), None), at)
    assert offered <= {item.label for item in found.items}
    assert not {item.label for item in complete(Situation(snapshot, known([], {}), (), None), at).items} & offered


def test_an_editor_explains_a_metric(kept: Kept) -> None:
    data = json.loads((kept.folder / "plain.json").read_text(encoding="utf-8"))
    for events in ("requests_total¦{}", "`sum(rate(requests¦_total[$window]))`"):
        snapshot, at = opened(
            f'service shop {{\n  owner "a"\n  slo errors 99% over 1d {{\n    events {events}\n  }}\n}}\n'
        )
        found = hover(snapshot, at, (), metrics(data["servers"]))
        assert found
        assert found.span.text == "requests_total"
        assert "4 series\ncode: 200, 500\njob: shop\nroute: /a, /b" in found.markdown
