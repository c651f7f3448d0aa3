"""Made-up traffic: the counters that a scrape sees of it, the truth counted from it, and SLOs over it in promtool."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slocompiler.compiler import render
from slocompiler.ir import Deployment, Label, Matcher
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.compile import compile_text
from support.promtool import Sample, Simulation, seconds

STANDARD = "99.9% over 30d"
EVENTS = 'events requests_total{job="shop"} bad {code="500"}'
GOOD, BAD = 'requests_total{job="shop",code="200"}', 'requests_total{job="shop",code="500"}'
UP = 'up{job="shop"}'
EXPECTED = re.compile(r"(count_over_time\(slo:events:increase5m.*\]\)+ / )([\d.]+)")


@dataclass(frozen=True)
class Phase:
    """Some time of even traffic: requests a minute, and how many of them fail."""

    lasts: str
    requests: int
    errors: int = 0

    @property
    def minutes(self) -> float:
        """How long it lasts."""
        return seconds(self.lasts) / 60


def ratio(phases: Iterable[Phase]) -> float:
    """The truth: failed requests over all requests."""
    phases = list(phases)
    return sum(p.minutes * p.errors for p in phases) / sum(p.minutes * p.requests for p in phases)


def remaining(phases: Iterable[Phase], target: float) -> float:
    """The truth: the share of the error budget that is left."""
    return 1 - ratio(phases) / (1 - target)


def averaged(phases: Iterable[Phase], target: float) -> float:
    """What averaging the ratios of short intervals, instead of dividing sums, makes of it."""
    phases = list(phases)
    mean = sum(p.minutes * p.errors / p.requests for p in phases) / sum(p.minutes for p in phases)
    return 1 - mean / (1 - target)


def counter(*phases: tuple[str, int | None], scrape: int = 30, start: int = 0) -> str:
    """A counter in promtool's notation, from phases of (how long, how many a minute); None is absent.

    Whole numbers only: promtool adds steps up, and an error of rounding would look like a counter that was reset.
    """
    value, parts = start, []
    for number, (lasts, pace) in enumerate(phases):
        count = round(seconds(lasts) / scrape)
        if pace is None:
            parts.append(f"_x{count}")
            continue
        step, part = divmod(pace * scrape, 60)
        assert not part, f"{pace} a minute are no whole number every {scrape} s"
        step = round(step)
        first = value if number == 0 else value + step
        parts.append(f"{first}+{step}x{count if number == 0 else count - 1}")
        value += count * step
    return " ".join(parts)


def counters(phases: Iterable[Phase], scrape: int = 30) -> dict[str, str]:
    """The counters of good and of bad requests, and a target that is up."""
    phases = list(phases)
    good = [(p.lasts, p.requests - p.errors) for p in phases]
    bad = [(p.lasts, p.errors) for p in phases]
    up = f"1x{round(sum(p.minutes for p in phases) * 60 / scrape)}"
    return {GOOD: counter(*good, scrape=scrape), BAD: counter(*bad, scrape=scrape), UP: up}


def service(body: str = EVENTS, objective: str = STANDARD, more: str = "") -> str:
    """The text of a service with one SLO, `shop/answers`."""
    return f"""service shop {{
      owner "shop" stakeholders "everyone" runbook "https://runbooks.example.org"
      slo answers {objective} {{ because "It is a test." {body} }}
      {more}
    }}"""


def simulate(
    folder: Path, text: str, series: Mapping[str, str], scrape: int = 30, evaluate: int | None = None,
    clusters: Sequence[str] = (),
) -> Simulation:  # fmt: skip  # one line for what it takes by position
    """The services of `text` over these series, which have a value every `scrape` seconds.

    Evaluated every `evaluate` seconds, by default at each scrape: then sums of the newest minutes are absolute. There is a
    deployment for each of `clusters`.
    """
    plain = PrometheusOptions(catch_up=False)  # one interval for all groups looks like a gap to it
    deployments = tuple(
        Deployment(name=one, where=(Matcher("cluster", "=", one),), labels=(Label(name="cluster", value=one),))
        for one in clusters
    )
    options = Options(
        scrape_interval=scrape, evaluation_interval=scrape, targets={"prometheus": plain}, deployments=deployments
    )
    paths = []
    for name, made in render(compile_text(text, server="3.0"), "prometheus", options).items():
        paths.append(folder / name)
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_text(at_one_interval(made, evaluate or scrape), encoding="utf-8")
    return Simulation(paths, series, interval=f"{scrape}s", evaluation_interval=f"{evaluate or scrape}s")


Scenes = Mapping[str, tuple[str, Mapping[str, str]]]
"""By name: what an SLO counts of `job="shop"`, and the series of that job."""


def together(
    folder: Path, scenes: Scenes, objective: str = STANDARD, scrape: int = 30, evaluate: int | None = None
) -> Simulation:
    """One simulation of several scenes: each has an SLO without alerts and a job, both called as it is."""
    slos = " ".join(
        f'slo {name} {objective} {{ because "It is a test." alerts none {_of(name, body)} }}'
        for name, (body, _) in scenes.items()
    )
    text = f'service shop {{ owner "shop" stakeholders "everyone" {slos} }}'
    series = {_of(name, key): values for name, (_, found) in scenes.items() for key, values in found.items()}
    return simulate(folder, text, series, scrape, evaluate)


def _of(job: str, text: str) -> str:
    return text.replace('job="shop"', f'job="{job}"')


def at_one_interval(rules: str, seconds: int) -> str:
    """The rules for promtool, which evaluates every group at one interval: more counts than usual cover the window."""
    return EXPECTED.sub(lambda found: f"{found[1]}{float(found[2]) * 300 / seconds:g}", rules)


def only(samples: Iterable[Sample]) -> float:
    """The value of the only sample."""
    ((_, value),) = samples
    return value
