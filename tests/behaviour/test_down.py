"""`SLODown`: all targets of a job are down, in promtool. A restart, a roll-out and a night at zero wake nobody.

Each job is a scenario with an SLO of its own; all of them run at once.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
import yaml

from support import binaries
from support.compile import rules
from support.promtool import Simulation
from support.traffic import counter

BOTH = pytest.mark.parametrize("bundle", [binaries.PROMETHEUS, binaries.PROMETHEUS_3], ids=lambda bundle: bundle.name)
END = 165
"""The last minute."""
HOLDS = 15
"""The minutes for which a page fires on."""
LOOP = "1 0x7 "
"""A crash loop: one scrape in nine succeeds."""


class Job(NamedTuple):
    """The `up` series of a job, with a value every 30 seconds; its traffic; and the minutes of its outage."""

    ups: tuple[str, ...]
    traffic: tuple[tuple[str, int | None], ...] = ()
    outage: tuple[int, int] | None = None
    line: str = "page when down for 5m"
    more: str = ""
    """Statements of the SLO."""


BUSY = (("1h", 60),)
JOBS = {
    # Down
    "outage": Job(("1x120 0x40 1x300",), BUSY, (65, 81)),
    "crash-loop": Job((f"1x120 {LOOP * 40}", f"1x120 0x4 {LOOP * 40}"), BUSY, (66, END)),
    "two-minutes": Job(("1x120 0x40 1x300",), (), (62, 81), "page when down for 2m"),
    "half-an-hour": Job(("1x120 0x400",), (), (90, END), "page when down for 30m"),
    "broken-version": Job(("1x120 stale", "_x119 0x400"), BUSY, (65, END)),  # its pods are other targets
    "scaled-in-an-outage": Job(("1x120 0x40 1x300", "1x120 stale", "_x140 0x300"), BUSY, (65, 81)),
    # Gone from discovery; after an hour it is the ticket's for missing data
    "gone-while-busy": Job(("1x120 stale",), BUSY, (65, 125)),
    "gone-with-little-traffic": Job(("1x120 stale",), (("1h", 6),), (65, 125)),
    "gone-in-a-crash-loop": Job((f"1x80 {LOOP * 10} stale",), (("80m", 60),), (46, 148)),
    # Gone while nobody uses it
    "idle-for-ten-minutes": Job(("1x240 stale",), (("110m", 600), ("10m", 0))),
    "idle-for-two-minutes": Job(("1x240 stale",), (("117m30s", 600), ("2m30s", 0))),
    "never-used": Job(("1x240 stale",), (("2h", 0),)),
    "no-events-at-all": Job(("1x240 stale",)),
    "decommissioned": Job(("1x200 stale", "1x240 stale"), (("90m", 600), ("20m", 0), ("10m", None))),
    "pushed": Job((), (("1h", 600),)),  # no scrape can tell that its events stop
    # Up
    "restart": Job(("1x120 0x6 1x300",), BUSY),
    "gone-for-a-moment": Job(("1x120 _x8 1x300",), BUSY),
    "one-of-two": Job(("1x120 0x300", "1x440"), BUSY),
    "roll-out": Job(("1x120 stale", "_x124 1x300"), BUSY),
    "slow-roll-out": Job(("1x120 0x4 stale", "_x116 0x10 1x300"), BUSY),
    "slow-scrapes": Job((f"1x60 {'1 0 0 ' * 100}",), BUSY),
    "new": Job(("_x119 0x6 1x300",)),  # it has as long to start as one that was up
    "maintenance": Job(("1x120 0x60 1x300",), BUSY, more="exclude when `maintenance == 1`"),
}


class Fired(NamedTuple):
    """What fired for a job: the minutes, and the annotations of the first alert."""

    minutes: tuple[int, ...]
    texts: dict[str, str]


def series() -> dict[str, str]:
    """What Prometheus scrapes."""
    found = {"maintenance": "0x119 1x60 0x300"}
    for job, about in JOBS.items():
        found |= {f'up{{job="{job}",instance="{number}"}}': ups for number, ups in enumerate(about.ups)}
        if about.traffic:
            found[f'requests_total{{job="{job}",code="200"}}'] = f"{counter(*about.traffic)} stale"
    return found


@cache
def fired(bundle: binaries.Bundle) -> dict[str, Fired]:
    """The pages of each job, of the rules that they need: the events and `SLODown`."""
    slos = "\n".join(
        f'slo {job} 99% over 30d {{ events requests_total{{job="{job}"}} bad {{code="500"}} {about.more} alerts {{ {about.line} }} }}'
        for job, about in JOBS.items()
    )
    loaded = yaml.safe_load(rules(f'service shop {{ owner "shop"\n{slos}\n}}'))
    for group in loaded["groups"]:
        group["rules"] = [
            rule for rule in group["rules"] if rule.get("record") == "slo:events:rate5m" or "alert" in rule
        ]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMTOOL", str(binaries.promtool(bundle)))
        path = Path(folder, "shop.rules.yaml")
        path.write_text(yaml.safe_dump(loaded), encoding="utf-8")
        simulation = Simulation([path], series(), interval="30s")
        alerts = simulation.alerts(["SLODown"], [f"{minute}m" for minute in range(END + 1)])
    found: dict[str, Fired] = {job: Fired((), {}) for job in JOBS}
    for minute, ((_, _at), firing) in enumerate(alerts.items()):
        for alert in firing:
            job = alert["labels"]["job"]
            assert alert["labels"] == {
                "alertname": "SLODown",
                "severity": "page",
                "service": "shop",
                "job": job,
                "owner": "shop",
            }
            before = found[job]
            found[job] = Fired((*before.minutes, minute), before.texts or alert["annotations"])
    return found


@BOTH
@pytest.mark.parametrize("job", [job for job, about in JOBS.items() if about.outage])
def test_a_page_for_the_outage(bundle: binaries.Bundle, job: str) -> None:
    """It fires a minute around the time of its line, without a gap, and until a minute around its end and 15 more."""
    about, minutes = JOBS[job], fired(bundle)[job].minutes
    assert about.outage
    begin, end = about.outage
    assert minutes == tuple(range(minutes[0], minutes[-1] + 1))
    assert abs(minutes[0] - begin) <= 1
    assert abs(minutes[-1] - min(end + HOLDS, END)) <= 1


@BOTH
def test_nobody_is_woken_for_anything_else(bundle: binaries.Bundle) -> None:
    quiet = {job: fired(bundle)[job].minutes for job, about in JOBS.items() if not about.outage}
    assert quiet == dict.fromkeys(quiet, ())
    assert len(quiet) > 10


@BOTH
def test_it_says_why(bundle: binaries.Bundle) -> None:
    found = fired(bundle)
    assert found["outage"].texts["summary"] == "shop: job outage is down"
    begin = "Down for at least 5m."
    few = "No target of outage has more than a fifth of its scrapes succeed."
    assert found["outage"].texts["description"].startswith(f"{begin} {few} Meanwhile there is no data for shop/outage.")
    gone = "No target of gone-while-busy is known any more, and it had events until then."
    assert found["gone-while-busy"].texts["description"].startswith(f"{begin} {gone}")
