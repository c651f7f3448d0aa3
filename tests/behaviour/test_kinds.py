"""examples/kinds: each SLO stays green while users are served, and turns red when they are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from slocompiler.ir import Slices
from slocompiler.targets import render
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.compile import ROOT, compile_files
from support.promtool import Simulation, seconds
from support.traffic import counter

FILES = sorted((ROOT / "examples" / "kinds").glob("*.slo"))
TABLE = (Path(__file__).parent / "kinds.txt").read_text(encoding="utf-8")
PHASE, SCRAPE = "20m", 30
"""How long users are served, then are hurt, then there is no data; seconds between two scrapes."""
SERVED, HURT, GONE = "19m", "39m", "59m"
"""Near the end of each phase."""
ASKED = (":rate5m", "slo:info")
"""The rates, and what tells a slice without data from a server that has just begun."""
IDLE = "queues/waiting"
"""Slices in which missing data is ignored."""


def cases() -> tuple[dict[str, float], dict[str, str]]:
    """The share of bad events of each SLO while users are hurt; all series, in promtool's notation."""
    shares, series = {}, {}
    for block in re.sub("^#.*\n", "", TABLE, flags=re.MULTILINE).strip().split("\n\n"):
        head, *lines = block.splitlines()
        slo, share = head.split()
        shares[slo] = float(share)
        for line in lines:
            name, served, hurt = line.strip().rsplit(" ", 2)
            assert name not in series, name
            series[name] = values(served, hurt)
    return shares, series


def values(served: str, hurt: str) -> str:
    """A series over the three phases."""
    if served.endswith("/m"):
        paces = (int(pace.removesuffix("/m")) for pace in (served, hurt))
        return counter(*((PHASE, pace) for pace in paces), (PHASE, None), scrape=SCRAPE)
    count, begin = round(seconds(PHASE) / SCRAPE), SCRAPE + seconds(PHASE)
    if served.startswith("now"):
        first, second = (int(f"{time[3]}{seconds(time[4:]):.0f}") for time in (served, hurt))
        return f"{first}+{SCRAPE}x{count} {begin + second:.0f}+{SCRAPE}x{count - 1} _x{count}"
    return f"{served}+0x{count} {hurt}+0x{count - 1} _x{count}"


@pytest.fixture(scope="module")
def ratios(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:  # noqa: ARG001  # runs it
    """The error ratio of each SLO, by time; no entry where it has none."""
    folder = tmp_path_factory.mktemp("kinds")
    options = Options(targets={"prometheus": PrometheusOptions(catch_up=False)})
    paths = []
    for name, text in render(compile_files(*FILES), "prometheus", options).items():
        paths.append(folder / name)
        document = yaml.safe_load(text)
        for group in document["groups"]:  # what is not asked for takes most of the time
            group["rules"] = [rule for rule in group["rules"] if rule.get("record", "").endswith(ASKED)]
        paths[-1].write_text(yaml.safe_dump(document), encoding="utf-8")
    simulation = Simulation(paths, cases()[1], interval=f"{SCRAPE}s")
    found = simulation.timeline(["slo:error_ratio:rate5m"], [SERVED, HURT, GONE])
    return {time: {labels["slo"]: value for labels, value in samples} for (_, time), samples in found.items()}


def test_every_slo_has_a_case() -> None:
    assert sorted(cases()[0]) == sorted(slo.id for slo in compile_files(*FILES).slos)


def test_while_users_are_served_nothing_is_bad(ratios: dict[str, dict[str, float]]) -> None:
    assert ratios[SERVED] == dict.fromkeys(cases()[0], 0)


@pytest.mark.parametrize("slo", cases()[0])
def test_while_users_are_hurt_their_share_is_bad(slo: str, ratios: dict[str, dict[str, float]]) -> None:
    assert ratios[HURT][slo] == pytest.approx(cases()[0][slo])


def test_slices_without_data_are_bad(ratios: dict[str, dict[str, float]]) -> None:
    sliced = {slo.id for slo in compile_files(*FILES).slos if isinstance(slo.indicator, Slices)}
    assert ratios[GONE] == dict.fromkeys(sliced - {IDLE}, 1)
