"""What the rules of an SLO cost the server that evaluates them: series that they record, and samples that they read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from slocompiler import burn, promql
from slocompiler.ir import Service, Slo
from slocompiler.promql import tree
from slocompiler.promql.node import Node
from slocompiler.promql.samples import reads
from slocompiler.targets.prometheus.render import groups_of
from slocompiler.targets.shared import Options

RAW, VALUES = 100, 10
"""How many raw series a selector is assumed to have, and how many values the labels of `per`."""


class Cost(NamedTuple):
    """The series that rules record, and the samples that they read in a minute."""

    series: int
    samples: float


class Reading(NamedTuple):
    """What the rules of an SLO record and read in a minute, for one value of `per`."""

    series: int
    recorded: float
    """The samples of recorded series that they read."""
    raw: tuple[tuple[Node, float], ...]
    """The raw selectors, in the order of the rules, each with the samples that are read of one series."""

    def cost(self, values: int, raw: Callable[[Node], float]) -> Cost:
        """The cost for this number of values of `per`, with the number of raw series that a selector has."""
        return Cost(values * self.series, values * self.recorded + sum(raw(node) * times for node, times in self.raw))


def reading(slo: Slo, service: Service, options: Options) -> Reading:
    """What the rules of one SLO in one deployment read."""
    groups = groups_of(slo, service, options)
    every = {group.name: promql.seconds(group.interval) for group in groups}
    recorded = {rule.name: every[group.name] for group in groups for rule in group.rules if not rule.annotations}
    found = [
        (node, times * burn.MINUTE / every[group.name])
        for group in groups
        for rule in group.rules
        for node, times in reads(tree.read(rule.expr), lambda node: recorded.get(node.name, options.scrape_interval))
    ]
    own = sum(times for node, times in found if node.name in recorded)
    raw = tuple((node, times) for node, times in found if node.name not in recorded)
    return Reading(sum(not rule.annotations for group in groups for rule in group.rules), own, raw)


def cost(slo: Slo, service: Service, options: Options, raw: Callable[[Node], float] = lambda _: RAW) -> Cost:
    """The cost of one SLO in one deployment, with VALUES of `per`; `raw` is the number of raw series of a selector."""
    return reading(slo, service, options).cost(VALUES if slo.per else 1, raw)
