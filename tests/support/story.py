"""A month of the examples' services as a story with incidents: what would have been recorded of it, for pictures.

Everything is computed from one share of bad events over time for each SLO, so that all windows agree with each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import accumulate

from slocompiler import burn, promql
from slocompiler.ir import Burn, Exhausted, Program, Service, Slo
from support.even_traffic import shown

NOW = 1_795_185_120
"""2026-11-20 14:32 UTC: pictures are the same whenever they are taken."""
BLOCK = 300
MONTH = 31 * 86_400
RECENT = 9 * 3600
Incident = tuple[float, float, float]
"""How many hours ago it began, how many it lasted, and which share of events was bad."""

STORY: dict[str, tuple[float, tuple[Incident, ...]]] = {
    "checkout/availability": (0.0003, ((530, 1.5, 0.02), (290, 3, 0.01), (120, 1, 0.03), (1.9, 1.9, 0.021))),
    "checkout/payment": (0.0012, ((400, 2, 0.03), (1.9, 1.9, 0.04))),
    "checkout/latency": (0.004, ((600, 8, 0.03), (200, 5, 0.05))),
    "checkout/search": (0.03, ((100, 10, 0.2),)),
    "cart/add-availability": (0.0006, ((350, 4, 0.02), (94, 1, 0.02), (88, 1, 0.03))),
    "cart/pay-availability": (0.0001, ((90, 1, 0.02),)),
    "payments/authorised": (0.0001, ((260, 2, 0.012), (98, 1.5, 0.02))),
    "payments/paid-out": (0.003, ((500, 12, 0.1),)),
    "apiserver/availability": (0.0002, ((44, 1, 0.05),)),
    "prometheus/queries": (0.02, ((300, 20, 0.2),)),
    "consumer/lag": (0.0005, ((140, 2, 1), (45, 0.6, 1))),
    "site/reachable": (0.0001, ((500, 0.5, 1),)),
}
"""The share that is always bad, and incidents; others are well."""
YOUNG = {"llm/first-token": 2.5}
"""The days since the data of an SLO began."""


class Figures:
    """One SLO's month: events and bad events in blocks of five minutes, summed from the beginning on."""

    def __init__(self, slo: Slo) -> None:
        self.slo = slo
        usual, incidents = STORY.get(slo.id, (float(1 - slo.target) * 0.12, ()))
        self.begin = NOW - MONTH - slo.window
        times = range(self.begin, NOW + BLOCK, BLOCK)
        paces = [20 * (1.15 + math.sin((at % 86_400 - 32_400) / 13_750)) for at in times]
        shares = [self._share(at, usual, incidents) for at in times]
        self.born = NOW - YOUNG[slo.id] * 86_400 if slo.id in YOUNG else self.begin
        self.events = [0.0, *accumulate(pace * BLOCK for pace in paces)]
        self.bad = [0.0, *accumulate(pace * share * BLOCK for pace, share in zip(paces, shares, strict=True))]

    def _share(self, at: float, usual: float, incidents: tuple[Incident, ...]) -> float:
        for ago, lasted, share in incidents:
            if 0 <= at - (NOW - ago * 3600) < lasted * 3600:
                return share * (0.9 + 0.1 * math.sin(at / 700))
        return usual * (1 + 0.4 * math.sin(at / 5000))

    def ratio(self, at: float, window: float) -> float:
        """The share of bad events over a window."""
        begin = max(at - window, self.born)
        events = self._sum(self.events, at) - self._sum(self.events, begin)
        return (self._sum(self.bad, at) - self._sum(self.bad, begin)) / max(events, 1e-9)

    def rates(self, at: float) -> tuple[float, float]:
        """Events and bad events a second."""
        counts = (self._sum(kind, at) - self._sum(kind, at - BLOCK) for kind in (self.events, self.bad))
        events, bad = (count / BLOCK for count in counts)
        return events, bad

    def _sum(self, sums: list[float], at: float) -> float:
        block, part = divmod(max(at - self.begin, 0), BLOCK)
        low = sums[min(int(block), len(sums) - 1)]
        return low + (sums[min(int(block) + 1, len(sums) - 1)] - low) * part / BLOCK

    def lines(self, service: Service) -> Iterator[str]:
        """All that would have been recorded of it."""
        slo = self.slo
        b = float(1 - slo.target)
        identity = {"slo": slo.id, "service": service.name} | dict.fromkeys(slo.per, "/search")
        coarse = range(
            max(NOW - slo.window, int(self.born)) if slo.window < MONTH else NOW - MONTH, NOW - RECENT, BLOCK
        )
        for at in (*coarse, *range(NOW - RECENT, NOW + 60, 60)):
            age = min(1, (at - self.born) / slo.window)
            yield sample("slo:budget_left:ratio", identity, 1 - self.ratio(at, slo.window) / b * age, at)
            yield sample("slo:coverage:ratio", identity, age, at)
        about = {
            "title": slo.title,
            "owner": service.owner,
            "window": promql.duration(slo.window),
            "draft": str(slo.draft).lower(),
        }
        windows = {300, 3600, *(burn.long_window(a) for a in slo.alerts if isinstance(a, Burn | Exhausted))}
        for at in range(NOW - RECENT, NOW + 60, 60):
            events, bad = self.rates(at)
            age = min(slo.window, at - self.born)
            yield sample("slo:age:seconds", identity, age, at)
            yield sample("slo:age:ratio", identity, age / slo.window, at)
            yield sample("slo:events:rate5m", identity, events, at)
            yield sample("slo:errors:rate5m", identity, bad, at)
            yield sample("slo:error_ratio:period", identity, self.ratio(at, slo.window), at)
            yield sample("slo:burn_rate:ratio", identity, self.ratio(at, 3600) / b, at)
            yield sample("slo:target:ratio", identity, float(slo.target), at)
            for window in sorted(windows):
                yield sample(f"slo:error_ratio:rate{promql.duration(window)}", identity, self.ratio(at, window), at)
            alone = {"slo": slo.id, "service": service.name}
            yield sample("slo:info", alone | about, 1, at)

    def alerts(self, service: Service) -> Iterator[str]:
        """When its lines of fixed height fired."""
        b = float(1 - self.slo.target)
        for severity in ("page", "ticket"):
            lines = [a for a in self.slo.alerts if isinstance(a, Burn) and a.severity == severity]
            heights = [(float(burn.line_factor(a, self.slo.target, self.slo.window)), a.window) for a in lines]
            labels = {"alertname": "SLOBurn", "alertstate": "firing", "severity": severity, "owner": service.owner}
            for at in (*range(NOW - 30 * 86_400, NOW - RECENT, BLOCK), *range(NOW - RECENT, NOW + 60, 60)):
                if any(min(self.ratio(at, w), self.ratio(at, w / 12)) / b > height for height, w in heights):
                    yield sample("ALERTS", labels | {"slo": self.slo.id, "service": service.name}, 1, at)


def sample(name: str, labels: dict[str, str], value: float, at: float) -> str:
    return f"{name}{shown(labels)} {value:.9g} {at:.0f}"


def raw(checkout: Figures) -> Iterator[str]:
    """The counters and the histogram of the checkout, whose payment provider does not answer one of its pods."""
    codes = {"200": 0.0, "500": 0.15, "503": 0.85}
    pods, paths = {"checkout-1": 0.1, "checkout-2": 0.1, "checkout-3": 0.8}, {"/pay": 0.7, "/cart": 0.2, "/search": 0.1}
    bounds = {"0.05": 0.35, "0.1": 0.6, "0.3": 0.92, "1": 0.985, "3": 0.997, "+Inf": 1.0}
    for at in range(NOW - RECENT, NOW + 60, 30):
        events, bad = checkout._sum(checkout.events, at), checkout._sum(checkout.bad, at)
        for code, share in codes.items():
            for pod, of_pod in pods.items():
                for path, of_path in paths.items():
                    good = (events - bad) / 9 if code == "200" else 0
                    labels = {"job": "checkout", "code": code, "instance": pod, "path": path, "method": "POST"}
                    yield sample("http_requests_total", labels, good + bad * share * of_pod * of_path, at)
        for route, slower in (("/search", 1.0), ("/pay", 0.7)):
            for le, share in bounds.items():
                labels = {"job": "checkout", "code": "200", "route": route}
                below = share if le == "+Inf" else share * (1 - 0.03 * slower)
                yield sample("http_request_duration_seconds_bucket", labels | {"le": le}, events * below / 2, at)
            yield sample("http_request_duration_seconds_count", labels, events / 2, at)


def openmetrics(program: Program) -> str:
    """Everything, by name and labels, as backfilling wants it."""
    lines: list[str] = []
    for service in program.services:
        for slo in service.slos:
            figures = Figures(slo)
            lines += [*figures.lines(service), *figures.alerts(service)]
            if slo.id == "checkout/availability":
                lines += raw(figures)
    return "\n".join([*lines, "# EOF\n"])
