"""The metrics of a server, from what a snapshot has of them: completion offers them, and hover explains them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from slocompiler.live.tables import LATELY
from slocompiler.record import record

Json = dict[str, Any]


@record
class Metric:
    """A metric of a server."""

    kind: list[str]
    """Its type and its help, as the server has them; none if the snapshot has neither."""
    labels: dict[str, set[str]]
    """The values of its labels; none for a label with too many of them, or without values in the snapshot."""
    series: list[int]
    """The numbers of its series in each deployment that the snapshot has of it."""


Metrics = dict[str, Metric]


def metrics(servers: Iterable[Json]) -> Metrics:
    """The metrics by name, of the servers of all deployments."""
    found: Metrics = {}
    for server in servers:
        for one in server["endpoints"]:
            if one["path"] == "label/__name__/values":
                for name in one["data"] or ():
                    _of(found, str(name))
            elif one["path"] == "metadata" and isinstance(one["data"], dict):
                for name, known in one["data"].items():
                    described = next((each for each in known if isinstance(each, dict)), {})
                    words = (str(described.get(key, "")) for key in ("type", "help"))
                    _of(found, name).kind[:] = [word for word in words if word]
        for table in server["tables"]:
            _add(found, table)
    return found


def _of(found: Metrics, name: str) -> Metric:
    return found.setdefault(name, Metric([], {}, []))


def _add(found: Metrics, table: Json) -> None:
    """Note what a table of a metric has; one of all metrics has no name."""
    if not table["metric"]:
        return
    metric = _of(found, table["metric"])
    for label in table["cut"]:
        metric.labels.setdefault(label, set())
    for position, label in enumerate(table["labels"]):
        metric.labels.setdefault(label, set()).update(str(row[position]) for row in table["rows"] if row[position])
    if not table["matchers"] and table["lookback"] > LATELY:  # any other table has a part of the series
        metric.series.append(sum(row[-1] for row in table["rows"]))


def described(name: str, metric: Metric) -> Iterable[str]:
    """Its type, its help, its number of series and its labels, line by line; nothing that the snapshot lacks."""
    kind = f": {metric.kind[0]}" if metric.kind else ""
    yield f"{name}{kind}"
    yield from metric.kind[1:]
    if metric.series:
        yield f"{sum(metric.series):,} series"
    for label, values in sorted(metric.labels.items()):
        some = sorted(values)[:_MOST]
        more = f" and {len(values) - _MOST:,} more" if len(values) > _MOST else ""
        yield f"{label}: {', '.join(some)}{more}" if some else label


_MOST = 5
"""The values of a label that a description names."""
