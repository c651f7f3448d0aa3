"""The parts of `sloc init --url` that need no server: targets, bad events of unknown counters, and what templates need."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from slocompiler.cli.sources import reader
from slocompiler.compiler import analyse
from slocompiler.ir import Matcher, Ratio
from slocompiler.library import entries
from slocompiler.live.drafts.counters import _bad
from slocompiler.live.drafts.evidence import _target
from slocompiler.live.drafts.fits import MOST, Fit, fits
from slocompiler.live.drafts.signatures import signatures
from slocompiler.live.drafts.write import drafts, written
from slocompiler.live.questions import Answers, Question, Sample, Table, answered
from slocompiler.project import Project
from slocompiler.source import Source


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


SIGNATURES = {one.template: one for one in signatures(entries(), reader(Path()))}


def fit(template: str, job: str = "api", **keys: str) -> Fit:
    """A template that a job fits in all of its SLOs."""
    signature = SIGNATURES[template]
    given = {key: job if key == "job" else keys[key] for key in signature.keys}
    return Fit(signature=signature, job=job, keys=tuple(given.items()), needs=signature.needs, bounds={}, among=1)


def test_the_first_services_of_a_proxy_are_drafted() -> None:
    def answer(asked: Sequence[Question]) -> Answers:
        """Twelve services, one without a name; the bucket at the bound is missing."""
        return Answers({one: {"resultType": "vector", "result": rows(one)} for one in asked})

    def rows(asked: Question) -> list[dict[str, object]]:
        assert isinstance(asked, Table)
        metrics = (
            [{"le": le} for le in ("0.1", "0.0004", "1.2", "+Inf")]
            if asked.labels == ("le",)
            else [{"service": service, "code": "200"} for service in ["", *(f"s{n:02}" for n in range(11))]]
        )
        return [{"metric": metric, "value": [0, "1"]} for metric in metrics]

    metrics = frozenset(metric for need in SIGNATURES["traefik"].needs for metric in need.metrics)
    found = answered(fits("proxy", metrics, [SIGNATURES["traefik"]], 0), answer)
    assert [dict(one.keys)["name"] for one in found] == [f"s{n:02}" for n in range(MOST)]
    assert {one.among for one in found} == {11}
    assert [dict(one.bounds) for one in found] == [{"within": "1200ms"}] * MOST


def test_templates_with_the_same_slos_make_services_of_their_own() -> None:
    kafka = {"group": "warehouse", "topic": "orders"}
    found = drafts(
        [
            *(fit("grpc"), fit("promhttp"), fit("spring", "shop"), fit("postgres-replica", "shop")),
            *(fit("kafka-exporter", "a", **kafka), fit("kafka-lag-exporter", "b", **kafka)),
        ],
        [],
    )
    assert [(one.name, [each.signature.template for each in one.fits]) for one in found] == [
        ("api", ["grpc"]),
        ("api-promhttp", ["promhttp"]),
        ("shop", ["spring", "postgres-replica"]),
        ("warehouse-orders", ["kafka-exporter"]),
        ("warehouse-orders-kafka-lag-exporter", ["kafka-lag-exporter"]),
    ]


def test_the_same_values_of_several_jobs_are_one_service() -> None:
    """Each sidecar of a mesh can be a job of its own."""
    cart = {"namespace": "shop", "name": "cart"}
    (found,) = drafts([fit("istio", "web", **cart), fit("istio", "cart", **cart)], [])
    assert (found.name, len(found.fits)) == ("shop-cart", 1)


@pytest.mark.parametrize("value", ['a"b', "${x}", "a\\b", "\n# x", "}", "é ✓", "///"])
def test_any_value_is_written_so_that_it_compiles(value: str) -> None:
    (found,) = drafts([fit("traefik", value, name=value)], [])
    text = written(found, {}, f"from {value}")
    program, problems = analyse([Source("a.slo", text)], Project(), reader(Path()))
    assert program, [one.message for one in problems]
    indicator = program.services[0].slos[0].indicator
    assert isinstance(indicator, Ratio)
    assert indicator.total[0].all == (Matcher("job", "=", value), Matcher("service", "=", value))


def test_every_template_that_knows_its_metrics_has_a_signature() -> None:
    assert {one.entry for one in SIGNATURES.values()} == {one.name for one in entries()} - {"http"}
    traefik = SIGNATURES["traefik"]
    assert traefik.keys == ("job", "name")
    availability, latency = traefik.needs
    assert availability.keys == {"job": "job", "name": "service"}
    assert (latency.target, latency.bound, latency.limit, latency.unit) == ("quick", "within", Decimal("0.3"), "s")
    assert latency.metrics == ("traefik_service_request_duration_seconds_bucket",)
