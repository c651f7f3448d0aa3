"""Writes `slocompiler/zones.txt` from the package tzdata: `make zones`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import tzdata  # type: ignore[import-untyped]  # it has no types

from slocompiler.zones import moment
from support.compile import ROOT

TABLE = ROOT / "slocompiler" / "zones.txt"
HEAD = """\
# The time zones of the IANA database, {version}: a rule as POSIX writes it in TZ, then all zones that follow it.
# A zone whose clocks follow no rule has the known times of summer in place of it. `make zones` writes this file.
"""
NOWHERE = ("Factory",)
"""Names for clocks that nobody has set."""
RELEASED = int(tzdata.IANA_VERSION[:4])
KNOWN = 12
"""The years after the release for which the times of a zone without a rule are in the table."""


def zones() -> Iterator[tuple[ZoneInfo, str]]:
    """Every zone of the package, and the rule at the end of its file (RFC 9636)."""
    for name in files(tzdata).joinpath("zones").read_text("utf-8").split():
        if name not in NOWHERE:
            data = files(tzdata).joinpath("zoneinfo", *name.split("/")).read_bytes()
            yield ZoneInfo.from_file(io.BytesIO(data), key=name), data.decode("latin-1").strip().rpartition("\n")[2]


def table() -> str:
    """The text of the table."""
    found: dict[str, list[str]] = {}
    for zone, rule in zones():
        found.setdefault(rule if _follows(zone, rule) else _times(zone, rule), []).append(zone.key)
    rows = sorted(" ".join((rule, *sorted(names))) for rule, names in found.items())
    return HEAD.format(version=tzdata.IANA_VERSION) + "\n".join(rows) + "\n"


def _follows(zone: ZoneInfo, rule: str) -> bool:
    """Whether a zone follows its rule, at noon of a day of each week of the years after the release."""
    noons = (datetime(RELEASED + 1, 1, 1, 12, tzinfo=zone) + timedelta(weeks=n) for n in range(52 * KNOWN))
    return all(moment(noon.date(), 12 * 3600, rule) == noon.timestamp() for noon in noons)


def _times(zone: ZoneInfo, rule: str) -> str:
    """The beginning of a rule, with the offset in winter, and the times of summer from the year before the release on."""
    first = datetime(RELEASED - 1, 1, 1, tzinfo=UTC)
    hours = (first + timedelta(hours=n) for n in range((KNOWN + 2) * 366 * 24))
    changed = [
        (int(later.timestamp()), bool(later.astimezone(zone).dst()))
        for hour, later in pairwise(hours)
        if hour.astimezone(zone).dst() != later.astimezone(zone).dst()
    ]
    spans = (f"{begin}-{end}" for (begin, is_summer), (end, _) in pairwise(changed) if is_summer)
    return ",".join((rule.partition(",")[0], *spans))


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
