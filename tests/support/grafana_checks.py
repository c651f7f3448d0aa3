"""Says what is wrong with a dashboard: by rules of our own, by Grafana's library and by its types."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser

from support import node
from support.compile import ROOT
from support.grafana import REFERENCE, SOURCE, Data, Panel, chosen, fill, panels

SCRIPTS = ROOT / "tests" / "targets" / "grafana"


def problems(data: Data) -> list[str]:
    """Everything that Grafana would not show as it is meant."""
    found = panels(data)
    known, values = names(), chosen(data)
    result = [f"two panels have the id {number}" for number, count in Counter(p.id for p in found).items() if count > 1]
    result += [f"{one.key} and {other.key} overlap" for one, other in _overlapping(found)]
    for panel in found:
        x, y, width, height = panel.place
        if x < 0 or y < 0 or width < 1 or height < 1 or x + width > 24:
            result.append(f"{panel.key} is off the grid")
        result += [f"{panel.key} has no {name}" for name in ("title", "description") if not getattr(panel, name)]
        result += [f"{panel.key} has no data source" for source in panel.sources if source != SOURCE]
        result += [f"{panel.key}: {said}" for said in _of_words(panel, known)]
        result += [f"{panel.key}: {said}" for query in panel.queries for said in _of_query(query["expr"], values)]
        if panel.kind != "text" and not panel.queries:
            result.append(f"{panel.key} asks nothing")
    return result


def _overlapping(found: list[Panel]) -> Iterator[tuple[Panel, Panel]]:
    cells: dict[tuple[int, int], Panel] = {}
    for panel in found:
        x, y, width, height = panel.place
        others = [cells.setdefault((a, b), panel) for a in range(x, x + width) for b in range(y, y + height)]
        yield from {other.id: (other, panel) for other in others if other is not panel}.values()


def _of_words(panel: Panel, known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Names that Grafana does not know; the types are no help, for they are text."""
    defaults = panel.field_config["defaults"]
    if panel.kind != "text" and "unit" not in defaults:
        yield "no unit"
    properties = [p for override in panel.field_config["overrides"] for p in override["properties"]]
    units = [defaults.get("unit"), panel.options.get("yAxis", {}).get("unit")]
    units += [p["value"] for p in properties if p["id"] == "unit"]
    yield from (f"no unit {u}" for u in units if u and u not in known["units"] and not u.startswith("suffix:"))
    text = json.dumps([panel.field_config, panel.options])
    yield from (
        f"no colour {c}" for c in re.findall(r'"(?:color|fixedColor)": "([^"]+)"', text) if c not in known["colours"]
    )
    transformations = (change["id"] for change in panel.transformations)
    yield from (f"no transformation {name}" for name in transformations if name not in known["transformations"])


def _of_query(expr: str, values: Mapping[str, str]) -> Iterator[str]:
    """Variables that are not declared, what is no PromQL, and recorded series of no SLO or service in particular."""
    names_ = [match[1] or match[2] or match[4] for match in REFERENCE.finditer(expr)]
    yield from (f"no variable {name}" for name in names_ if name not in values and not name.isdigit())
    try:
        tree = promql_parser.parse(fill(expr, values))
    except ValueError as error:
        yield f"{error} in {expr}"
        return
    for selector in selectors(tree):
        labels = {matcher.name for matcher in selector.matchers.matchers}
        if (selector.name or "").startswith(("slo:", "ALERTS")) and not labels & {"slo", "service"}:
            yield f"{selector.name} of every SLO in {expr}"


def selectors(tree: Any) -> Iterator[Any]:
    """Every vector selector of an expression."""
    if type(tree).__name__ == "VectorSelector":
        yield tree
    for name in ("expr", "lhs", "rhs", "vector_selector"):
        if getattr(tree, name, None) is not None:
            yield from selectors(getattr(tree, name))
    for argument in getattr(tree, "args", ()):
        yield from selectors(argument)


# Grafana's own library


def run(question: object, script: str = "show.cjs") -> Any:
    """What a script answers."""
    environment = os.environ | {"NODE_PATH": str(node.modules()), "TZ": "UTC"}
    done = subprocess.run(
        ["node", SCRIPTS / script],
        input=json.dumps(question),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@cache
def names() -> dict[str, list[str]]:
    """The units, colours and transformations that there are."""
    found: dict[str, list[str]] = run({"names": True})
    return found


def show(panel: Panel, answers: Sequence[Any], values: Mapping[str, str]) -> Data:
    """A panel as show.cjs wants it, with what Prometheus answered to each query."""
    return {
        "kind": panel.kind,
        "fieldConfig": panel.field_config,
        "options": panel.options,
        "transformations": panel.transformations,
        "queries": [{**query, "legendFormat": fill(query["legendFormat"], values)} for query in panel.queries],
        "answers": list(answers),
    }


def typed(literals: Mapping[str, Sequence[str]], folder: Path) -> set[int]:
    """Which of these dashboards the types of Grafana refuse; `literals` is JSON by type, numbered one after the other."""
    texts = [f"export const d{{}}: {kind} = {text.strip()};" for kind, found in literals.items() for text in found]
    lines: list[str] = ["import type { Classic, V2 } from './schema';"]
    begins = []
    for number, text in enumerate(texts):
        begins.append(sum(line.count("\n") + 1 for line in lines) + 1)
        lines.append(text.replace("{}", str(number), 1))
    for name in ("schema.ts", "tsconfig.json"):
        (folder / name).write_bytes((SCRIPTS / name).read_bytes())
    (folder / "dashboards.ts").write_text("\n".join(lines), encoding="utf-8")
    (folder / "node_modules").symlink_to(node.modules())
    done = subprocess.run([node.program("tsc"), "-p", "."], cwd=folder, capture_output=True, text=True, check=False)
    assert "schema.ts" not in done.stdout.replace("from './schema'", ""), done.stdout
    wrong = [int(line) for line in re.findall(r"^dashboards\.ts\((\d+),", done.stdout, re.M)]
    assert bool(wrong) == bool(done.returncode), done.stdout
    return {max(n for n, begin in enumerate(begins) if begin <= line) for line in wrong}
