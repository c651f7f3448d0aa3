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


def cost(
    slo: Slo, service: Service, options: Options, raw: Callable[[Node], float] = lambda _: RAW, of_per: int = VALUES
) -> Cost:
    """The cost of one SLO in one deployment; `raw` is the number of raw series of a selector, `of_per` of values of `per`."""
    groups = groups_of(slo, service, options)
    every = {group.name: promql.seconds(group.interval) for group in groups}
    recorded = {rule.name: every[group.name] for group in groups for rule in group.rules if not rule.annotations}
    values = of_per if slo.per else 1
    samples = 0.0
    for group in groups:
        for rule in group.rules:
            found = reads(tree.read(rule.expr), lambda node: recorded.get(node.name, options.scrape_interval))
            one = sum((values if node.name in recorded else raw(node)) * times for node, times in found)
            samples += one * burn.MINUTE / every[group.name]
    return Cost(values * sum(not rule.annotations for group in groups for rule in group.rules), samples)
