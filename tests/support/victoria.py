"""Runs a real VictoriaMetrics that scrapes a target, and a vmalert that evaluates rules over it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from support import binaries
from support.server import HOST, Sample, free_port
from support.waiting import wait_for

FLUSH = 0.05
"""Seconds between two requests to show new samples."""


class Victoria:
    """The database and the ruler, which listen on two ports and log into a folder."""

    def __init__(self, folder: Path, database: int, ruler: int) -> None:
        self.folder = folder
        self.database, self.ruler = (f"http://{HOST}:{port}" for port in (database, ruler))

    def query(self, expr: str) -> list[Sample]:
        """What the expression returns now."""
        found = _get(f"{self.database}/api/v1/query?{urlencode({'query': expr, 'latency_offset': '1ms'})}")
        return [(sample["metric"], float(sample["value"][1])) for sample in found["data"]["result"]]

    def rules(self) -> list[dict[str, Any]]:
        """All rules as vmalert has them."""
        return [rule for group in _get(f"{self.ruler}/api/v1/rules")["data"]["groups"] for rule in group["rules"]]

    def replay(self, rules: str, begin: float) -> None:
        """Have vmalert evaluate the rules for the time since `begin`."""
        time = datetime.fromtimestamp(begin, UTC).isoformat()
        addresses = [f"-datasource.url={self.database}", f"-remoteWrite.url={self.database}"]
        command = [str(binaries.locate("vmalert")), *addresses, f"-rule={rules}", f"-replay.timeFrom={time}"]
        hurry = ["-replay.rulesDelay=200ms", "-remoteWrite.flushInterval=20ms", "-replay.disableProgressBar"]
        done = subprocess.run([*command, *hurry], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def running(folder: Path, rules: Mapping[str, str], target: str, interval: str) -> Iterator[Victoria]:
    """Both programs, of which one scrapes the target as the job `shop` each `interval`; `rules` are files by name."""
    found = Victoria(folder, free_port(), free_port())
    scrape = {"job_name": "shop", "scrape_interval": interval, "static_configs": [{"targets": [target]}]}
    (folder / "scrape.yml").write_text(yaml.safe_dump({"scrape_configs": [scrape]}), encoding="utf-8")
    for name, text in rules.items():
        (folder / name).write_text(text, encoding="utf-8")
    storage = [
        "-storageDataPath=data",
        "-retentionPeriod=10y",
        "-promscrape.config=scrape.yml",
        f"-vmalert.proxyURL={found.ruler}",
    ]
    late = ["-search.latencyOffset=1ms", "-search.disableCache", "-search.minStalenessInterval=5s"]
    asks = [f"-{what}.url={found.database}" for what in ("datasource", "remoteWrite", "remoteRead")]
    hurry = ["-rule.evalDelay=0s", "-remoteWrite.flushInterval=20ms", "-group.maxStartDelay=1ms"]
    with (
        started(folder, "victoria-metrics", found.database, [*storage, *late]),
        started(folder, "vmalert", found.ruler, ["-rule=*.rules.yaml", "-notifier.blackhole", *asks, *hurry]),
        _flushed(found.database),
    ):
        yield found


@contextmanager
def _flushed(database: str) -> Iterator[None]:
    """Inside, queries see new samples at once; otherwise the database takes seconds to show them, which are hours here."""
    done = Event()

    def flush() -> None:
        while not done.wait(FLUSH):
            urlopen(f"{database}/internal/force_flush").close()

    thread = Thread(target=flush)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def started(folder: Path, name: str, address: str, options: Sequence[str]) -> Iterator[None]:
    """Start the program, wait until it is healthy, and end it."""
    log = folder / f"{name}.log"
    command = [str(binaries.locate(name)), f"-httpListenAddr={address.removeprefix('http://')}", *options]
    with log.open("wb") as out, subprocess.Popen(command, cwd=folder, stdout=out, stderr=out) as process:
        try:
            wait_for(lambda: _healthy(address) or process.poll() is not None, f"{name} that starts")
            assert process.poll() is None, f"{name} ends:\n{log.read_text(encoding='utf-8')[-3000:]}"
            yield
        finally:
            process.terminate()


def _healthy(address: str) -> bool:
    try:
        with urlopen(f"{address}/health") as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def _get(url: str) -> Any:
    try:
        with urlopen(url) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise AssertionError(f"{url} answers {error.code}: {error.read().decode()}") from None
