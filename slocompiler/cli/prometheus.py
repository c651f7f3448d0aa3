"""Asks a live server: questions to requests of its HTTP API, and their answers. Imported by live commands alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any

from slocompiler.cli.http import Http, Reply
from slocompiler.cli.http_config import HttpConfig
from slocompiler.cli.messages import say
from slocompiler.cli.unanswered import Unanswered
from slocompiler.live.kind import BUILDINFO, kind
from slocompiler.live.questions import Answers, Endpoint, Question, Range
from slocompiler.project.live import Live
from slocompiler.visible import visible

_POSTED = ("query", "query_range", "format_query")
"""Endpoints that take a long query in the body."""
_THANOS = {"dedup": "true", "max_source_resolution": "0s"}
"""Series of a pair of servers count once, and no sample is an average of others."""
_ABSENT = (403, 404, 405, 501)
"""What a server or a gateway answers for an endpoint that it does not have or does not give."""
_LONGEST = 300
"""Characters of a server's message or of a query in ours."""


class Samples:
    """How many samples the servers of a command have read, and how many they may."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._read = 0
        self._lock = Lock()

    def expect(self, samples: int) -> None:
        """Before asking: raises if these samples are too many."""
        if self._read + samples > self._limit:
            raise self._too_many(f"the server would read about {self._read + samples:,} samples", samples)

    def add(self, samples: int) -> None:
        """After an answer: raises if it was one too many."""
        with self._lock:
            self._read += samples
        if self._read > self._limit:
            raise self._too_many(f"the server has read {self._read:,} samples", 0)

    def _too_many(self, what: str, more: int) -> Unanswered:
        allowed = f"`--max-samples {max(self._read + more, 2 * self._limit)}` allows more"
        return Unanswered(f"{what}, and the limit is {self._limit:,}; {allowed}")


class Server:
    """A server with the HTTP API of Prometheus, below an address that may have a path."""

    def __init__(
        self,
        url: str,
        config: HttpConfig | None = None,
        live: Live | None = None,
        samples: Samples | None = None,
        partial: bool = False,
    ) -> None:
        live = live or Live()
        self._http = Http(url, config or HttpConfig(), live.timeout, live.concurrency)
        self._live = live
        self._samples = samples or Samples(live.max_samples)
        self._partial = partial
        self._extra: Mapping[str, str] | None = None
        self._warnings: dict[str, bool] = {}
        """What partial answers say, and whether it is printed."""

    def answer(self, asked: Sequence[Question]) -> Answers:
        """The answers to the questions of a round, which are asked side by side. Raises Unanswered."""
        self._samples.expect(sum(one.cost for one in asked if isinstance(one, Range)))
        self._http.ended.clear()
        try:
            if self._extra is None and asked:
                is_thanos = kind(self._ask(BUILDINFO)) == "Thanos"
                self._extra = {**_THANOS, "partial_response": str(self._partial).lower()} if is_thanos else {}
            return Answers(_side_by_side(self._ask, asked, self._live.concurrency))
        except BaseException:
            self._http.ended.set()
            raise
        finally:
            for warning in [one for one, printed in self._warnings.items() if not printed]:
                self._warnings[warning] = True
                say(visible(f"warning: {self._http.shown}: the answer is partial: {warning}"), err=True)

    def _ask(self, question: Question) -> Any:
        if isinstance(question, Endpoint):
            return self._asked(question, question.path, dict(question.parameters))
        form = {"query": question.expr, "timeout": f"{self._live.timeout}s", "stats": "all", **(self._extra or {})}
        if isinstance(question, Range):
            times = {"start": question.start, "end": question.end, "step": question.step}
            return self._asked(question, "query_range", form | times)
        return self._asked(question, "query", form | {"time": question.at})

    def _asked(self, question: Question, path: str, form: dict[str, Any]) -> Any:
        """The `data` of the answer; None for an endpoint that the server does not have."""
        method = "POST" if path in _POSTED else "GET"
        reply = self._http.send(method, f"api/v1/{path}", form)
        body = _json(reply)
        if isinstance(question, Endpoint) and (
            reply.status in _ABSENT or (reply.status == 400 and not body)  # 400 is VictoriaMetrics'
        ):
            return None
        if reply.status != 200 or not _is_answer(body, question):
            raise self._http.unanswered(self._problem(reply, body, form))
        self._complete(body)
        data = body["data"]
        if not isinstance(question, Endpoint):
            self._samples.add(_samples_of(data))
        return data

    def _complete(self, body: Mapping[str, Any]) -> None:
        """Notes an answer without the data of some stores; raises unless that is wanted. Hints about PromQL are none."""
        warnings = [str(one) for one in body.get("warnings") or () if not str(one).startswith("PromQL ")]
        if body.get("isPartial"):
            warnings.append("some storage nodes did not answer")
        for warning in warnings:
            if not self._partial:
                raise self._http.unanswered(f"the answer is partial: {_short(warning)}; `--partial` takes it")
            self._warnings.setdefault(_short(warning), False)

    def _problem(self, reply: Reply, body: Mapping[str, Any], form: Mapping[str, Any]) -> str:
        """Why this is no answer."""
        status = f"{reply.status} {reply.reason}".strip()
        if reply.status in (401, 403):
            sent = f"these headers were sent: {self._http.sent}" if self._http.sent else "no credentials were sent"
            return f"access denied ({status}); {sent}. See `--http-config` and SLOC_HEADERS"
        if reply.status == 407:
            return "the proxy needs another login (407)"
        if "error" in body:
            query = f", for the query {_short(form['query'])}" if "query" in form else ""
            return f"{_short(str(body['error']))}{query}"
        if reply.status == 404:
            return "no HTTP API of Prometheus here (404); the address ends before `/api/v1`"
        if reply.status != 200:
            return status
        if reply.body.lstrip()[:1] == b"<" or "html" in reply.kind:
            return "the answer is a web page, not JSON. Is a login needed, or is this another server?"
        return "the answer is broken: it is not what the HTTP API of Prometheus answers"


def _side_by_side(ask: Callable[[Question], Any], asked: Sequence[Question], threads: int) -> dict[Question, Any]:
    """The answer to each question. The first failure ends it; no thread keeps an interrupted program waiting."""
    waiting: SimpleQueue[Question] = SimpleQueue()
    done: SimpleQueue[tuple[Question, Any]] = SimpleQueue()
    for question in dict.fromkeys(asked):
        waiting.put(question)
    answers: dict[Question, Any] = {}
    number = waiting.qsize()

    def work() -> None:
        while True:
            try:
                question = waiting.get_nowait()
            except Empty:
                return
            try:
                done.put((question, ask(question)))
            except Exception as error:
                done.put((question, error))
                return

    for _ in range(min(threads, number)):
        Thread(target=work, daemon=True).start()
    while len(answers) < number:
        question, answer = done.get()
        if isinstance(answer, Exception):
            while not waiting.empty():
                waiting.get_nowait()
            raise answer
        answers[question] = answer
    return answers


def _json(reply: Reply) -> Mapping[str, Any]:
    """The answer as JSON; empty if it is none, or no mapping."""
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_answer(body: Mapping[str, Any], question: Question) -> bool:
    """Whether the API answers the question with this."""
    if body.get("status") != "success" or "data" not in body:
        return False
    if isinstance(question, Endpoint):
        return True
    data = body["data"] if isinstance(body["data"], dict) else {}
    found, result = data.get("resultType"), data.get("result")
    if not isinstance(result, list):
        return False
    if found == "scalar" and not isinstance(question, Range):
        return len(result) == 2
    wanted, values = ("matrix", "values") if isinstance(question, Range) else ("vector", "value")
    return found == wanted and all(isinstance(one, dict) and {"metric", values} <= one.keys() for one in result)


def _samples_of(data: Mapping[str, Any]) -> int:
    """The samples that the server has read for an answer; 0 if it does not say."""
    found: Any = data
    for key in ("stats", "samples", "totalQueryableSamples"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, int) else 0


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
