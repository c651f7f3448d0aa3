"""Programs made at random, each from its seed: correct ones, of every shape, with numbers and labels of all sizes.

A program that the compiler refuses is made anew, so what is returned always builds. The same seed gives the same program
as long as the compiler accepts the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from random import Random

from slocompiler.compiler import analyse
from slocompiler.ir import Program
from slocompiler.source import Source

LABELS = ("job", "code", "path", "region", "method", "status", "le2")
VALUES = (
    "api",
    "200",
    "500",
    "503",
    "eu",
    "GET",
    "/healthz",
    "a b",
    "50%",
    "x$y",
    'a\\"b',
    "é",
    "{{ x }}",
    "\\u000d",
    "a\\nb",
)
PATTERNS = ("5..", "2..|3..", "4[0-9][0-9]", "(a|b)c?", "GET|POST", "/api/.+", "[a-z]+", "x{2,3}", "(?i)error", ".+")
TARGETS = ("50%", "75%", "90%", "95%", "99%", "99.5%", "99.9%", "99.95%", "99.99%", "99.999%")
WINDOWS = ("1d", "7d", "1w2d3h", "14d", "28d", "30d", "90d")
BOUNDS = ("50ms", "0.3s", "300ms", "1s", "2.5s", "10s")


def programs(first: int, number: int) -> Iterator[tuple[int, str, Program]]:
    """Seeds, texts and compiled programs, from the seed `first` on."""
    for seed in range(first, first + number):
        yield (seed, *program(seed))


def program(seed: int) -> tuple[str, Program]:
    """A program of one service with up to three SLOs."""
    random = Random(seed)
    for _ in count():
        text = _service(random)
        found, problems = analyse([Source("a.slo", text)])
        if found is not None and not any(problem.is_error for problem in problems):
            return text, found
    raise AssertionError


def _service(random: Random) -> str:
    slos = [_slo(random, f"s{number}") for number in range(random.choice((1, 1, 2, 3)))]
    runbook = 'runbook "https://runbooks.example.org/a"' if random.random() < 0.5 else ""
    return f'service a {{\n  owner "team" {runbook}\n{"".join(slos)}}}\n'


def _slo(random: Random, name: str) -> str:
    shape = random.choice(SHAPES)
    target = f"{random.choice(TARGETS)} over {random.choice(WINDOWS)}"
    exclusions = [] if shape in WITHOUT_EVENTS else _exclusions(random)
    lines = [shape(random), *exclusions, _alerts(random), _policy(random)]
    return f"  slo {name} {target} {{\n" + "".join(f"    {line}\n" for line in lines if line) + "  }\n"


# Filters


def _matcher(random: Random, label: str) -> str:
    if random.random() < 0.3:
        pattern = random.choice(PATTERNS)
        return f'{label}{random.choice(("=~", "!~"))}"{pattern}"'
    return f'{label}{random.choice(("=", "=", "=", "!="))}"{random.choice(VALUES)}"'


def _filter(random: Random, least: int = 1, most: int = 2) -> str:
    chosen = random.sample(LABELS, random.randint(least, most))
    return "{" + ", ".join(_matcher(random, label) for label in chosen) + "}"


def _filters(random: Random) -> str:
    return " or ".join(_filter(random) for _ in range(random.choice((1, 1, 1, 2, 3))))


def _stream(random: Random, metric: str) -> str:
    return f"{metric}{_filter(random, 0, 2)}"


def _exclusions(random: Random) -> list[str]:
    return [f'exclude {_filters(random)} "It hurts nobody."' for _ in range(random.choice((0, 0, 0, 1, 2)))]


def _per(random: Random) -> str:
    if random.random() > 0.25:
        return ""
    labels = random.sample(LABELS[2:5], random.choice((1, 1, 2)))
    override = f'\n    target {{{labels[0]}="{random.choice(VALUES[:6])}"}} 90%' if random.random() < 0.4 else ""
    return f"\n    per {', '.join(labels)}{override}"


# Shapes


def _one_counter(random: Random) -> str:
    side = random.choice(("bad", "good"))
    return f"events {_stream(random, 'requests_total')}\n    {side} {_filters(random)}{_per(random)}"


def _two_counters(random: Random) -> str:
    side = random.choice(("bad", "good"))
    metrics = " + ".join(
        _stream(random, name) for name in random.sample(("fail_total", "late_total"), random.randint(1, 2))
    )
    return f"events {_stream(random, 'requests_total')}\n    {side} {metrics}{_per(random)}"


def _several_counters(random: Random) -> str:
    total = " + ".join(_stream(random, f"{name}_total") for name in random.sample(("a", "b", "c"), 2))
    return f"events {total}\n    bad {_filters(random)}"


def _below(random: Random) -> str:
    filters = _filters(random) if random.random() < 0.4 else ""
    way = random.choice(("below", "below", "above"))
    return f"events {_stream(random, 'took_seconds')}\n    good {filters} {way} {random.choice(BOUNDS)}{_per(random)}"


def _bounds(random: Random) -> str:
    way = random.choice(("below", "above"))
    return f'events {_stream(random, "took_seconds")}\n    good {{code=~"2.."}} {way} 0.5s or {{code!~"2.."}} {way} 2s{_per(random)}'


def _raw(random: Random) -> str:
    del random
    return "events `sum(rate(x_total[$window]))`\n    bad `sum(rate(y_total[$window])) or vector(0)`"


def _slices(random: Random) -> str:
    often = random.choice(("", "", " with 80% good"))
    return f"slices {random.choice(('1m', '5m'))}{often}\n    good when max(lag_seconds{_filter(random)}) < {random.choice(BOUNDS)}"


def _raw_condition(random: Random) -> str:
    per = random.choice(("", "\n    per env"))
    by = " by (env)" if per else ""
    return f"slices 1m\n    good when `max{by} (queue) < {random.randint(1, 9)}` of `max{by} (queue)`{per}"


def _part(random: Random) -> str:
    return f"slices 1m{random.choice(('', ' each'))}\n    {random.choice(('good', 'bad'))} share(ready_ratio{_filter(random)})"


def _conditions(random: Random) -> str:
    share = random.choice(("10%", "0.5", "2"))
    first = f"min(free_bytes{_filter(random)} / size_bytes{_filter(random)}) > {share}"
    return f"slices 1m\n    good when {first}{random.choice(('', f' and max(lag_seconds{_filter(random)}) < 5s'))}"


def _ratio_slices(random: Random) -> str:
    share = random.choice(("90%", "99%"))
    return f"slices 1m with {share} good\n    events {_stream(random, 'requests_total')}\n    bad {_filters(random)}"


SHAPES: Sequence[Callable[[Random], str]] = (
    *(_one_counter, _one_counter, _one_counter, _two_counters, _several_counters, _below, _below, _bounds),
    *(_raw, _slices, _conditions, _raw_condition, _part, _ratio_slices),
)
WITHOUT_EVENTS = (_raw, _slices, _conditions, _raw_condition, _part)


# Alerts


def _share(random: Random) -> str:
    return random.choice(
        (str(random.randint(1, 90)), f"{random.uniform(0.5, 99):.4f}", f"{random.uniform(0.5, 20):.1f}")
    )


def _line(random: Random) -> str:
    severity = random.choice(("page", "ticket", "notify"))
    needs = random.choice(
        (
            "",
            "",
            "",
            " needs 5 bad events",
            " needs 100 bad events",
            " needs 1000 bad events",
            " needs 50000 bad events",
            " needs 50 events",
            " needs 20 bad events and 400 events",
        )
    )
    kind = random.random()
    if kind < 0.5:
        window = random.choice(("30m", "1h", "2h", "6h", "1d", "3d", "7d"))
        return f"{severity} at {_share(random)}% of budget in {window}{needs}"
    if kind < 0.7:
        return f"{severity} when exhausted within {random.choice(('4h', '1d', '3d', '7d'))}{needs}"
    if kind < 0.9:
        below = random.choice((str(random.randint(0, 99)), f"{random.uniform(1, 99):.2f}"))
        return f"{severity} when budget below {below}%"
    return f"{severity} when no data for {random.choice(('5m', '10m', '1h'))}"


def _alerts(random: Random) -> str:
    if random.random() < 0.3:
        return ""
    lines = [_line(random) for _ in range(random.randint(1, 4))]
    return "alerts {\n" + "".join(f"      {line}\n" for line in lines) + "    }"


def _policy(random: Random) -> str:
    if random.random() > 0.2:
        return ""
    return 'policy { below 50% "Look at it." notify  below 10% "Stop the features." }'
