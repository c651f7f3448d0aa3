"""Asks a live server: the only code that uses the network. Imported by live commands alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import urllib3

from slocompiler.live.questions import Answers, Endpoint, Question, Range


class Server:
    """A server with the HTTP API of Prometheus, below an address that may have a path."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(maxsize=4)

    def answer(self, asked: Sequence[Question]) -> Answers:
        """The answers to the questions of a round, which are asked side by side."""
        with ThreadPoolExecutor(4) as pool:
            return Answers(dict(zip(asked, pool.map(self._ask, asked), strict=True)))

    def _ask(self, question: Question) -> Any:
        if isinstance(question, Endpoint):
            return self._data(question.path, dict(question.parameters))
        if isinstance(question, Range):
            times = {"start": question.start, "end": question.end, "step": question.step}
            return self._data("query_range", {"query": question.expr, **times})
        return self._data("query", {"query": question.expr, "time": question.at})

    def _data(self, path: str, parameters: dict[str, Any]) -> Any:
        body = urlencode(parameters)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        method = "POST" if path in ("query", "query_range", "format_query") else "GET"
        url = f"{self._url}/api/v1/{path}" + (f"?{body}" if method == "GET" and body else "")
        response = self._pool.request(method, url, body=body if method == "POST" else None, headers=form)
        if response.status == 404 and method == "GET":
            return None
        return json.loads(response.data)["data"]
