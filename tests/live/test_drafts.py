"""The parts of `sloc init --url` that need no server: targets, bad events of unknown counters, and what templates need."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from slocompiler.cli.sources import reader
from slocompiler.ir import Matcher
from slocompiler.library import entries
from slocompiler.live.drafts.counters import _bad
from slocompiler.live.drafts.evidence import _target
from slocompiler.live.drafts.signatures import signatures
from slocompiler.live.questions import Sample


@pytest.mark.parametrize(
    ("worst", "target"),
    [
        (0.0, "0.999"),  # nothing was bad: that proves nothing about the target
        (0.000001, "0.999"),
        (0.00009, "0.9999"),
        (0.0006, "0.999"),
        (0.0012, "0.998"),
        (0.03, "0.95"),
        (0.2, "0.9"),  # none held: the loosest is written, and that it did not hold
    ],
)
def test_the_tightest_target_that_held_barely(worst: float, target: str) -> None:
    assert _target(Decimal("0.999"), worst)[0] == Decimal(target)


@pytest.mark.parametrize(
    ("labels", "bad"),
    [
        ([{"code": "200"}, {"code": "404"}], Matcher("code", "=~", "5..")),
        ([{"status": "2xx"}], Matcher("status", "=~", "5..")),
        ([{"result": "success"}, {"result": "failed"}], Matcher("result", "=~", "failed")),
        ([{"result": "success"}], None),
        ([{"code": "eu"}, {"outcome": "ERROR"}], Matcher("outcome", "=~", "ERROR")),
        ([{}], None),
    ],
)
def test_bad_events_of_a_counter(labels: list[dict[str, str]], bad: Matcher | None) -> None:
    assert _bad([Sample(own, 1) for own in labels]) == bad


def test_every_template_that_knows_its_metrics_has_a_signature() -> None:
    found = signatures(entries(), reader(Path()))
    assert {one.entry for one in found} == {one.name for one in entries()} - {"http"}
    traefik = next(one for one in found if one.template == "traefik")
    assert traefik.keys == ("job", "name")
    availability, latency = traefik.needs
    assert availability.keys == {"job": "job", "name": "service"}
    assert (latency.target, latency.bound, latency.limit, latency.unit) == ("quick", "within", Decimal("0.3"), "s")
    assert latency.metrics == ("traefik_service_request_duration_seconds_bucket",)
