"""The standard alerts: whether one of them is about a job that is down depends on who else counts on the job."""

import pytest

from slocompiler import standard
from slocompiler.compiler import analyse
from slocompiler.ir import Down
from slocompiler.source import Source

COUNTS = 'events requests_total{job="shop"} bad {code="500"}'


def watched(body: str, *others: str, target: str = "99%") -> tuple[int, ...]:
    """After how many seconds a page opens if the jobs of an SLO are down, beside other services with an SLO each."""
    texts = [
        f'service s{number} {{ owner "x" slo a {target} over 30d {{ {text} }} }}'
        for number, text in enumerate((body, *others))
    ]
    program, problems = analyse([Source(f"{number}.slo", text) for number, text in enumerate(texts)])
    assert program is not None, problems
    assert all(line == standard.DOWN for line in program.slos[0].alerts if isinstance(line, Down))
    return tuple(line.lasting for line in program.slos[0].alerts if isinstance(line, Down))


@pytest.mark.parametrize(
    "body",
    [
        COUNTS,
        'events latency_seconds{job="shop"} good below 1s',
        'events requests_total{job="shop"} + carts_total{job="cart"} bad errors_total{}',
    ],
    ids=["counter", "histogram", "two jobs"],
)
def test_a_job_that_one_service_counts_on(body: str) -> None:
    assert watched(body) == (300,)


@pytest.mark.parametrize(
    "body",
    [
        'events requests_total{} bad {code="500"}',
        'events requests_total{job=~"shop|cart"} bad {code="500"}',
        'events requests_total{job="shop"} + carts_total{} bad errors_total{}',
        'slices 1m good when max(queue{job="shop"}) < 5',
        f"slices 1m with 99% good {COUNTS}",
        "events `sum(rate(x[$window]))` bad `sum(rate(y[$window]))`",
        f"{COUNTS} alerts {{ ticket when budget below 0% }}",
    ],
)
def test_no_job_an_exporters_or_alerts_of_its_own(body: str) -> None:
    assert watched(body) == ()


def test_targets_of_half_and_less_page_nobody() -> None:
    assert watched(COUNTS, target="50%") == ()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ('events ingress_total{job="shop"} bad {code="500"} alerts none', ()),
        ('events ingress_total{job="ingress"} bad {code="500"}', (300,)),
        ('events ingress_total{job="ingress"} bad errors_total{job="shop"}', ()),
        ('slices 1m good when max(queue{job="shop"}) < 5', (300,)),
        ('events ingress_total{job=~"shop"} bad {code="500"}', (300,)),
    ],
)
def test_a_job_that_others_count_on_too(other: str, expected: tuple[int, ...]) -> None:
    assert watched(COUNTS, other) == expected
