"""Sloth's catalogs of alert windows, the documents `AlertWindows`, as alert lines."""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler.importers.document import Field
from slocompiler.importers.promise import length
from slocompiler.promql import duration, number

STANDARD = (
    "page at 2% of budget in 1h needs 1 bad events",
    "page at 5% of budget in 6h needs 1 bad events",
    "ticket at 10% of budget in 1d",
    "ticket at 15% of budget in 3d",
)
"""The alert lines of Sloth without a catalog. Its last one, 10% in 3d of 30d, would fire on a service that keeps its target."""
_LINES = (("page", "quick"), ("page", "slow"), ("ticket", "quick"), ("ticket", "slow"))


def is_catalog(document: Field) -> bool:
    """Whether a document is a catalog of windows."""
    return (document.get("apiVersion").text, document.get("kind").text) == ("sloth.slok.dev/v1", "AlertWindows")


def kept(documents: Sequence[Field], window: int) -> tuple[str, ...]:
    """Sloth's alert lines for SLOs with a window in seconds: those of the catalog for this window, if there is one.

    A line of burn rate 1 or less is left out, and so are short windows: that of a line is always a twelfth of the long one.
    """
    catalog = next((one for one in documents if length(one.get("spec", "sloPeriod")) == window), None)
    if catalog is None:
        return STANDARD
    for name in ("apiVersion", "kind"):
        catalog.get(name).use()
    catalog.get("spec", "sloPeriod").use()
    lines = [_line(catalog.get("spec", severity, speed), severity, window) for severity, speed in _LINES]
    return tuple(filter(None, lines))


def _line(field: Field, severity: str, window: int) -> str:
    """An alert line; "" if it can be none, and is lost."""
    share, long, short = field.get("errorBudgetPercent"), field.get("longWindow"), field.get("shortWindow")
    percent, over = share.decimal() or 0, length(long)
    field.lose("W634")
    if not 0 < percent < 100 or not over or percent * window <= 100 * over:
        return ""
    for part in (share, long, short if length(short) * 12 == over else Field("missing", "", field.span)):
        part.use()
    needs = " needs 1 bad events" if severity == "page" else ""
    return f"{severity} at {number(percent)}% of budget in {duration(over)}{needs}"
