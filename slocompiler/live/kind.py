"""Which program answers, by its endpoint `status/buildinfo`."""

from __future__ import annotations

from typing import Any

from slocompiler.live.questions import Endpoint

BUILDINFO = Endpoint(path="status/buildinfo")


def kind(buildinfo: Any) -> str:
    """`Prometheus`, `Thanos`, `Mimir` or `VictoriaMetrics`; Prometheus if the answer says nothing else.

    Mimir names itself. Versions of Thanos begin with 0. VictoriaMetrics always claims to be Prometheus 2.24.0, and says
    nothing of how it was built.
    """
    found = buildinfo if isinstance(buildinfo, dict) else {}
    if "Mimir" in str(found.get("application", "")):
        return "Mimir"
    if str(found.get("version", "")).startswith("0."):
        return "Thanos"
    return "VictoriaMetrics" if found.keys() == {"version"} else "Prometheus"
