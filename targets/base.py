"""What targets share: their options, and names that several of them must agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from slocompiler.ir import Slo


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusOptions:
    """What may be chosen of the rules."""

    profile: Literal["standard", "economy"] = "standard"
    """economy derives every ratio from what was recorded: fewer samples read, alerts up to two minutes later."""
    catch_up: bool = True
    """After a gap, import what raw history holds. Off where replicas are deduplicated."""
    late_series: bool = False
    """Count the first errors of series that are born with them."""
    server: str = "2.42"
    """The oldest Prometheus that must load them."""
    severities: Mapping[str, str] = field(default_factory=dict)
    """Another value of the label `severity` for page, ticket or notify."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """On every alert and on `slo:info`."""

    def is_version_3(self) -> bool:
        """Whether every server has what came by Prometheus 3: names in UTF-8, `keep_firing_for`."""
        return int(self.server.partition(".")[0]) >= 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a target is told besides the program; durations in seconds."""

    scrape_interval: int = 30
    evaluation_interval: int = 30
    grafana_url: str | None = None
    docs_url: str | None = None
    prometheus: PrometheusOptions = field(default_factory=PrometheusOptions)


def dashboard_uid(service: str) -> str:
    """The Grafana uid of a service's dashboard: `sloc-` and its name, hashed where that is over 40 characters."""
    from hashlib import sha256  # only long names pay for it

    uid = f"sloc-{service}"
    return uid if len(uid) <= 40 else f"sloc-{sha256(service.encode()).hexdigest()[:32]}"


def dashboard_url(slo: Slo, options: Options) -> str:
    """Where the dashboard of an SLO is; "" where no Grafana is known."""
    service = slo.id.partition("/")[0]
    return f"{options.grafana_url.rstrip('/')}/d/{dashboard_uid(service)}" if options.grafana_url else ""


def documentation_url(slo: Slo, options: Options) -> str:
    """Where the page of an SLO is; "" where no documentation is published."""
    return f"{options.docs_url.rstrip('/')}/{quote(slo.id)}.html" if options.docs_url else ""
