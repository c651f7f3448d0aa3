"""Holds a backtest of 35 days against the rules of a real Prometheus: `python tests/bench/backtest.py`, for some minutes.

Five incidents are seeded. The rules are back-filled each minute, and their alerts are asked minute by minute. The age, which a
rule reads from itself, is written as that rule would record it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))  # it is run as a script

from bench.accuracy.series import BEGIN, DAY

from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support import binaries
from support.compile import rules
from support.promtool import seconds
from support.replayed import backtested, begins, fired, lines
from support.server import Prometheus
from support.traffic import BAD, GOOD, UP, counter, service

DAYS = 35
END = BEGIN + DAYS * DAY
REST = 35 * 1440 - 14 - 60 - 480 - 3600 - 40
"""The minutes without an incident."""
INCIDENTS = ((14, 480), (60, 120), (480, 12), (3600, 6), (40, None))
"""Minutes, and bad requests a minute; None is a job that is down."""
MINUTE = 60
FIRST = BEGIN + 10 * MINUTE
"""The first evaluation: then there is a rate."""
AGE = "slo:age:seconds"
MOST = 11_000
"""Points that a server returns of a series."""
Rule = Mapping[str, Any]


def main() -> None:
    """Print how many episodes both have, when they begin, how many minutes differ, and what each says of the budget."""
    series = traffic()
    with tempfile.TemporaryDirectory() as folder:
        server = Prometheus(Path(folder) / "rules", out_of_order="10y")
        server.backfill("\n".join([*lines(series), *ages(), "# EOF\n"]))
        every = recorded(server)
        with server:
            theirs = {key: minutes for rule in every if "alert" in rule for key, minutes in alerts(server, rule)}
            at = END - 5 * MINUTE
            left, ratio = (server.query(name, at)[0][1] for name in ("slo:budget_left:ratio", "slo:error_ratio:period"))
        data = backtested(Path(folder), service(), series, DAYS * 24)
    ours = {key[2:]: minutes for key, minutes in fired(data, DAYS * 24).items()}
    for alert in sorted({*theirs, *ours}):
        some, others = ours.get(alert, set()), theirs.get(alert, set())
        late = [first - then for first, then in zip(begins(some), begins(others), strict=False)]
        counts = f"{len(begins(some))} of {len(begins(others))}"
        print(*alert, counts, "begin", late, "minutes", len(others), "differ", len(some ^ others))
    (value,) = data["slos"][0]["after"]["values"]
    print("left", value["left"], "recorded", left, "ratio", 1 - value["kept"], "recorded", ratio)


def traffic() -> dict[str, str]:
    """Calm traffic, in which the incidents lie at equal distances.

    Some requests fail at first: Prometheus extrapolates a counter less that is near zero.
    """
    calm = f"{REST // 6}m"
    good, bad, up = [(calm, 1200)], [("2d", 2), (f"{REST // 6 - 2880}m", 0)], f"1x{REST // 6 * 2 - 1}"
    for minutes, failed in INCIDENTS:
        lasts = f"{minutes}m"
        good += [(lasts, None if failed is None else 1200 - failed), (calm, 1200)]
        bad += [(lasts, failed), (calm, 0)]
        up += f" {int(failed is not None)}x{2 * minutes - 1} 1x{REST // 6 * 2 - 1}"
    return {GOOD: counter(*good), BAD: counter(*bad), UP: up}


def ages() -> Iterable[str]:
    """The age in seconds, as its rule records it."""
    for number, at in enumerate(range(FIRST, END + 1, MINUTE), start=1):
        yield f'{AGE}{{slo="shop/answers",service="shop"}} {number * MINUTE} {at}'


def recorded(server: Prometheus) -> Sequence[Rule]:
    """Back-fill what the rules record, in layers, each from what those before recorded. Returns all rules."""
    plain = Options(30, 30, targets={"prometheus": PrometheusOptions(catch_up=False)})
    groups = yaml.safe_load(rules(service(), plain))["groups"]
    every = [rule | {"every": group["interval"]} for group in groups for rule in group["rules"]]
    left = [rule for rule in every if rule.get("record", AGE) != AGE]
    while left:
        names = {rule["record"] for rule in left}
        # What a count reads of itself is of gaps alone: there is none.
        layer = [rule for rule in left if not names & {*re.findall(r"slo:\w+:\w+", rule["expr"])} - {rule["record"]}]
        assert layer, names
        left = [rule for rule in left if rule not in layer]
        with server:
            for rule in layer:
                back_fill(server, rule)
        for block in (server.folder / "recorded").iterdir():
            block.rename(server.data / block.name)
    return every


def back_fill(server: Prometheus, rule: Rule) -> None:
    """Evaluate a rule from the first to the last minute."""
    own = {key: value for key, value in rule.items() if key != "every"}
    group = {"name": rule["record"], "interval": rule["every"], "rules": [own]}
    (server.folder / "rule.yaml").write_text(yaml.safe_dump({"groups": [group]}), encoding="utf-8")
    command = [str(binaries.promtool()), "tsdb", "create-blocks-from", "--max-block-duration=54h", "rules"]
    command += [
        f"--start={FIRST}",
        f"--end={END}",
        f"--url=http://{server.address}",
        "--output-dir=recorded",
        "rule.yaml",
    ]
    done = subprocess.run(command, cwd=server.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def alerts(server: Prometheus, rule: Rule) -> Iterable[tuple[tuple[str, str], set[int]]]:
    """The minutes at which an alert fires: its condition has held for as long as `for` says, or fired until lately."""
    wait, keep = (round(seconds(rule.get(name, "0s"))) // 60 for name in ("for", "keep_firing_for"))
    held = {
        (round(at) - BEGIN) // MINUTE
        for begin in range(FIRST, END, MOST * MINUTE)
        for one in server.answer(
            "query_range",
            query=rule["expr"],
            start=str(begin),
            end=str(min(END, begin + (MOST - 1) * MINUTE)),
            step="60",
        )["result"]
        for at, _ in one["values"]
    }
    minutes, since, until = set(), None, -1
    for minute in range((END - BEGIN) // MINUTE):
        since = (minute if since is None else since) if minute in held else None
        if since is not None and (minute - since >= wait or minute <= until):
            until = minute + keep
        if minute <= until:
            minutes.add(minute)
    if minutes:
        yield (rule["alert"], rule["labels"]["severity"]), {minute for minute in minutes if minute < DAYS * 1440 - 5}


if __name__ == "__main__":
    main()
