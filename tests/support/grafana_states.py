"""Services whose SLOs are in all states at once, by their own rules, and what each of their dashboards then shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from support.grafana import Data, Panel, chosen, fill, panels
from support.grafana_checks import run, show
from support.promtool import Sample, Simulation
from support.traffic import counter, simulate

LASTS = "3h"
"""How long the traffic lasts. The windows of all budgets are two hours, and half a day of the young one."""
PACE = 600
"""Events a minute, of each SLO or value."""
TRAFFIC: Mapping[str, tuple[tuple[str, int | None, int], ...]] = {
    "healthy": (("3h", PACE, 0),),
    "burning": (("160m", PACE, 0), ("20m", PACE, 30)),
    "gone": (("70m", PACE, 0), ("30m", PACE, 48), ("80m", PACE, 0)),
    "young": (("3h", PACE, 3),),
    "idle": (("90m", PACE, 0), ("90m", 0, 0)),
    "lost": (("140m", PACE, 0), ("40m", None, 0)),
    "planned": (("3h", PACE, 120),),
    "noted": (("80m", PACE, 0), ("30m", PACE, 18), ("70m", PACE, 0)),
    "routes/pay": (("3h", PACE, 3),),
    "routes/search": (("3h", PACE, 36),),
    **{f"many/{bad:02}": (("3h", PACE, bad),) for bad in range(12)},
    "store": (("160m", PACE, 1), ("20m", None, 0)),
}
"""How long, how many events a minute, and how many of them are bad. `never` has no events."""
DOWN = "1x160 0x20"
"""`up` of the job of another service, with two SLOs about it and one about another job."""
PAGES = "alerts { page at 80% of budget in 30m }"
BODIES = {
    "never": PAGES,
    "planned": "",
    "routes": f'per route target {{route="search"}} 90% {PAGES}',
    "many": f"per route {PAGES}",
    "noted": f'{PAGES} policy {{ below 90% "Roll-outs wait." notify exhausted "Features wait." }}',
}
EVENTS = 'events requests_total{job="NAME"} bad {code="500"}'


def source() -> str:
    """The text of both services."""
    names = dict.fromkeys([name.partition("/")[0] for name in TRAFFIC if name != "store"] + ["never"])
    slos = "\n".join(
        f'{"draft " if name == "planned" else ""}slo {name} "The {name} one" 99% over {"12h" if name == "young" else "2h"} {{'
        f' because "It is a test." {EVENTS.replace("NAME", name)} {BODIES.get(name, PAGES)} }}'
        for name in names
    )
    down = "\n".join(
        f'slo {name} 99% over 2h {{ because "It is a test." {EVENTS.replace("NAME", job)} alerts {{ {alerts} }} }}'
        for name, job, alerts in (
            ("paid", "store", "page when down for 5m"),
            ("told", "store", "notify at 80% of budget in 30m"),
            ("spared", "healthy", "notify at 80% of budget in 30m"),
        )
    )
    common = 'stakeholders "all" runbook "https://r.example.org"'
    return f'service shop {{ owner "shop" {common} {slos} }} service store {{ owner "store" {common} {down} }}'


def series() -> dict[str, str]:
    """The counters of all."""
    found = {'up{job="store"}': DOWN}
    for name, phases in TRAFFIC.items():
        job, _, route = name.partition("/")
        labels = f'job="{job}"' + (f',route="{route}"' if route else "")
        for code, paces in (
            ("200", [(lasts, None if pace is None else pace - bad) for lasts, pace, bad in phases]),
            ("500", [(lasts, None if pace is None else bad) for lasts, pace, bad in phases]),
        ):
            found[f'requests_total{{{labels},code="{code}"}}'] = counter(*paces, scrape=60)
    return found


Present = dict[tuple[str, str], Any]
"""By dashboard and title: name, text and color of each value of a stat; of a table the rows, by their first cell."""


def simulation(folder: Path) -> Simulation:
    """The rules of the services over their traffic, evaluated once a minute."""
    return simulate(folder, source(), series(), scrape=60)


def simulated(of: Simulation) -> Callable[[list[str]], Mapping[str, list[Sample]]]:
    """What the simulation answers at its end."""
    return lambda exprs: of.values(exprs, LASTS)


def present(of: Mapping[str, Data], ask: Callable[[list[str]], Mapping[str, list[Sample]]]) -> Present:
    """What dashboards show of the present, as Grafana's own library does; `ask` answers instant queries."""
    found: list[tuple[str, Panel, list[str]]] = []
    for name, data in of.items():
        values = chosen(data)
        found += [
            (name, panel, [fill(query["expr"], values) for query in panel.queries])
            for panel in panels(data)
            if panel.kind in ("stat", "table")
        ]
    answered = ask(sorted({expr for _, _, exprs in found for expr in exprs}))
    given = [
        show(
            panel, [[{"metric": labels, "value": [0, str(value)]} for labels, value in answered[e]] for e in exprs], {}
        )
        for _, panel, exprs in found
    ]
    drawn = run({"panels": given})
    return {(name, panel.title): _seen(one) for (name, panel, _), one in zip(found, drawn, strict=True)}


def _seen(drawn: Data) -> Any:
    if "values" in drawn:
        return [(one["name"], one["text"], one["color"]) for one in drawn["values"]]
    rows = [dict(zip(drawn["columns"], row, strict=True)) for row in drawn["rows"]]
    return {next(iter(row.values()))["text"]: {name: cell["text"] for name, cell in row.items()} for row in rows}
