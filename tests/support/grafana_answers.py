"""Has a real Prometheus answer what dashboards ask: every query, with its variables filled in, as Grafana sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from support.grafana import Data, Panel, asked, chosen, fill, panels, variables
from support.promtool import seconds
from support.server import Prometheus

LABEL_VALUES = re.compile(r"label_values\((?:(.+), )?(\w+)\)\Z")
LABEL_NAMES = re.compile(r"label_names\((.+)\)\Z")
POINTS = 240
"""Of a time series; Grafana asks for about as many as there are pixels."""


def answers(
    server: Prometheus, panel: Panel, values: Mapping[str, str], at: float, since: float, points: int = POINTS
) -> list[Any]:
    """What each query of a panel answers at that time, or over the time since `since` seconds before it."""
    since = seconds(panel.time_from) if panel.time_from else since
    scrape = seconds(panel.interval or "15s")
    step = max(since / points, scrape)
    begin, end = (moment // step * step for moment in (at - since, at))  # Grafana floors both to multiples of the step
    ranged = {"start": f"{begin:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
    spans = {"__range": since, "__interval": step, "__rate_interval": max(4 * scrape, step + scrape)}
    filled = {**values, **{name: f"{round(span)}s" for name, span in spans.items()}}
    found = []
    for query in panel.queries:
        expr = fill(query["expr"], filled)
        when = {"time": f"{at:.3f}"} if query.get("instant") else ranged
        found.append(server.answer("query" if query.get("instant") else "query_range", query=expr, **when)["result"])
    return found


def shown(server: Prometheus, data: Data, at: float, since: float, **more: str) -> list[tuple[Panel, list[Any]]]:
    """Every panel with its answers, as the dashboard is when it is opened."""
    values = chosen(data, **more)
    return [(panel, answers(server, panel, values, at, since)) for panel in panels(data)]


def options(server: Prometheus, data: Data, name: str) -> list[str]:
    """What can be chosen for a variable, after grafana-prometheus/src/metric_find_query.ts."""
    variable = variables(data)[name]
    query = fill(asked(variable), chosen(data))
    found: Sequence[str]
    if matched := LABEL_VALUES.match(query):
        narrowed = f"?{urlencode({'match[]': matched[1]})}" if matched[1] else ""
        found = server.answer(f"label/{matched[2]}/values{narrowed}")
    elif matched := LABEL_NAMES.match(query):
        found = server.answer("labels", **{"match[]": f'{{__name__=~".*{matched[1]}.*"}}'})
    else:
        asks = query.removeprefix("query_result(")[:-1]
        found = [_as_text(labels, value) for labels, value in server.query(asks)]
    regex = variable["regex"]
    if not regex:
        return list(found)
    matches = (re.search(regex.strip("/"), text) for text in found)
    return [match[1] if match.re.groups else match[0] for match in matches if match]


def _as_text(labels: Mapping[str, str], value: float) -> str:
    return "{" + ",".join(f'{name}="{text}"' for name, text in labels.items()) + f"}} {value:g} 0"
