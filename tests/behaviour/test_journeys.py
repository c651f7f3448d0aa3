"""Journeys against the truth: users are drawn one by one, and counted by whether they come through."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from support.journeys import OFF, SCRAPE, SERIES, SHOP, counters
from support.traffic import only, simulate

pytestmark = pytest.mark.usefixtures("every_prometheus")
HALF, STEPS = 43_200, ("search", "cart", "payment")
Fails = Callable[[int, Random], Sequence[bool]]
"""Whether a user who begins in a second of half a day would fail at each step."""


def _independent(_: int, draw: Random) -> Sequence[bool]:
    return [draw.random() < 0.006 for _ in STEPS]


def _two_at_once(second: int, draw: Random) -> Sequence[bool]:
    """In one hour, some users would fail both in the cart and at the payment."""
    worse = second // 3600 == 7
    together = worse and draw.random() < 0.15
    return [draw.random() < 0.006, together or draw.random() < 0.003, together or draw.random() < 0.003]


def _database(second: int, draw: Random) -> Sequence[bool]:
    """All steps share a database, which loses most queries for 20 minutes."""
    share = 0.8 if 30_000 <= second < 31_200 else 0.002
    return [draw.random() < share for _ in STEPS]


def _customer(second: int, draw: Random) -> Sequence[bool]:
    """One of 200 customers cannot pay."""
    return [draw.random() < 0.001, draw.random() < 0.002, second % 200 == 0]


FAULTS: dict[str, Fails] = {
    "independent": _independent,
    "together": _two_at_once,
    "database": _database,
    "customer": _customer,
}


@dataclass
class Day:
    """What the steps count, minute by minute, and the users who begin and fail."""

    seen: dict[str, list[int]] = field(default_factory=lambda: {step: [0] for step in STEPS})
    bad: dict[str, list[int]] = field(default_factory=lambda: {step: [0] for step in STEPS})
    users: int = 0
    failed: int = 0


def _day(fails: Fails) -> Day:
    """Two users begin in each second; who fails at a step goes no further."""
    draw, day = Random(7), Day()
    seen, bad = (dict.fromkeys(STEPS, 0) for _ in range(2))
    for user in range(2 * HALF):
        second, day.users = user // 2, day.users + 1
        for step, is_bad in zip(STEPS, fails(second, draw), strict=True):
            seen[step] += 1
            if is_bad:
                bad[step] += 1
                day.failed += 1
                break
        if user % 2 and (second + 1) % SCRAPE == 0:
            for step in STEPS:
                day.seen[step].append(seen[step])
                day.bad[step].append(bad[step])
    return day


def _series(day: Day, fault: str) -> dict[str, str]:
    """The counters of the steps; nobody comes for some minutes afterwards, until the rules have counted all."""
    found = {}
    for step in STEPS:
        good = [seen - bad for seen, bad in zip(day.seen[step], day.bad[step], strict=True)]
        for code, counts in (("500", day.bad[step]), ("200", good)):
            values = " ".join(map(str, counts))
            found[f'requests_total{{job="{step}-{fault}",code="{code}"}}'] = f"{values} {counts[-1]}x20"
    return found


def _text(fault: str) -> str:
    slos = " ".join(
        f'slo {step} 99% over 1d {{ events requests_total{{job="{step}-{fault}"}} bad {{code="500"}} alerts none }}'
        for step in STEPS
    )
    through = ", ".join(f"{fault}/{step}" for step in STEPS)
    return f"""service {fault} {{ owner "shop" {slos} }}
    journey {fault}-buying 97% over 1d {{ owner "shop" through {through} alerts none }}"""


@pytest.fixture(scope="module")
def days() -> dict[str, Day]:
    return {name: _day(fails) for name, fails in FAULTS.items()}


def test_the_share_of_failed_journeys_is_that_of_failed_users(tmp_path: Path, days: dict[str, Day]) -> None:
    """However the failures depend on one another. The worst step and the sum are bounds."""
    text = "\n".join(map(_text, FAULTS))
    series = {name: values for fault, day in days.items() for name, values in _series(day, fault).items()}
    found = simulate(tmp_path, text, series, SCRAPE).values(["slo:error_ratio:period"], f"{HALF + 600}s")
    ratios = {labels["slo"]: value for labels, value in found["slo:error_ratio:period"]}
    for fault, day in days.items():
        true = day.failed / day.users
        steps = [ratios[f"{fault}/{step}"] for step in STEPS]
        assert ratios[f"{fault}-buying/journey"] == pytest.approx(true, rel=OFF), fault
        assert max(steps) <= true * (1 + OFF)
        assert true <= sum(steps) * (1 + OFF)
        assert sum(steps) / len(steps) < 0.7 * true, "an average of the steps hides failures"


# Alternatives, slices, labels, missing data


LATELY = "[19m59s]"
"""Four rounds of the queue: twenty samples in Prometheus 2 and 3."""


def _ratio(folder: Path, through: str, series: dict[str, str] = SERIES) -> float:
    journey = f'journey buying 20% over 1d {{ owner "shop" through {through} alerts none }}'
    bad, every = (f'sum_over_time(slo:{what}:rate5m{{slo="buying/journey"}}{LATELY})' for what in ("errors", "events"))
    found = simulate(folder, SHOP + journey, series, SCRAPE).values([f"{bad} / {every}"], "59m")
    return only(found[f"{bad} / {every}"])


@pytest.mark.parametrize(
    ("through", "true"),
    [
        ("shop/search", 0.1),
        ("shop/search, shop/cart", 1 - 0.9 * 0.95),
        ("shop/search, shop/cart 2 times", 1 - 0.9 * 0.95 * 0.95),
        ("shop/search, shop/card or shop/invoice", 1 - 0.9 * (1 - 0.4 * 0.25)),
        ("shop/search, shop/card or shop/invoice 2 times", 1 - 0.9 * (1 - 0.4 * 0.25) ** 2),
        ("shop/cart, shop/queue", 1 - 0.95 * 0.8),
    ],
)
def test_each_way_to_name_a_step(tmp_path: Path, through: str, true: float) -> None:
    assert _ratio(tmp_path, through) == pytest.approx(true, rel=OFF)


def test_attempts_are_those_of_the_slo_that_counts_them(tmp_path: Path) -> None:
    journey = (
        'journey buying 20% over 1d { owner "shop" through shop/search, shop/cart counted by shop/card alerts none }'
    )
    found = simulate(tmp_path, SHOP + journey, SERIES, SCRAPE).values(["slo:events:rate5m", "slo:errors:rate5m"], "40m")
    got = {name: only([one for one in of if one[0]["slo"] == "buying/journey"]) for name, of in found.items()}
    assert got["slo:events:rate5m"] == pytest.approx(1000 / 60, rel=OFF)
    assert got["slo:errors:rate5m"] == pytest.approx(1000 / 60 * (1 - 0.9 * 0.95), rel=OFF)


def test_a_step_without_traffic_fails_nobody(tmp_path: Path) -> None:
    idle = SERIES | counters("cart", 0, 0)
    assert _ratio(tmp_path, "shop/search, shop/cart", series=idle) == pytest.approx(0.1, rel=OFF)


def test_a_step_that_is_gone_is_missing_data(tmp_path: Path) -> None:
    """Its last rate is seen for five minutes more. Then there is no ratio, and an alert within the time of its line."""
    gone = {
        name: values.replace("x60", "x30 stale") if 'job="cart"' in name else values for name, values in SERIES.items()
    }
    gone = {name: values.replace("x60", "x90") for name, values in gone.items()}
    journey = 'journey buying 20% over 1d { owner "shop" through shop/search, shop/cart alerts { ticket when no data for 15m } }'
    simulation = simulate(tmp_path, SHOP + journey, gone, SCRAPE)
    times = ("29m", "40m", "44m", "58m")
    ratios = simulation.timeline(["slo:errors:rate5m"], times)
    known = [any(one[0]["slo"] == "buying/journey" for one in ratios["slo:errors:rate5m", time]) for time in times]
    assert known == [True, False, False, False]
    fired = simulation.alerts(["SLONoData"], times)
    assert [bool(fired["SLONoData", time]) for time in times] == [False, False, False, True]


def test_no_traffic_at_all_is_no_ratio_and_no_alert(tmp_path: Path) -> None:
    idle = {name: re.sub(r"0\+\d+x60", "0x60", values) for name, values in SERIES.items()}
    journey = 'journey buying 20% over 1d { owner "shop" through shop/search, shop/cart }'
    simulation = simulate(tmp_path, SHOP + journey, idle, SCRAPE)
    found = simulation.values(["slo:error_ratio:rate5m", "slo:errors:rate5m", 'ALERTS{slo="buying/journey"}'], "40m")
    assert [one for one in found["slo:error_ratio:rate5m"] if one[0]["slo"] == "buying/journey"] == []
    assert only([one for one in found["slo:errors:rate5m"] if one[0]["slo"] == "buying/journey"]) == 0
    assert found['ALERTS{slo="buying/journey"}'] == []
