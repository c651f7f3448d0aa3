"""Runs a real Prometheus on a free local port: queries it, kills and restarts it, has it render alerts."""

import http.client
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

import yaml

from support import binaries
from support.ports import HOST, free_port
from support.samples import Written, block, write

START_TIMEOUT = 30.0
POLL = 0.02
PORTS_TO_TRY = 5

Sample = tuple[dict[str, str], float]
T = TypeVar("T")


class Prometheus:
    """A server with its data, configuration and log in a folder; `with Prometheus(tmp_path, …) as server`.

    Entering starts it, leaving stops it; a failure inside the block gets the tail of the log as a note.
    `out_of_order` is how far behind its newest sample the server still takes samples; `alertmanagers` are addresses.
    """

    def __init__(
        self,
        folder: Path,
        *,
        rules: Sequence[Path | str] = (),
        scrape_interval: str = "1s",
        evaluation_interval: str = "1s",
        scrape_targets: Mapping[str, Sequence[str]] | None = None,
        scrape_self: bool = False,
        alertmanagers: Sequence[str] = (),
        out_of_order: str | None = None,
        retention: str = "10y",
        features: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "prometheus.log"
        self.port = 0
        self._rules = rules
        self._intervals = {"scrape_interval": scrape_interval, "evaluation_interval": evaluation_interval}
        self._targets = dict(scrape_targets or {})
        self._scrape_self, self._alertmanagers = scrape_self, alertmanagers
        self._out_of_order, self._retention, self._features = out_of_order, retention, features
        self._process: subprocess.Popen[bytes] | None = None
        self._ahead: list[Written] = []
        self.data.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()
        if error is not None:
            error.add_note(f"The log of Prometheus ends:\n{self.log_tail()}")

    @property
    def address(self) -> str:
        """Where it listens, as host:port."""
        return f"{HOST}:{self.port}"

    def backfill(self, openmetrics: str) -> None:
        """Write samples, with their times, before the start; those of the future are written at the start.

        Prometheus 3 drops the results of rules that are older than a block.
        """
        assert self._process is None, "backfill before the start: a server sees new blocks late"
        self._ahead = block(self.folder / "backfill.om", self.data, openmetrics, time.time())

    def start(self) -> None:
        """Start and wait until it is ready; after `kill` or `stop` on the same data and port."""
        assert self._process is None, "it runs already"
        first = self.port == 0
        for _ in range(PORTS_TO_TRY):
            # Another process may take a free port first. A restart keeps its port: scraped series have it as a label.
            self.port = free_port() if first else self.port
            if self._launch():
                write(self.address, self._ahead)
                self._ahead = []
                return
        raise AssertionError(f"Prometheus found no free port; its log ends:\n{self.log_tail()}")

    def reload(self, rules: Sequence[Path | str]) -> None:
        """Have it evaluate other rules from now on, without a restart."""
        assert self._process is not None, "it does not run"
        self._rules = rules
        self._write_config()
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self._end(subprocess.Popen.kill)

    def stop(self) -> None:
        """Shut it down in order; nothing happens if it does not run."""
        self._end(subprocess.Popen.terminate)

    def query(self, expr: str, time: float | None = None) -> list[Sample]:
        """What the expression returns at a time in seconds since the epoch, by default now."""
        data = self._api("query", query=expr, **({} if time is None else {"time": f"{time:.3f}"}))
        if data["resultType"] == "scalar":
            return [({}, float(data["result"][1]))]
        assert data["resultType"] == "vector", f"{expr} is a {data['resultType']}"
        return [(sample["metric"], float(sample["value"][1])) for sample in data["result"]]

    def answer(self, endpoint: str, **parameters: str) -> Any:
        """What any endpoint of the API answers."""
        return self._api(endpoint, **parameters)

    def rules(self) -> list[dict[str, Any]]:
        """All rules as /api/v1/rules has them, each with its `group`."""
        groups = self._api("rules")["groups"]
        return [{"group": group["name"], **rule} for group in groups for rule in group["rules"]]

    def alerts(self) -> list[dict[str, Any]]:
        """Pending and firing alerts as /api/v1/alerts has them."""
        alerts: list[dict[str, Any]] = self._api("alerts")["alerts"]
        return alerts

    def get(self, path: str) -> int:
        """Send a request for the path and return the status code."""
        return self._request(path)[0]

    def post(self, path: str) -> int:
        """Send an empty form to the path and return the status code."""
        return self._request(path, "")[0]

    def wait_for(self, predicate: Callable[[], T | None], timeout: float, what: str) -> T:
        """Call the predicate until it returns something true, and return that."""
        deadline = time.monotonic() + timeout
        while not (value := predicate()):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {timeout:g} s still no {what}; the last value was {value!r}")
            self._assert_alive()
            time.sleep(POLL)
        return value

    def log_tail(self, lines: int = 30) -> str:
        """The end of the log."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _launch(self) -> bool:
        """Start on the port and wait until ready; false if the port is in use."""
        command = [
            str(binaries.prometheus()),
            f"--config.file={self._write_config()}",
            f"--storage.tsdb.path={self.data}",
            f"--storage.tsdb.retention.time={self._retention}",
            f"--web.listen-address={self.address}",
            "--web.enable-remote-write-receiver",
            f"--enable-feature={','.join(self._features)}",
        ]
        start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            self.wait_for(self._ready, START_TIMEOUT, "ready Prometheus")
        except BaseException as error:
            self.kill()
            if b"address already in use" in self.log.read_bytes()[start:]:
                return False
            error.add_note(f"The log of Prometheus ends:\n{self.log_tail()}")
            raise
        return True

    def _ready(self) -> bool:
        try:
            if self.get("/-/ready") != 200:
                return False
            return self.folder.samefile(self._api("status/runtimeinfo")["CWD"])
        except (OSError, http.client.HTTPException, AssertionError):
            return False

    def _assert_alive(self) -> None:
        code = self._process.poll() if self._process else None
        assert code is None, f"Prometheus has ended with exit code {code}"

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self._process is None:
            return
        how(self._process)
        try:
            self._process.wait(timeout=START_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _write_config(self) -> Path:
        jobs = {**self._targets, **({"prometheus": [self.address]} if self._scrape_self else {})}
        config: dict[str, Any] = {
            "global": self._intervals,
            "rule_files": [str(path) for path in self._rule_files()],
            "scrape_configs": [
                {"job_name": job, "honor_labels": True, "static_configs": [{"targets": list(found)}]}
                for job, found in jobs.items()
            ],
        }
        if self._alertmanagers:
            config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": list(self._alertmanagers)}]}]}
        if self._out_of_order:
            config["storage"] = {"tsdb": {"out_of_order_time_window": self._out_of_order}}
        path = self.folder / "prometheus.yml"
        path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        return path

    def _rule_files(self) -> Iterable[Path]:
        for number, rules in enumerate(self._rules):
            if isinstance(rules, Path):
                # Prometheus would load nothing, and say nothing.
                assert rules.is_file(), f"there is no rule file {rules}"
                yield rules.absolute()
            else:
                path = self.folder / f"rules-{number}.yml"
                path.write_text(rules, encoding="utf-8")
                yield path

    def _api(self, endpoint: str, **parameters: str) -> Any:
        status, body = self._request(f"/api/v1/{endpoint}", urlencode(parameters) if parameters else None)
        try:
            answer = json.loads(body)
        except ValueError:
            raise AssertionError(f"/api/v1/{endpoint} {parameters} answers {status}: {body!r}") from None
        assert answer["status"] == "success", f"{answer.get('error')}, from {endpoint} {parameters}"
        return answer["data"]

    def _request(self, path: str, form: str | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=START_TIMEOUT)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
            connection.request("GET" if form is None else "POST", path, form, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
