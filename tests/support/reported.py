"""A month whose counts are known, as a project and a snapshot: on its last Sunday clocks change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from slocompiler.cli.snapshots import write_snapshot
from slocompiler.live import tiles
from slocompiler.live.kind import BUILDINFO
from slocompiler.live.questions import Range
from slocompiler.live.snapshot import taken
from slocompiler.targets.shared import Options
from support.compile import compile_text

SNAPSHOT = "kept.json.gz"
BERLIN = ZoneInfo("Europe/Berlin")
STEP, DAY = 300, 86400
FIRST = int(datetime(2026, 9, 16, tzinfo=BERLIN).timestamp())
BEGIN, END = (int(datetime(2026, month, 1, tzinfo=BERLIN).timestamp()) for month in (10, 11))
YOUNG = int(datetime(2026, 10, 12, 9, tzinfo=BERLIN).timestamp())
OUTAGES = {(9, 24, 7): (11, 12), (10, 6, 7): (10, 30), (10, 25, 2): (36, 13)}
"""By the local month, day and hour at which they begin: the number of tiles, and the bad events of each."""
RATE = 60
"""The events of a tile."""
WINDOW = 14 * DAY
SLOS = """service checkout "Checkout" {
  owner "payments"
  stakeholders "product", "support"
  slo availability "Shoppers get an answer" 99.9% over 14d {
    events  http_requests_total{job="checkout"}
    bad     {code=~"5.."}
    labels  { tier = "2" }
    because "Above 0.1% the support queue doubles."
    review  every 90d last 2026-07-01
    policy {
      below 50% "Risky roll-outs wait."
      exhausted "Only fixes are rolled out."
    }
  }
  risk "A bad roll-out" every 30d lasting 30m hitting 20% on availability
  risk "The database fails over" every 180d lasting 5m hitting 100% on availability
  feedback 2026-10-06 "9 tickets: nobody could pay."
  feedback 2026-10-14 "3 tickets: the cart was empty after paying."
}
service mail "Mail" {
  owner "messaging"
  slo delivery "Confirmations | are <b>sent</b>" 99% over 14d {
    events  mail_total{job="mail"}
    bad     {result="lost"}
    labels  { tier = "2" }
    because "Without a confirmation people order twice."
  }
  slo unknown "Not in the snapshot" 99% over 7d {
    events  others_total{job="mail"}
    bad     {result="lost"}
    because "Nobody knows."
  }
  draft slo later 99% over 7d {
    events  mail_total{job="mail"}
    bad     {result="late"}
  }
}
"""


def counts() -> dict[str, tuple[dict[int, int], dict[int, int]]]:
    """The events and the bad events of the tiles of each SLO."""
    bad = dict.fromkeys(range(FIRST + STEP, END + 1, STEP), 0)
    for (month, day, hour), (many, count) in OUTAGES.items():
        begin = int(datetime(2026, month, day, hour, tzinfo=BERLIN).timestamp())
        bad |= {begin + STEP * (number + 1): count for number in range(many)}
    mail = range(YOUNG + STEP, END + 1, STEP)
    lost = {at: int(at % (4 * STEP) == 0) for at in mail}
    return {
        "checkout/availability": (dict.fromkeys(bad, RATE), bad),
        "mail/delivery": (dict.fromkeys(mail, RATE), lost),
    }


def write(folder: Path) -> None:
    """Write the project and the snapshot of its server into a folder."""
    (folder / "shop.slo").write_text(SLOS, encoding="utf-8")
    known: dict[Any, Any] = {BUILDINFO: {"version": "3.5.0", "goVersion": "go1.24"}}
    slos = {slo.id: slo for slo in compile_text(SLOS).slos}
    for id, own in counts().items():
        for expr, values in zip(tiles.sides(slos[id], 30, Options()), own, strict=True):
            asked = Range(expr=expr, start=FIRST + STEP, end=END, step=STEP)
            known[asked] = {"result": [{"metric": {}, "values": [[at, str(count)] for at, count in values.items()]}]}
    write_snapshot(str(folder / SNAPSHOT), END + 60, {None: taken(known)})
