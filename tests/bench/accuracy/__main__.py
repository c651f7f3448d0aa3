"""Holds the period's ratio against events that were counted: `python tests/bench/accuracy`, for a month in some minutes.

Nothing of Prometheus is imitated: a real one loads what scrapes would have seen, evaluates the rules, and is asked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # it is run as a script

from bench.accuracy.history import measure
from bench.accuracy.scenarios import SCENARIOS, Truth
from bench.accuracy.series import DAY


def main() -> None:
    """Print the rows of docs/accuracy.md, with the Prometheus that $PROMETHEUS and $PROMTOOL name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=int, default=30, help="of the SLO, in days")
    parser.add_argument("--days", type=float, default=35, help="of traffic")
    parser.add_argument("--only", choices=[scenario.name for scenario in SCENARIOS], nargs="*")
    chosen = parser.parse_args()
    wanted = [scenario for scenario in SCENARIOS if not chosen.only or scenario.name in chosen.only]
    print("| traffic | | sloc | averaged ratios | raw `increase` |")
    print("|---|---|---:|---:|---:|")
    for scenario in wanted:  # one after the other: a month of each is a lot of samples
        with tempfile.TemporaryDirectory() as folder:
            truth = Truth(scenario, chosen.days)
            errors = measure(Path(folder), [truth], chosen.window * DAY, chosen.days)[scenario.name]
        lost = "" if scenario.held else " (lost between scrapes)"
        shown = " | ".join("" if error is None else f"{error:.2%}" for error in errors)
        print(f"| {scenario.name} | {scenario.about}{lost} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
