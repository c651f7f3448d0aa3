"""Slices of gauges whose scrapes fail, or that are gone, on Prometheus 2 and 3: a lost scrape is no bad slice."""

from pathlib import Path
from random import Random

import pytest

from slocompiler import ir
from support.shapes import condition, gauge, recorded, simulate, slo

pytestmark = pytest.mark.usefixtures("every_prometheus")
SHAPES: dict[str, ir.Slices] = {
    "max": gauge("max", "<", "5"),
    "min": gauge("min", ">", "0"),
    "avg": gauge("avg", "<", "5"),
    "sum": gauge("sum", "==", "3"),
    "count": gauge("count", "==", "2"),
    "each": gauge("each", "<", "5"),
    "age": gauge("age", "<", "14401"),
}
"""All of them hold while both series are seen."""


def judged(folder: Path, shapes: dict[str, ir.Slices], minutes: int, a: str, b: str) -> dict[str, list[float]]:
    """The verdicts on slices of a minute, of two series that are scraped twice a minute; 1 is bad."""
    given = {f'queue{{job="shop",host="{host}"}}': values for host, values in (("a", a), ("b", b))}
    simulation = simulate(folder, [slo(one, name=name) for name, one in shapes.items()], given, 30)
    found = recorded(simulation, "slo:errors:rate5m", [f"{minute}m" for minute in range(minutes)])
    return {name: [-1 if verdict is None else verdict for verdict in verdicts] for name, verdicts in found.items()}


def test_a_fifth_of_the_scrapes_fails(tmp_path: Path) -> None:
    draw = Random(5)
    fails = [draw.random() < 0.2 for _ in range(240)]
    a, b = (" ".join("stale" if lost else value for lost in fails) for value in "12")
    found = judged(tmp_path, SHAPES, 120, a, b)
    assert all(sum(verdicts) <= 0.01 * len(verdicts) for verdicts in found.values()), found
    assert list(found) == sorted(SHAPES)


@pytest.mark.parametrize(("first", "bad"), [(1, []), (6, [2])])
def test_a_fresh_server_and_twenty_minutes_without_data(tmp_path: Path, first: int, bad: list[int]) -> None:
    """Missing data is bad, but for slices that end before the first scrape; the newest sample is seen for a minute more."""
    values = " ".join(["_"] * first + ["1"] * (40 - first) + ["stale"] + ["_"] * 39 + ["1"] * 40)
    shapes = {"max": SHAPES["max"], "each": SHAPES["each"], "condition": condition("max(queue) < 5")}
    found = judged(tmp_path, shapes, 55, values, "_")
    gone = {name: range(20 if name == "condition" else 21, 40) for name in shapes}
    got = {name: [minute for minute, verdict in enumerate(verdicts) if verdict] for name, verdicts in found.items()}
    assert got == {name: [*bad, *minutes] for name, minutes in gone.items()}
