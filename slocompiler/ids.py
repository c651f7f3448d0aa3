"""Names of SLOs as people write them: `shop`, `shop/availability`, and patterns such as `*/availability`."""

from __future__ import annotations

from fnmatch import fnmatchcase


def means(name: str, slo_id: str) -> bool:
    """Whether the name of a service, of an SLO or a pattern of SLOs means the SLO with this id; `*` is any text."""
    return name == slo_id.partition("/")[0] or fnmatchcase(slo_id, name)
