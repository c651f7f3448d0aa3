"""What the rules record of time slices, as words: `g` is a good slice, `b` a bad one, `-` one that does not count."""

from pathlib import Path

from slocompiler import ir
from support.shapes import Missing, recorded, simulate, slo

EVENTS, ERRORS = "slo:events:rate5m", "slo:errors:rate5m"
MISSING: tuple[Missing, ...] = ("bad", "good", "ignored")


def series(metric: str = "queue", **values: str) -> dict[str, str]:
    """Gauges of the shop's by instance, a value a minute."""
    return {f'{metric}{{job="shop",instance="{name}"}}': text for name, text in values.items()}


def judged(folder: Path, slices: dict[str, ir.Slices], given: dict[str, str], count: int) -> dict[str, str]:
    """What is recorded of the first slices, which take a minute each, as such words; `?` is something else."""
    simulation = simulate(folder, [slo(one, name=name) for name, one in slices.items()], given)
    at = [f"{minute}m" for minute in range(count)]
    events, errors = (recorded(simulation, name, at) for name in (EVENTS, ERRORS))
    none: list[float | None] = [None] * count
    letters = {(1, 0): "g", (1, 1): "b", (None, None): "-"}
    pairs = {name: zip(events.get(name, none), errors.get(name, none), strict=True) for name in slices}
    return {name: "".join(letters.get(pair, "?") for pair in found) for name, found in pairs.items()}


def said(word: str, missing: Missing) -> str:
    """The word with the verdict on slices without data."""
    return word.replace("-", {"bad": "b", "good": "g", "ignored": "-"}[missing])
