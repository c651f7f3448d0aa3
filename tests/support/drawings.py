"""Where texts of a drawing stand, by the room that they take at most."""

from __future__ import annotations

import re
from html import unescape
from itertools import combinations

from slocompiler.targets.docs.charts.scale import Box, width

SIZE = 13.0
_TEXT = re.compile(r'<text x="([-\d.]+)" y="([-\d.]+)"(?: class="([^"]*)")?(?: text-anchor="(\w+)")?>([^<]*)</text>')


def texts(svg: str) -> list[tuple[str, Box]]:
    """Every text with its box: from its base up by its size, and a little down."""
    found = []
    for x, y, _, anchor, said in _TEXT.findall(svg):
        room = width(unescape(said), SIZE)
        left = float(x) - {"": 0.0, "middle": room / 2, "end": room}[anchor]
        found.append((unescape(said), (left, float(y) - SIZE + 2, left + room, float(y) + 3)))
    assert len(found) == svg.count("<text"), "each is seen"
    return found


def faults(svg: str) -> list[str]:
    """Texts that stand on each other, or out of their drawing."""
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert view
    all_of = texts(svg)
    found = [
        f"{said!r} stands out"
        for said, (left, top, right, bottom) in all_of
        if left < -1 or top < -1 or right > float(view[1]) + 1 or bottom > float(view[2]) + 1
    ]
    for (one, a), (two, b) in combinations(all_of, 2):
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
            found.append(f"{one!r} stands on {two!r}")
    return found
