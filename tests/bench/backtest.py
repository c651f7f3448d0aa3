"""Holds a backtest of 35 days against the alerts of the rules: `python tests/bench/backtest.py`, for some minutes.

Five incidents are seeded. Promtool runs the rules every five minutes over the series that a real Prometheus has: it reads at
most 10,000 samples in a query, so a month of minutes is too long for it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # it is run as a script

from support.replayed import begins, by_backtest, by_rules
from support.traffic import BAD, GOOD, UP, counter, service

DAYS = 35
REST = 35 * 1440 - 14 - 60 - 480 - 3600 - 40
"""The minutes without an incident."""
INCIDENTS = ((14, 480), (60, 120), (480, 12), (3600, 6), (40, None))
"""Minutes, and bad requests a minute; None is a job that is down."""


def main() -> None:
    """Print how many episodes both have, when they begin, and how many minutes differ."""
    calm, paces = f"{REST // 6}m", [(1200, 0), *INCIDENTS]
    good, bad, up = [(calm, 1200)], [(calm, 0)], f"1x{REST // 6 * 2 - 1}"
    for minutes, failed in paces[1:]:
        lasts = f"{minutes}m"
        good += [(lasts, None if failed is None else 1200 - failed), (calm, 1200)]
        bad += [(lasts, failed), (calm, 0)]
        up += f" {int(failed is not None)}x{2 * minutes - 1} 1x{REST // 6 * 2 - 1}"
    series = {GOOD: counter(*good), BAD: counter(*bad), UP: up}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "rules").mkdir()
        theirs = by_rules(Path(folder) / "rules", service(), series, DAYS * 24, evaluate=300)
        ours = by_backtest(Path(folder), service(), series, DAYS * 24)
    theirs, ours = ({key[2:]: minutes for key, minutes in found.items()} for found in (theirs, ours))
    for alert in sorted({*theirs, *ours}):
        some, others = ours.get(alert, set()), theirs.get(alert, set())
        late = [first - then for first, then in zip(begins(some), begins(others), strict=False)]
        counts = f"{len(begins(some))} of {len(begins(others))}"
        print(*alert, counts, "begin", late, "minutes", len(others), "differ", len(some ^ others))


if __name__ == "__main__":
    main()
