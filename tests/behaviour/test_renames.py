"""`formerly`: an SLO under a new name goes on as if it had kept the old one, on Prometheus 2 and 3."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.promtool import Simulation
from support.traffic import EVENTS, Phase, counters, only, simulate

pytestmark = pytest.mark.usefixtures("every_prometheus")
BEFORE = (Phase("40m", 6000, 6), Phase("20m", 6000, 300), Phase("40m", 6000))
AFTER = (Phase("20m", 6000, 6), Phase("30m", 6000, 360))
RENAME = round(sum(phase.minutes for phase in BEFORE))
"""The minute of the rename."""
MORE = round(sum(phase.minutes for phase in AFTER))
WARM = 6
"""Minutes of raw series after which rules count as many events as those that have always run."""
WARMING = Phase(f"{WARM}m", AFTER[0].requests, AFTER[0].errors)
NUMBERS = ("period", "coverage", "age", "budget_left")
TIMES = (RENAME + 1, RENAME + 10, RENAME + 48)
SLO = """service NAME { FORMERLY owner "o" stakeholders "s" runbook "https://r.example.org"
  slo answers 99% over 3d { because "It is a test." EVENTS PER alerts {
    page   at 3% of budget in 1h needs 100 bad events
    ticket when budget below 97%
    ticket when no data for 10m
} } }
"""


def slo(name: str, formerly: str = "", per: str = "") -> str:
    words = {"NAME": name, "FORMERLY": formerly, "EVENTS": EVENTS.replace("shop", name), "PER": per}
    text = SLO
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text


def recorded(late: int) -> dict[str, str]:
    """What the rules counted under the old name until the rename, one count for each evaluation; and the age, which begins
    `late` minutes late."""
    labels = '{slo="store/answers",service="store"ROUTE}'
    found = {f"slo:age:seconds{labels}": f"_x{late} 60+60x{RENAME - late - 1} stale"}
    for what in ("events", "errors"):
        paces = ((phase, 5 * (phase.requests if what == "events" else phase.errors)) for phase in BEFORE)
        values = [f"{pace}x{round(phase.minutes) - 1}" for phase, pace in paces]
        values[0] = f"_x{WARM} {values[0].split('x')[0]}x{round(BEFORE[0].minutes) - WARM - 1}"
        found[f"slo:{what}:increase5m{labels}"] = " ".join([*values, "stale"])
    return found


def simulation(folder: Path, formerly: str, per: str = "") -> Simulation:
    """Two SLOs over the same traffic: `ever` has kept its name, `shop` has had another one until the rename."""
    route = ',route="/pay"' if per else ""
    series = {name.replace("ROUTE", route): values for name, values in recorded(3 if per else 1).items()}
    series |= {f'up{{job="{job}"}}': f"1x{RENAME + MORE}" for job in ("ever", "shop")}
    for job, phases, absent in (("ever", (*BEFORE, *AFTER), ""), ("shop", (WARMING, *AFTER), f"_x{RENAME - WARM} ")):
        for name, values in counters(phases, 60).items():
            if not name.startswith("up"):
                series[name.replace("shop", job).replace("}", f"{route}}}")] = absent + values
    return simulate(folder, slo("ever", per=per) + slo("shop", formerly, per), series, scrape=60)


def number(name: str, service: str) -> str:
    kind = "error_ratio" if name in ("period", "rate1d") else name
    end = name if kind == "error_ratio" else "ratio"
    return f'slo:{kind}:{end}{{service="{service}"}}'


@pytest.mark.parametrize("per", ["", "per route"])
def test_every_number_goes_on(per: str, tmp_path: Path) -> None:
    """From the first evaluation on, within half a percent of an SLO that has kept its name; and no other alert fires."""
    both = simulation(tmp_path, "formerly store", per)
    asked = [number(name, service) for name in NUMBERS for service in ("ever", "shop")]
    fired = ["SLOBurn", "SLOBudget", "SLONoData"]
    times = [f"{minute}m" for minute in TIMES]
    found = both.timeline(asked, times)
    for name in NUMBERS:
        for time in times:
            kept, renamed = (only(found[number(name, service), time]) for service in ("ever", "shop"))
            assert renamed == pytest.approx(kept, rel=0.005), f"{name} at {time}: {renamed} instead of {kept}"
    known = set()
    for (alert, time), firing in both.alerts(fired, times).items():
        by = {
            service: sorted(
                (one["labels"]["severity"], one["labels"].get("below", ""))
                for one in firing
                if one["labels"]["service"] == service
            )
            for service in ("ever", "shop")
        }
        assert by["ever"] == by["shop"], f"{alert} at {time}"
        known |= {(alert, *which) for which in by["shop"]}
    assert {alert for alert, *_ in known} == {"SLOBurn", "SLOBudget"}


def test_without_the_statement_the_history_is_lost(tmp_path: Path) -> None:
    """The test above can fail."""
    asked = number("coverage", "shop")
    assert only(simulation(tmp_path, "").values([asked], f"{TIMES[1]}m")[asked]) < 0.01
