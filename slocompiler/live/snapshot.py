"""A snapshot: what a server answered, kept in a file, which answers later where no server can be reached.

It is no recording of requests. A table of a metric answers for every narrower question about it, and the counts of an
indicator for every part of their time. So it serves files that were edited since, as a pull request does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from math import isfinite
from typing import Any

from slocompiler.ir import Matcher
from slocompiler.live.questions import Answers, Endpoint, Instant, Question, Range, Table
from slocompiler.live.tables import fits
from slocompiler.promql import RESERVED
from slocompiler.record import value

SCHEMA = 1
"""The version of the file, which `grammar/snapshot.schema.json` describes."""
MOST_VALUES = 50
"""The values of a label that a table keeps."""
_OURS = frozenset(RESERVED) | {"__name__", "alertstate", "job"}
"""Labels whose values tell nothing of users and their requests."""
Json = dict[str, Any]


# Into the file


def whole(answered: Iterable[Question]) -> list[Table]:
    """Tables of all series of the metrics that were asked about, by all labels that matter: they serve edited files."""
    labels: dict[tuple[str, int, int], dict[str, None]] = {}
    for one in answered:
        if isinstance(one, Table) and one.metric:
            known = labels.setdefault((one.metric, one.lookback, one.at), {})
            known.update(dict.fromkeys((*(matcher.label for matcher in one.matchers), *one.labels)))
    return [
        Table(metric=metric, matchers=(), labels=tuple(sorted(known)), lookback=lookback, at=at)
        for (metric, lookback, at), known in labels.items()
        if "__name__" not in known
    ]


def taken(answered: Mapping[Question, Any], values: bool = True, ours: Collection[str] = ()) -> Json:
    """What a server answered, as JSON data. Without `values`, no value of a label but of those that sloc sets and of `ours`."""
    kept = _OURS.union(ours)
    tables = [_table(one, data, values) for one, data in answered.items() if isinstance(one, Table)]
    found: Json = {"tables": tables, "ranges": [], "instants": [], "endpoints": []}
    for question, data in answered.items():
        if isinstance(question, Range):
            found["ranges"].append(_range(question, _public(data["result"], values, kept)))
        elif isinstance(question, Instant):
            found["instants"].append(_instant(question, data, values, kept))
        elif isinstance(question, Endpoint) and (values or question.path not in ("targets", "rules")):
            found["endpoints"].append({"path": question.path, "parameters": dict(question.parameters), "data": data})
    return found


def _public(series: list[Json], values: bool, kept: Collection[str]) -> list[Json]:
    return [one for one in series if values or all(label in kept for label in one["metric"])]


def _table(question: Table, data: Json, values: bool) -> Json:
    rows = [(one["metric"], int(float(one["value"][1]))) for one in data["result"]]
    seen = {label: {metric.get(label, "") for metric, _ in rows} for label in question.labels}
    cut = {label: len(own) for label, own in seen.items() if len(own) > MOST_VALUES or not values}
    labels = [label for label in question.labels if label not in cut]
    counts: dict[tuple[str, ...], int] = {}
    for metric, count in rows:
        key = tuple(metric.get(label, "") for label in labels)
        counts[key] = counts.get(key, 0) + count
    return {
        "metric": question.metric,
        "matchers": [[one.label, one.op, one.value] for one in question.matchers],
        "lookback": question.lookback,
        "labels": labels,
        "cut": cut,
        "rows": [[*key, count] for key, count in counts.items()],
    }


def _range(question: Range, series: list[Json]) -> Json:
    times = range(question.start, question.end + 1, question.step)
    return {
        "key": _key(question.expr),
        "start": question.start,
        "step": question.step,
        "points": len(times),
        "series": [{"labels": one["metric"], "values": _values(one, times)} for one in series],
    }


def _key(expr: str) -> str:
    """What identifies a query: the same text is the same indicator."""
    return f"sha256:{sha256(expr.encode()).hexdigest()}"


def _values(series: Json, times: range) -> list[float | None]:
    """The values at these times; None where there is none, or none that is finite."""
    found = {round(at): float(text) for at, text in series["values"]}
    finite = {at: own for at, own in found.items() if isfinite(own)}
    return [None if (own := finite.get(at)) is None else int(own) if own.is_integer() else own for at in times]


def _instant(question: Instant, data: Json, values: bool, kept: Collection[str]) -> Json:
    if data["resultType"] == "scalar":
        return {"expr": question.expr, "series": [{"labels": {}, "value": data["result"][1]}]}
    series = _public(data["result"], values, kept)
    return {"expr": question.expr, "series": [{"labels": one["metric"], "value": one["value"][1]} for one in series]}


# Out of the file


@value()
class Snapshot:
    """What one server answered at the time `at`."""

    at: int
    data: Json

    def answer(self, asked: Sequence[Question]) -> Answers:
        """The answers that are in it: `Answers.known` tells which are not."""
        found = ((question, self._found(question)) for question in asked)
        return Answers({question: data for question, data in found if data is not _UNKNOWN})

    def _found(self, question: Question) -> Any:
        if isinstance(question, Endpoint):
            wanted = {"path": question.path, "parameters": dict(question.parameters)}
            own = (one for one in self.data["endpoints"] if {**one, "data": None} == {**wanted, "data": None})
            return next((one["data"] for one in own), _UNKNOWN)
        if isinstance(question, Instant):
            series = next((one["series"] for one in self.data["instants"] if one["expr"] == question.expr), None)
            return _UNKNOWN if series is None else _vector(self.at, [(one["labels"], one["value"]) for one in series])
        if isinstance(question, Table):
            rows = next((_rows(one, question) for one in self.data["tables"] if _answers(one, question)), None)
            return _UNKNOWN if rows is None else _vector(self.at, rows)
        key = _key(question.expr)
        return next((_part(one, question) for one in self.data["ranges"] if _covers(one, key, question)), _UNKNOWN)


_UNKNOWN = object()


def _vector(at: int, series: Sequence[tuple[Json, Any]]) -> Json:
    return {
        "resultType": "vector",
        "result": [{"metric": metric, "value": [at, str(number)]} for metric, number in series],
    }


def _answers(table: Json, question: Table) -> bool:
    """Whether a table has the rows that are asked for: it is no narrower, and has the labels."""
    narrowed = {Matcher(*matcher) for matcher in table["matchers"]}
    needed = {*question.labels, *(one.label for one in question.matchers if one not in narrowed)}
    return (
        table["metric"] == question.metric
        and table["lookback"] == question.lookback
        and narrowed <= {*question.matchers}
        and needed <= {*table["labels"]}
    )


def _rows(table: Json, question: Table) -> list[tuple[Json, int]]:
    """The rows that the question asks for, added up by its labels. Those of an empty label lack it."""
    wanted = [one for one in question.matchers if one.label in table["labels"]]
    counts: dict[tuple[str, ...], int] = {}
    for row in table["rows"]:
        own = dict(zip(table["labels"], row, strict=False))
        if all(fits(one, own[one.label]) for one in wanted):
            key = tuple(own[label] for label in question.labels)
            counts[key] = counts.get(key, 0) + row[-1]
    return [
        ({label: text for label, text in zip(question.labels, key, strict=True) if text}, count)
        for key, count in counts.items()
    ]


def _covers(stored: Json, key: str, question: Range) -> bool:
    """Whether some of the time that is asked for is in it; of the rest, nothing is known."""
    start, step = stored["start"], stored["step"]
    end = start + step * (stored["points"] - 1)
    aligned = step == question.step and (question.start - start) % step == 0
    return bool(stored["key"] == key and aligned and start <= question.end and question.start <= end)


def _part(stored: Json, question: Range) -> Json:
    """The part of the stored answer that is asked for. It says since when it answers, as it may begin later."""
    start, step = stored["start"], stored["step"]
    series = [
        {
            "metric": one["labels"],
            "values": [
                [at, str(number)]
                for at, number in zip(range(start, start + step * stored["points"], step), one["values"], strict=True)
                if number is not None and question.start <= at <= question.end
            ],
        }
        for one in stored["series"]
    ]
    since = max(start, question.start)
    return {"resultType": "matrix", "result": [one for one in series if one["values"]], "since": since}
