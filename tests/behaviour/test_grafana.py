"""Every panel of the examples' dashboards on a real Prometheus that runs their rules: it answers, and with the truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from slocompiler.ir import Burn, Exhausted, RatioSlices, Slices, Slo, Threshold
from slocompiler.record import replace
from slocompiler.targets.grafana.queries import LASTS
from support.even_traffic import STEP, truth, values
from support.grafana import Panel, dashboards, panels
from support.grafana_answers import answers, options, shown
from support.grafana_checks import run, show
from support.grafana_states import present
from support.grafana_watched import SINCE, Seen, watched
from support.promtool import Sample, seconds


@pytest.fixture(scope="module")
def seen(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:  # noqa: ARG001  # runs it
    with watched(tmp_path_factory.mktemp("grafana")) as found:
        yield found


def value(answer: list[Any]) -> float:
    """The only value, or the last of the only line."""
    (series,) = answer
    return float(series["value"][1] if "value" in series else series["values"][-1][1])


def counted(seen: Seen) -> list[Slo]:
    """SLOs whose truth is counted from the traffic, and that have one budget."""
    kinds = [slo for slo in seen.program.slos if not isinstance(slo.indicator, Slices) and not slo.per]
    return [slo for slo in kinds if slo.id != "payments/settled"]


def age(seen: Seen, slo: Slo) -> float:
    """The recorded age in seconds: some minutes, though the server is younger, because it counts every second."""
    ((_, found),) = seen.server.query(f'slo:age:seconds{{slo="{slo.id}"}}', seen.at)
    assert 300 <= found < 6 * 3600
    return found


def ratio(slo: Slo) -> float:
    events, bad = truth(slo)
    return bad / events


class TestEveryPanel:
    def test_answers(self, seen: Seen) -> None:
        """Except where steps are longer than the server is old; and alerts of a table fire for some services only."""

        def is_whole(panel: Panel, answered: list[Any]) -> bool:
            slow = panel.time_from or seconds(panel.interval or "0") > 60
            return bool(slow or all(answered) or (panel.kind == "table" and any(answered)))

        every = [(name, *one) for name, found in seen.answers.items() for one in found]
        assert [f"{name}: {panel.title}" for name, panel, answered in every if not is_whole(panel, answered)] == []

    def test_of_the_v2_schema_asks_the_same(self, seen: Seen) -> None:
        for name, data in dashboards(seen.program, "v2", scrape_interval=STEP, evaluation_interval=STEP).items():
            asked = [[query["expr"] for query in panel.queries] for panel in panels(data)]
            assert asked == [[query["expr"] for query in panel.queries] for panel in panels(seen.data[name])]

    def test_what_may_be_chosen(self, seen: Seen) -> None:
        assert set(options(seen.server, seen.data["overview"], "owner")) == {s.owner for s in seen.program.services}
        assert set(options(seen.server, seen.data["checkout.latency"], "per_route")) == {"/pay", "/search"}
        by = {
            name: set(options(seen.server, seen.data[f"checkout.{name}"], "by")) for name in ("availability", "latency")
        }
        assert by["availability"] == {"code", "path", "instance", "method", "reason", "result"}
        assert by["latency"] == {"code", "route", "instance", "path"}

    def test_one_value_of_a_label(self, seen: Seen) -> None:
        latency = next(slo for slo in seen.program.slos if slo.id == "checkout/latency")
        for route in ({"route": "/pay"}, {"route": "/search"}):
            events, bad = truth(latency, route)
            found = shown(seen.server, seen.data["checkout.latency"], seen.at, SINCE, per_route=route["route"])
            rates = next(a for p, a in found if p.title == "Events and bad events")
            assert [value(answer) for answer in rates] == pytest.approx([events, bad], rel=1e-3)


class TestNumbers:
    def test_how_it_stands(self, seen: Seen) -> None:
        for slo in counted(seen):
            good, target = seen.panel(slo, "Good over")
            assert value(good) == pytest.approx(1 - ratio(slo), rel=1e-4), slo.id
            assert value(target) == pytest.approx(float(slo.target))
            (left,) = seen.panel(slo, "Budget left")
            burnt = ratio(slo) / float(1 - slo.target)
            minute = (
                burnt * 60 / slo.window
            )  # the server may have stopped between the rules of the age and of the budget
            left_of_age = 1 - burnt * age(seen, slo) / slo.window
            assert value(left) == pytest.approx(left_of_age, rel=1e-3, abs=1e-3 + minute), slo.id
            (coverage,) = seen.panel(slo, "Coverage")
            assert 0 < value(coverage) < 0.01

    def test_when_it_is_exhausted(self, seen: Seen) -> None:
        for slo in counted(seen):
            burnt = ratio(slo) / float(1 - slo.target)
            (gone,) = seen.panel(slo, "Exhausted in")
            # what is left is nearly all, for the SLO is seconds old
            assert value(gone) == pytest.approx(slo.window / burnt if burnt > 1 else LASTS, rel=0.05), slo.id

    def test_shares_of_all_windows(self, seen: Seen) -> None:
        for slo in counted(seen):
            windows = sorted({line.window for line in slo.alerts if isinstance(line, Burn)})
            rates = [ratio(slo) * (1 if window <= 3600 else age(seen, slo) / window) for window in windows]
            first, *found = [value(answer) for answer in seen.panel(slo, "Share of bad")]
            assert first == pytest.approx(ratio(slo), rel=1e-3, abs=1e-6), slo.id
            assert found[: len(windows)] == pytest.approx(rates, rel=0.01, abs=1e-6), slo.id
            assert len(found) - len(windows) == sum(isinstance(line, Exhausted) for line in slo.alerts), slo.id

    def test_events(self, seen: Seen) -> None:
        for slo in counted(seen):
            title = "Slices and bad slices" if isinstance(slo.indicator, RatioSlices) else "Events and bad"
            assert [value(answer) for answer in seen.panel(slo, title)] == pytest.approx(truth(slo), rel=1e-3), slo.id

    def test_what_bad_events_have_in_common(self, seen: Seen) -> None:
        for slo in counted(seen):
            inner = slo.indicator.of if isinstance(slo.indicator, RatioSlices) else slo.indicator
            bad = truth(slo)[1] if inner is slo.indicator else sum_of(seen.panel(slo, "Bad events per second"))
            assert sum_of(seen.panel(slo, "Bad events per second")) == pytest.approx(bad, rel=1e-3), slo.id
            assert sum_of(seen.panel(slo, "Most bad events")) == pytest.approx(bad * SINCE, rel=0.01), slo.id

    def test_distributions(self, seen: Seen) -> None:
        for slo in seen.program.slos:
            if isinstance(slo.indicator, Threshold):
                (buckets,) = seen.panel(slo, "Distribution")
                every = next(b for b in buckets if b["metric"]["le"] == "+Inf")
                assert value([every]) == pytest.approx(sum(truth(slo, one)[0] for one in values(slo)), rel=1e-3)
                beyond = value(seen.panel(slo, "Value below which ")[0]) > float(slo.indicator.bound)
                assert beyond == (slow(slo) > float(1 - slo.target)), slo.id


def sum_of(found: list[Any]) -> float:
    """All lines added up, at their end."""
    return sum(value([series]) for answer in found for series in answer)


def slow(slo: Slo) -> float:
    """The share of events beyond the bound, whatever else they are."""
    assert isinstance(slo.indicator, Threshold)
    counts = [truth(replace(slo, indicator=replace(slo.indicator, only=())), one) for one in values(slo)]
    return sum(bad for _, bad in counts) / sum(events for events, _ in counts)


class TestConditions:
    @pytest.mark.parametrize(
        ("slo", "seen_values"),
        [("lag", {"eu": 12, "us": 90}), ("backlog", {"": 1.2e5}), ("disk", {"": 0.05}), ("freshness", {"": 1200}),
         ("reachable", {"https://a": 1, "https://b": 0})],
    )  # fmt: skip  # a table
    def test_what_is_looked_at(self, seen: Seen, slo: str, seen_values: dict[str, float]) -> None:
        which = next(found for found in seen.program.slos if found.name == slo)
        (answer,) = seen.panel(which, "Checked value")
        label = which.per[0] if which.per else ""
        found = {series["metric"].get(label, ""): value([series]) for series in answer}
        assert found == pytest.approx(seen_values, rel=0.05)

    def test_share_of_a_slice(self, seen: Seen) -> None:
        slo = next(found for found in seen.program.slos if found.name == "checkout-minutes")
        (share,) = seen.panel(slo, "Good events in each slice")
        assert value(share) == pytest.approx(0.97, rel=1e-3)


class TestOverview:
    """As Grafana's own library shows the answers."""

    def test_every_slo_leads_to_its_dashboard(self, seen: Seen) -> None:
        panel, found = next((p, a) for p, a in seen.answers["overview"] if p.kind == "table")
        (made,) = run({"panels": [show(panel, found, {})]})
        assert made["columns"] == [
            "SLO",
            "Title",
            "Owner",
            "Firing",
            "State",
            "Budget left",
            "Burn rate",
            "Exhausted in",
        ]
        links = {row[0]["text"]: row[0]["link"] for row in made["rows"]}
        kept = "?${__url_time_range}&${datasource:queryparam}"
        assert links == {
            slo.id: f"/d/{seen.data[f'{slo.service}.{slo.name}']['uid']}{kept}" for slo in seen.program.slos
        }

    def test_pages_of_a_shift(self, seen: Seen) -> None:
        (answered,) = (a for p, a in seen.answers["overview"] if p.title.startswith("Pages by owner"))
        nights = [value([one]) for answer in answered for one in answer if one["metric"]["owner"] == "night"]
        assert nights == [2, 2, 2]

    def test_a_filter(self, seen: Seen) -> None:
        table = next(p for p, _ in seen.answers["overview"] if p.kind == "table")
        for chosen, wanted in (
            ({"owner": "storefront", "search": ""}, {slo.id for slo in seen.program.slos if slo.service == "cart"}),
            ({"owner": ".*", "search": "OUT/Lat"}, {"checkout/latency"}),
        ):
            found = answers(seen.server, table, {"service": ".*", **chosen}, seen.at, SINCE)
            assert {series["metric"]["slo"] for answer in found for series in answer} == wanted


def test_a_query_with_a_dropped_label_is_found(seen: Seen) -> None:
    """Without its label, or grouped by another, a query answers something else: what the tests above compare."""
    slo = next(found for found in seen.program.slos if found.id == "checkout/availability")
    panel = next(p for p, _ in seen.answers["checkout.availability"] if p.title == "Events and bad events")
    query = panel.queries[1]
    whole = answers(seen.server, panel, {}, seen.at, SINCE)[1]
    assert value(whole) == pytest.approx(truth(slo)[1], rel=1e-3)
    query["expr"] = query["expr"].replace('slo="checkout/availability"', 'service="checkout"')
    dropped = answers(seen.server, panel, {}, seen.at, SINCE)[1]
    with pytest.raises(ValueError, match="too many values"):
        value(dropped)


def test_stale_rules(seen: Seen) -> None:
    """Ten minutes after the last evaluation, as an hour after: an SLO does not vanish, and nothing of it is green."""

    def ask(exprs: list[str]) -> dict[str, list[Sample]]:
        return {expr: seen.server.query(expr, seen.at + 600) for expr in exprs}

    found = present({name: seen.data[name] for name in ("overview", "checkout.availability")}, ask)
    assert found["checkout.availability", "State"] == [("state", "stale rules", "#FF9830")]
    assert [text for _, text, _ in found["checkout.availability", "Budget left"]] == ["no data"]
    final = sum(not slo.draft for slo in seen.program.slos)
    titles = {"SLOs": str(len(seen.program.slos)), "Without data": str(final), "Budgets exhausted": "stale rules"}
    assert {title: found["overview", title][0][1] for title in titles} == titles
    states = {row["State"] for row in found["overview", "SLOs: what pages now, then the least budget"].values()}
    assert states == {"stale rules", "draft, stale rules"}
    burn_rate = next(one for one in panels(seen.data["checkout"]) if one.title.startswith("Burn rate"))
    (lines,) = answers(seen.server, burn_rate, {}, seen.at + 600, 3600)
    final_here = {slo.id for slo in seen.program.slos if slo.service == "checkout" and not slo.draft}
    assert {line["metric"]["slo"] for line in lines} == final_here
