"""Time zones and periods as options: `Europe/Berlin` and `2026-Q3`."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from slocompiler.cli import declared
from slocompiler.cli.messages import fail
from slocompiler.live import period
from slocompiler.live.period import Period


class ZoneType(click.ParamType[ZoneInfo]):
    """A time zone of this machine."""

    name = "zone"

    def convert(self, value: object, parameter: click.Parameter | None, context: click.Context | None) -> ZoneInfo:
        """The zone."""
        try:
            return ZoneInfo(str(value))
        except (KeyError, ValueError, OSError):
            self.fail(
                f"`{value}`: there is no such time zone here, such as Europe/Berlin. A machine without any needs the"
                " package tzdata",
                parameter,
                context,
            )


timezone_option = declared.option(
    "--timezone", type=ZoneType, default="UTC", metavar="ZONE", help="The zone of its days; UTC."
)


def begun(name: str, zone: ZoneInfo, latest: int) -> Period:
    """The period of that name. The command fails if it is none, or if it begins after the `latest` data."""
    try:
        found = period.period(name, zone, latest)
    except ValueError:
        fail(f"--period `{name}`: {period.FORM}")
    if found.since >= latest:
        fail(f"--period `{name}`: it has not begun")
    return found
