"""Time zones as options: `Europe/Berlin`."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click


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
