"""A snapshot answers as the server did: the same questions, narrower ones, later those in it alone; no broken file does."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from slocompiler.cli.prometheus import Server
from slocompiler.ir import Matcher
from slocompiler.live.questions import Answers, Endpoint, Instant, Question, Range, Table
from slocompiler.live.snapshot import MOST_VALUES, Snapshot, taken
from support.command import sloc
from support.server import Prometheus

DAY, STEP = 86_400, 300
JOB, CODE = Matcher("job", "=", "shop"), Matcher("code", "=", "500")


class Asked:
    """A server whose counters are older than this second, and what it answers now."""

    def __init__(self, server: Prometheus, at: int) -> None:
        self.server, self.at = server, at

    def table(self, *matchers: Matcher, labels: tuple[str, ...] = ("job", "code")) -> Table:
        return Table(metric="requests_total", matchers=matchers, labels=labels, lookback=DAY, at=self.at)

    def counts(self, hours: int) -> Range:
        return Range(
            expr="sum(increase(requests_total[5m]))", start=self.at - hours * 3600, end=self.at - 600, step=STEP
        )

    def live(self, *asked: Question) -> Answers:
        return Server(f"http://{self.server.address}").answer(asked)

    def kept(self, *asked: Question, values: bool = True) -> Snapshot:
        """What the server answers, by way of a file."""
        answers = self.live(*asked)
        return Snapshot(self.at, json.loads(json.dumps(taken({one: answers.raw(one) for one in asked}, values))))


@pytest.fixture(scope="module")
def asked(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    del every_prometheus  # it chooses the program
    at = int(time.time()) // STEP * STEP
    series = [
        f'requests_total{{job="{job}",code="{code}",path="/{number}"}}'
        for job, code, paths in (("shop", "200", MOST_VALUES + 1), ("shop", "500", 2), ("cart", "200", 1))
        for number in range(paths)
    ]
    lines = [f"{name} {(t - at + 7200) // 60} {t}" for name in series for t in range(at - 7200, at, 60)]
    with_data = Prometheus(tmp_path_factory.mktemp("asked"))
    with_data.backfill("\n".join([*lines, "# EOF\n"]))
    with with_data as server:
        yield Asked(server, at)


def series(answers: Answers, question: Instant | Table) -> set[tuple[str, ...]]:
    return {(*sorted(map("=".join, one.labels.items())), str(one.value)) for one in answers.vector(question)}


def test_the_same_questions(asked: Asked) -> None:
    table, counts, endpoint = asked.table(), asked.counts(2), Endpoint("status/buildinfo")
    now = Instant(expr="count by (job) (requests_total offset 5m)", at=asked.at)
    live, kept = asked.live(table, counts, endpoint, now), asked.kept(table, counts, endpoint, now)
    again = kept.answer([table, counts, endpoint, now])
    assert (
        series(again, table)
        == series(live, table)
        == {
            ("code=200", "job=shop", f"{MOST_VALUES + 1}.0"),
            ("code=500", "job=shop", "2.0"),
            ("code=200", "job=cart", "1.0"),
        }
    )
    assert again.matrix(counts) == live.matrix(counts)
    assert live.matrix(counts)
    assert again.data(endpoint) == live.data(endpoint)
    assert series(again, now) == series(live, now)
    assert len(series(live, now)) == 2


@pytest.mark.parametrize(
    "matchers", [(JOB,), (JOB, CODE), (Matcher("job", "=", "none"),), (JOB, Matcher("code", "!~", "4..|5.."))]
)
def test_a_narrower_table(asked: Asked, matchers: tuple[Matcher, ...]) -> None:
    question = asked.table(*matchers, labels=("code",))
    kept = asked.kept(asked.table()).answer([question])
    assert series(kept, question) == series(asked.live(question), question)


def test_what_a_snapshot_cannot_know(asked: Asked) -> None:
    kept = asked.kept(asked.table(JOB), asked.counts(1))
    other = Table(metric="other_total", matchers=(), labels=(), lookback=DAY, at=asked.at)
    wider, more = asked.table(), asked.table(JOB, labels=("job", "instance"))
    asked_again = [other, wider, more, Endpoint("rules")]
    answers = kept.answer(asked_again)
    assert [answers.known(one) for one in asked_again] == [False] * 4


def test_a_part_of_the_time(asked: Asked) -> None:
    kept, part = asked.kept(asked.counts(2)), asked.counts(1)
    assert kept.answer([part]).matrix(part) == asked.live(part).matrix(part)
    longer = kept.answer([asked.counts(3)]).matrix(asked.counts(3))
    assert longer == asked.live(asked.counts(2)).matrix(asked.counts(2))


def test_many_values_are_a_number(asked: Asked) -> None:
    by_path = asked.table(labels=("job", "code", "path"))
    kept = asked.kept(by_path)
    assert kept.data["tables"][0]["cut"] == {"path": MOST_VALUES + 1}
    assert "/7" not in json.dumps(kept.data)
    assert not kept.answer([by_path]).known(by_path)
    assert series(kept.answer([asked.table()]), asked.table()) == series(asked.live(asked.table()), asked.table())


def test_no_values(asked: Asked) -> None:
    by_code = Instant(expr="count by (code) (requests_total offset 5m)", at=asked.at)
    kept = asked.kept(asked.table(), asked.counts(1), by_code, Endpoint("targets"), values=False)
    text = json.dumps(kept.data)
    assert '"500"' not in text  # a time can have the same digits
    assert "cart" not in text
    assert kept.answer([asked.counts(1)]).matrix(asked.counts(1)) == asked.live(asked.counts(1)).matrix(asked.counts(1))


@pytest.mark.parametrize(
    ("content", "problem"),
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
def test_a_broken_file(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "shop.slo").write_text('service shop { owner "a" }\n', encoding="utf-8")
    (tmp_path / "broken.json").write_bytes(content)
    done = sloc(tmp_path, "status", "--snapshot", "broken.json")
    assert (done.code, done.err) == (2, f"sloc: broken.json: {problem}\n")
