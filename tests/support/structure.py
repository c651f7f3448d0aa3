"""What machines read of generated files, without the prose: for goldens that a change of wording leaves as they are.

Of rules that is all but the texts of annotations, whose queries and addresses stay; of dashboards where panels are, their
queries, units and thresholds; of pages which there are, their sections, links, charts, tables and queries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import yaml

from support.grafana import Data, Panel, panels, variables

READ = ("slo:events:rate5m", "slo:errors:rate5m")
"""What is recorded of the raw series; everything else derives from it."""
QUERY = re.compile(r"query `([^`]*)`|`query=([^`]*)`")
"""PromQL in a template of Prometheus."""
ADDRESS = re.compile(r"https?://\S+")


def structure(target: str, files: Mapping[str, str]) -> str:
    """The structure of what a target renders, its files in the order of their names."""
    lines = {
        "prometheus": _rules,
        "alertmanager": _routes,
        "grafana": _dashboard,
        "docs": _page,
        "openslo": _slos,
    }[target]
    parts = ["\n".join((f"== {name}", *lines(name, text))) for name, text in sorted(files.items())]
    return "\n".join(parts) + "\n"


def reads(files: Mapping[str, str]) -> Iterator[str]:
    """The events and the bad events of each SLO, as expressions, from the rules of Prometheus."""
    for _, text in sorted(files.items()):
        for group in yaml.safe_load(text)["groups"]:
            for rule in group["rules"]:
                if rule.get("record") in READ:
                    yield f"{rule['labels']['slo']} {rule['record']}"
                    yield f"  {_line(rule['expr'])}"


def _rules(_: str, text: str) -> Iterator[str]:
    """Each rule below its group: labels but the SLO's identity, how long it waits, and the expression in one line."""
    for group in yaml.safe_load(text)["groups"]:
        yield " ".join(f"{key} {value}" for key, value in group.items() if key != "rules")
        for rule in group["rules"]:
            labels = {key: value for key, value in rule["labels"].items() if key not in ("slo", "service")}
            waits = "".join(f" {key} {rule[key]}" for key in ("for", "keep_firing_for") if key in rule)
            name = rule.get("record") or rule.get("alert")
            yield f"  {name}{_inline(labels)}{waits} = {_line(rule['expr'])}"
            yield from _annotations(rule.get("annotations", {}))


def _annotations(annotations: Mapping[str, str]) -> Iterator[str]:
    """Their names, those that are addresses, and the queries in the others."""
    shown = [f"{key} {value}" if ADDRESS.fullmatch(value) else key for key, value in annotations.items()]
    if shown:
        yield f"    annotations {', '.join(shown)}"
    asked = [first or second for value in annotations.values() for first, second in QUERY.findall(value)]
    yield from (f"    asks {expr}" for expr in dict.fromkeys(asked))


def _routes(_: str, text: str) -> Iterator[str]:
    """The configuration without its comments."""
    yield from yaml.safe_dump(yaml.safe_load(text), sort_keys=False, width=120).splitlines()


def _slos(_: str, text: str) -> Iterator[str]:
    """What each SLO measures and promises; documents of services, alerts and annotations follow from the IR."""
    for document in yaml.safe_load_all(text):
        spec = document["spec"] if document["kind"] == "SLO" else {}
        promise = {key: value for key, value in spec.items() if key not in ("description", "alertPolicies")}
        yield from yaml.safe_dump({document["metadata"]["name"]: promise}, sort_keys=False, width=120).splitlines()


def _dashboard(name: str, text: str) -> Iterator[str]:
    if not name.endswith(".json"):
        yield from _routes(name, text)
        return
    data = json.loads(text)
    yield f"{data['uid']} {data['time']['from']} every {data['refresh']}"
    yield from (f"link {link['type']} {link['url'] or link['tags']}" for link in data["links"])
    yield from (f"annotations {found['expr']}" for found in data["annotations"]["list"])
    for key, variable in variables(data).items():
        asked = variable["query"]
        yield f"${key} {asked['query'] if isinstance(asked, dict) else asked} {variable.get('regex', '')}".rstrip()
    heading = ""
    for panel in panels(data):
        if panel.heading != heading:
            heading = panel.heading
            yield "row"
        yield from _panel(panel)


def _panel(panel: Panel) -> Iterator[str]:
    x, y, width, height = panel.place
    times = f"{panel.time_from} {panel.interval}".strip()
    yield f"  {panel.kind} {x},{y} {width}x{height} {times}".rstrip()
    yield f"    {_looks(panel.field_config['defaults'].items())}"
    for query in panel.queries:
        kind = query.get("format") or ("instant" if query.get("instant") else "range")
        yield f"    {query['refId']} {kind} = {_line(query['expr'])}"
    yield from (f"    then {change['id']}" for change in panel.transformations)
    for override in panel.field_config["overrides"]:
        yield f"    override {_looks((one['id'], one['value']) for one in override['properties'])}"


def _looks(properties: Any) -> str:
    """The units, decimals and thresholds of a field; its other properties by their names."""
    found = []
    for key, value in properties:
        if key == "thresholds":
            found.append(" ".join(_step(**step) for step in value["steps"]))
        else:
            found.append(f"{key} {value}" if key in ("unit", "decimals", "min", "max") else key)
    return ", ".join(found)


def _step(color: str, value: float | None) -> str:
    return color if value is None else f"{color} from {value}"


class _Page(HTMLParser):
    """Collects the anchors, addresses, queries and numbers of charts and tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Data = {"anchors": [], "links": [], "queries": [], "svg": 0, "table": 0}
        self.query = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.found["links"].append(value)
            if name == "id":
                self.found["anchors"].append(value)
        if tag in ("svg", "table"):
            self.found[tag] += 1
        self.query = self.query or (tag == "pre" and ("class", "promql") in attrs)
        if tag == "pre" and self.query:
            self.found["queries"].append("")

    def handle_endtag(self, tag: str) -> None:
        self.query = self.query and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self.query:
            self.found["queries"][-1] += data


def _page(name: str, text: str) -> Iterator[str]:
    """Of a page in HTML; the one in Markdown is written from the same blocks."""
    if not name.endswith(".html"):
        return
    page = _Page()
    page.feed(text)
    page.close()
    yield f"charts {page.found['svg']}, tables {page.found['table']}"
    yield f"anchors {' '.join(page.found['anchors'])}"
    yield f"links {' '.join(dict.fromkeys(page.found['links']))}"
    yield from (f"asks {_line(query)}" for query in page.found["queries"])


def _inline(labels: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{key}={json.dumps(value, ensure_ascii=False)}' for key, value in labels.items())}}}"


def _line(expr: str) -> str:
    """An expression in one line; what it means does not depend on how its lines are broken."""
    return " ".join(line.strip() for line in expr.strip().splitlines())
