"""How many events a line needs, in `sloc explain` and in the documentation."""

from __future__ import annotations

import pytest

from slocompiler.explain.slo import meaning
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import compile_text

EVENTS = 'events requests_total{job="shop"} bad {code=~"5.."}'
SLICES = EVENTS + " slices 5m with 90% good"


TEXTS = {
    "10 bad events": ("10 bad events", "at least 10 requests are bad"),
    "10 bad events and 1000 events": (
        "10 bad events and 1,000 events",
        "at least 10 of at least 1,000 requests are bad",
    ),
    "1 bad events and 20 events": ("1 bad event and 20 events", "there are at least 20 requests"),
    "2 bad events and 9 events": (
        "2 bad slices with 5 bad events, and 9 slices",
        "at least 2 of at least 9 slices of 5 minutes are bad",
    ),
}
"""What `sloc explain` and the documentation say of it; the last one of slices."""


@pytest.mark.parametrize("needs", TEXTS)
def test_are_what_the_line_says(needs: str) -> None:
    explained, documented = TEXTS[needs]
    events = SLICES if "slices" in explained else EVENTS
    line = f"page at 2% of budget in 1h needs {needs}"
    program = compile_text(f'service shop {{ owner "a" slo x 99% over 30d {{ {events} alerts {{ {line} }} }} }}')
    (service,) = program.services
    (slo,) = service.slos
    text = "\n".join(meaning(slo, service, [], Options()))
    assert f"  {line}\n" in text
    assert f"    needs at least {explained}\n" in text
    page = render(program, "docs", Options())["markdown/shop/x.md"]
    assert f", and {documented}. That is a burn rate" in page
    assert f"{line}` |" in page
