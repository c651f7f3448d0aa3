"""What dashboards say of SLOs in every state, by the rules themselves: nothing that is missing looks good."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slocompiler.ir import SEVERITIES
from slocompiler.live import status
from slocompiler.live.questions import Answers, Instant, answered
from slocompiler.targets.shared import Options
from support import binaries
from support.compile import compile_text
from support.grafana import chosen, dashboards, fill, panel
from support.grafana_states import Present, present, simulated, simulation, source
from support.promtool import Sample
from support.traffic import Phase, counters, only, service, simulate

PLAIN, GREEN, ORANGE, RED, BLUE = "#ccccdc", "#73BF69", "#FF9830", "#F2495C", "#5794F2"
TABLE = "SLOs: what pages now, then the least budget"
MARKED = ("shop.burning", "store", "store.paid", "store.told")
"""Dashboards whose marks are looked at."""
LEFT = {
    "2": {"burning": "38.0%", "time": "27 minutes, 22 seconds", "gone": "-98.3%", "noted": "25.6%"},
    "3": {"burning": "37.5%", "time": "26 minutes, 58 seconds", "gone": "-96.7%", "noted": "26.2%"},
}
"""What is left of budgets, by the version of Prometheus: in the older one, a range holds a sample more."""
PLACE = re.compile(r"\{\{(\w+)\}\}")


@pytest.fixture(scope="module")
def seen(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Present:  # noqa: ARG001  # runs it
    """What the dashboards of the services show, and those of another whose rules this Prometheus has not."""
    here, elsewhere = (
        dashboards(compile_text(text), scrape_interval=60, evaluation_interval=60)
        for text in (source(), source().replace("service shop", "service elsewhere"))
    )
    nothing = json.loads(json.dumps(here["overview"]).replace("$service", "nothing"))
    wrong = {
        "nothing": nothing,
        "elsewhere": elsewhere["elsewhere"],
        "elsewhere.healthy": elsewhere["elsewhere.healthy"],
    }
    lines = panel(here["shop.many"], "Budget left over").queries
    drawn = [fill(query["expr"], chosen(here["shop.many"])) for query in lines]
    every = [(name, mark) for name in MARKED for mark in here[name]["annotations"]["list"]]
    marked = {(name, mark["name"]): mark for name, mark in every if "expr" in mark}
    marks = [mark["expr"] for mark in marked.values()]
    ask = simulated(simulation(tmp_path_factory.mktemp("states")))
    kept: dict[str, list[Sample]] = {}

    def ask_also(exprs: list[str]) -> Mapping[str, list[Sample]]:
        answers = ask([*exprs, *drawn, *marks, *status.ASKED])
        kept.update((expr, answers[expr]) for expr in (*drawn, *marks, *status.ASKED))
        return answers

    found = present(here | wrong, ask_also)
    found["server", "version"] = binaries.version(binaries.promtool())[0]
    found["shop.many", "lines"] = [labels["route"] for expr in drawn for labels, _ in kept[expr]]
    found["status", "rows"] = answered(
        status.recorded(compile_text(source()), Options(), 0),
        lambda asked: Answers({one: vector(kept[one.expr]) for one in asked if isinstance(one, Instant)}),
    )
    for key, mark in marked.items():
        found[key] = [PLACE.sub(lambda m, of=of: of.get(m[1], ""), mark["titleFormat"]) for of, _ in kept[mark["expr"]]]
    return found


def vector(samples: list[Sample]) -> dict[str, Any]:
    """Samples as the API writes them."""
    return {"resultType": "vector", "result": [{"metric": of, "value": [0, str(value)]} for of, value in samples]}


def said(seen: Present, dashboard: str, title: str) -> list[tuple[str, str]]:
    """Text and color of each value."""
    return [(text, color) for _, text, color in seen[dashboard, title]]


class TestSlo:
    @pytest.mark.parametrize(
        ("name", "state", "color"),
        [("healthy", "healthy", GREEN), ("burning", "burning", ORANGE), ("gone", "exhausted", RED),
         ("young", "young", BLUE), ("idle", "idle", BLUE), ("lost", "no data", ORANGE), ("never", "no data", ORANGE),
         ("planned", "draft, exhausted", PLAIN), ("routes", "healthy", GREEN)],
    )  # fmt: skip  # a table
    def test_state(self, seen: Present, name: str, state: str, color: str) -> None:
        assert said(seen, f"shop.{name}", "State") == [(state, color)]

    @pytest.mark.parametrize("dashboard", ["shop.never", "elsewhere.healthy"])
    @pytest.mark.parametrize("title", ["Budget left", "Exhausted in", "Good over 2h", "Coverage"])
    def test_what_is_missing_has_no_color(self, seen: Present, dashboard: str, title: str) -> None:
        assert said(seen, dashboard, title) == [("no data", PLAIN)]

    def test_another_prometheus(self, seen: Present) -> None:
        assert said(seen, "elsewhere.healthy", "State") == [("not recorded here", PLAIN)]
        assert said(seen, "elsewhere.healthy", "Alerts firing") == [("no data", PLAIN)]

    def test_when_the_budget_is_exhausted(self, seen: Present) -> None:
        found = {name: said(seen, f"shop.{name}", "Exhausted in") for name in ("gone", "healthy", "burning")}
        assert found["gone"] == [("gone", RED)], "and not that it lasts, though the burn rate is 0"
        assert [text for text, _ in found["healthy"]] == [""]
        assert found["burning"] == [(LEFT[seen["server", "version"]]["time"], RED)]

    def test_the_budget_is_that_of_the_rules(self, seen: Present) -> None:
        """A quarter of a young SLO's window has spent a quarter of what its ratio says."""
        assert said(seen, "shop.young", "Good over 12h")[0][0] == "99.5%"
        assert said(seen, "shop.young", "Budget left") == [("87.4%", GREEN)]
        assert seen["overview", TABLE]["shop/young"]["Budget left"] == "87.4%"

    def test_the_worst_budget_has_its_own_target(self, seen: Present) -> None:
        """94% of searches are good and 99.5% of payments; both targets, 90% and 99%, are met."""
        assert seen["shop.routes", "Good over 2h"] == [("good search", "94.0%", PLAIN), ("target", "90.0%", PLAIN)]
        assert said(seen, "shop.routes", "Budget left") == [("40.0%", GREEN)]

    def test_ten_of_many_values_are_drawn(self, seen: Present) -> None:
        """Those with the least budget: of twelve, the more bad events the higher the name."""
        assert sorted(seen["shop.many", "lines"]) == [f"{bad:02}" for bad in range(2, 12)]
        assert seen["shop.many", "Good over 2h"] == [("good 11", "98.2%", PLAIN), ("target", "99.0%", PLAIN)]

    def test_a_severity_has_its_color(self, seen: Present) -> None:
        assert seen["shop.burning", "Alerts firing"] == [("page", "1", RED)]
        assert seen["shop.noted", "Alerts firing"] == [("notify", "1", BLUE)]
        assert said(seen, "shop.healthy", "Alerts firing") == [("none", PLAIN)]


def test_sloc_status_says_the_same(seen: Present) -> None:
    """The state, the budget and the alerts of each SLO, drafts and values included."""
    for row in seen["status", "rows"]:
        name = row.id.removeprefix("shop/").replace("/", ".")
        dashboard = name if name.startswith("store.") else f"shop.{name}"
        state = f"{'draft, ' if row.draft else ''}{row.state}"
        assert [text for text, _ in said(seen, dashboard, "State")] == [state], row
        budget = "no data" if row.worst.left is None else f"{row.worst.left:.1%}"
        assert [text for text, _ in said(seen, dashboard, "Budget left")] == [budget], row
        alerts = [name for name, _, _ in seen[dashboard, "Alerts firing"] if name in SEVERITIES]
        assert sorted(alerts) == sorted(row.firing), row
    assert len(seen["status", "rows"]) == 14


class TestDown:
    """Two SLOs of a service are about a job that is down, and one of them pages for it. A third is about another job."""

    def test_what_fires(self, seen: Present) -> None:
        for name in ("paid", "told"):
            assert seen[f"store.{name}", "Alerts firing"] == [("page", "1", RED)]
            assert seen["overview", TABLE][f"store/{name}"]["Firing"] == "page"
            assert seen["store", TABLE][f"store/{name}"]["Firing"] == "page"

    def test_what_is_spared(self, seen: Present) -> None:
        assert said(seen, "store.spared", "Alerts firing") == [("none", PLAIN)]
        for dashboard in ("overview", "store"):
            assert seen[dashboard, TABLE]["store/spared"]["Firing"] == ""

    def test_marks_name_the_job(self, seen: Present) -> None:
        assert seen["shop.burning", "Pages"] == ["SLOBurn shop/burning "]
        for name in ("store", "store.paid", "store.told"):
            assert seen[name, "Pages"] == ["SLODown  store"]


class TestOverview:
    def test_order(self, seen: Present) -> None:
        """What pages, exhausted budgets, what nobody sees, then the least budget; drafts last."""
        names = [name.partition("/") for name in seen["overview", TABLE]]
        of_all = "burning paid told gone many lost never noted routes young healthy idle spared planned"
        assert " ".join(name for _, _, name in names) == of_all
        assert list(seen["shop", TABLE]) == [f"shop/{name}" for service, _, name in names if service == "shop"]

    def test_rows(self, seen: Present) -> None:
        columns = ("Firing", "State", "Budget left", "Burn rate", "Exhausted in")
        rows = {name: tuple(row[c] for c in columns) for name, row in seen["overview", TABLE].items()}
        left = LEFT[seen["server", "version"]]
        assert rows["shop/burning"] == ("page", "burning", left["burning"], "1.7 ×", left["time"])
        assert rows["shop/gone"] == ("", "exhausted", left["gone"], "0.0 ×", "gone")
        assert rows["shop/never"] == ("", "no data", "", "", "no data")
        assert rows["shop/noted"] == ("notify", "healthy", left["noted"], "0.0 ×", "")
        assert rows["shop/healthy"] == ("", "healthy", "100.0%", "0.0 ×", "")
        assert rows["shop/planned"] == ("", "draft, exhausted", "", "", "")

    def test_counts(self, seen: Present) -> None:
        titles = ("SLOs", "Paging", "Budgets exhausted", "Burning too fast", "Without data", "Idle")
        assert [said(seen, "overview", title)[0][0] for title in titles] == ["14", "3", "2", "2", "4", "1"]

    def test_pages(self, seen: Present) -> None:
        """The page that fires now is among those of the last shift. A job that is down is one, whatever its SLOs."""
        assert seen["overview", "Pages by owner"] == {
            owner: {"Owner": owner, "Last 12h": count, "Last 7d": count, "Last 30d": count}
            for owner, count in (("shop", "2"), ("store", "1"))
        }

    def test_another_prometheus(self, seen: Present) -> None:
        assert seen["elsewhere", TABLE] == {}
        assert said(seen, "nothing", "Budgets exhausted") == [("not recorded here", PLAIN)]


EPISODES = (7, 33, 61, 94, 155, 187, 213)
"""The minutes with a single error among 600 requests, each in another step of twenty minutes."""
STEP = 20


@pytest.mark.usefixtures("every_prometheus")
def test_each_lone_error_is_visible(tmp_path: Path) -> None:
    """A point each twenty minutes: the share of bad events and the bars show all, where a value at each point shows one at most."""
    ends = (0, *(minute + 1 for minute in EPISODES))
    lulls = [minute - end for end, minute in zip(ends, EPISODES, strict=False)]
    phases = [phase for lull in lulls for phase in (Phase(f"{lull}m", 600), Phase("1m", 600, 1))]
    data = dashboards(compile_text(service()), scrape_interval=60, evaluation_interval=60)["shop.answers"]
    spans = {"__interval": f"{STEP}m", "__rate_interval": f"{STEP + 1}m"}
    peaks, bars = (
        fill(panel(data, title).queries[0]["expr"], chosen(data, **spans))
        for title in ("Share of bad", "Bad events per second")
    )
    recorded = 'slo:error_ratio:rate5m{slo="shop/answers"}'
    steps = range(STEP * 60, EPISODES[-1] * 60 + STEP * 60, STEP * 60)
    simulated = simulate(tmp_path, service(), counters([*phases, Phase("20m", 600)], scrape=60), scrape=60)
    found = simulated.timeline([peaks, bars, recorded], steps)
    shown = {expr: {step for step in steps if only(found[expr, step]) > 0} for expr in (peaks, bars, recorded)}
    of_errors = {-(-(minute + 1) // STEP) * STEP * 60 for minute in EPISODES}
    assert len(of_errors) == len(EPISODES)
    assert [len(shown[expr] & of_errors) for expr in (peaks, bars)] == [7, 7]
    assert len(shown[recorded] & of_errors) <= 1
