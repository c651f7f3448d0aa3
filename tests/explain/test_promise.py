"""Promises: one sentence that people who are no engineers can sign, for every kind of SLO."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from slocompiler.explain.nouns import single
from slocompiler.explain.phrases import Code, plain
from slocompiler.explain.promise import promise
from slocompiler.explain.words import bound
from support.compile import EXAMPLES, ROOT, compile_files, compile_text

EVENTS = 'events requests_total{job="shop"} '
KEPT = "999 of 1,000 requests are answered "
TOOK = "events request_duration_seconds{} "
SENTENCES = {
    # filters
    'bad {code=~"5.."}': KEPT + "without a server error, over any 30 days.",
    'good {code!~"5.."}': KEPT + "without a server error, over any 30 days.",
    'bad {code=~"5..|429"}': KEPT + "without a server error or code 429, over any 30 days.",
    'bad {code="429"} or {code=~"5.."}': KEPT + "without a server error or code 429, over any 30 days.",
    'bad {code="409", reason="timeout"} or {code=~"5.."}': KEPT
    + "without a server error or code 409 with a timeout, over any 30 days.",
    'bad {code=~"5..", path!=""}': KEPT + "without a server error with a path, over any 30 days.",
    'bad {code=~"5..", path!="/old"}': KEPT + "without a server error without path /old, over any 30 days.",
    'bad {code!~"2.."}': KEPT + "with code 2xx, over any 30 days.",
    'bad {code!="200", code!="204"}': KEPT + "with code 200 or code 204, over any 30 days.",
    'bad {code!~"2.."} or {reason="lost"}': KEPT + "with code 2xx and without reason lost, over any 30 days.",
    'bad {outcome="SERVER_ERROR"}': KEPT + "without a server error, over any 30 days.",
    'bad {code_class="5"}': KEPT + "without a server error, over any 30 days.",
    'bad {rcode="SERVFAIL"}': KEPT + "without rcode SERVFAIL, over any 30 days.",
    'bad {path=~"/a.+"}': KEPT + "without path matching /a.+, over any 30 days.",
    'bad {error!=""}': KEPT + "without an error, over any 30 days.",
    'bad {answer=""}': KEPT + "with an answer, over any 30 days.",
    'bad {code=~"1|2|3|4|5|6|7|8|9"}': KEPT + "without one of 9 values of code, over any 30 days.",
    'good {code=~"2..", result!="empty"}': KEPT + "with code 2xx and without result empty, over any 30 days.",
    'good {code=~"2.."} or {cached="yes"}': KEPT + "with cached yes or with code 2xx, over any 30 days.",
    # exclusions
    'exclude {path="/health"} "Probes." bad {code=~"5.."}': KEPT
    + "without a server error, over any 30 days, not counting path /health.",
    'exclude {verb=~"WATCH|CONNECT"} or {path="/x", zone="eu"} "No user." exclude when `down > 0` "Announced." bad {code=~"5.."}': KEPT
    + "without a server error, over any 30 days, not counting verb WATCH or CONNECT, path /x with zone eu and excluded times.",
    'exclude {a="1"} or {b="2"} or {c="3"} or {d="4"} or {e="5"} "No user." bad {code=~"5.."}': KEPT
    + "without a server error, over any 30 days, not counting 5 exclusions.",
    'maintenance "M" every day 02:00 for 1h because "Announced." bad {code=~"5.."}': KEPT
    + "without a server error, over any 30 days, not counting planned maintenance.",
    'except 2026-10-01T03:00Z to 2026-10-01T04:30Z because "Agreed." bad {code=~"5.."}': KEPT
    + "without a server error, over any 30 days, not counting 1 excepted incident.",
    # values
    'bad {code=~"5.."} per route': "For each route, " + KEPT + "without a server error, over any 30 days.",
    'bad {code=~"5.."} per route, zone target {route="/"} 95%': "For each combination of route and zone, "
    + KEPT
    + "without a server error (95 of 100 where route is /), over any 30 days.",
    # slices of events
    'bad {code=~"5.."} slices 1m with 95% good': "At least 95% of requests are answered without a server error "
    "in 999 of 1,000 minutes, over any 30 days.",
}
WHOLE = {
    TOOK + "good below 300ms": KEPT + "within 300 ms, over any 30 days.",
    TOOK + 'good {code!~"5.."} below 1m30s': KEPT + "within 1 minute 30 seconds without a server error, over any 30 days.",
    TOOK + "good above 2s": "999 of 1,000 requests take more than 2 seconds, over any 30 days.",
    "events task_seconds{} good below 2.5s": "999 of 1,000 tasks take at most 2.5 seconds, over any 30 days.",
    'events task_seconds{} good {state!="failed"} below 5m': "999 of 1,000 tasks take at most 5 minutes and end without a failure, "
    "over any 30 days.",
    'events size_bytes{} good {code!~"5.."} below 10MB': "999 of 1,000 events have a value of at most 10 MB without a server error, "
    "over any 30 days.",
    "events a_total{} + a_failed_total{} bad a_failed_total{}": "999 of 1,000 events end without a failure, over any 30 days.",
    "events calls_total{} bad call_errors_total{}": "999 of 1,000 calls are answered without an error, over any 30 days.",
    "events messages_total{} bad messages_dropped_total{}": "999 of 1,000 messages are not dropped, over any 30 days.",
    "events a_total{} bad b_total{} + c_total{}": "999 of 1,000 events are not counted as bad by b_total or c_total, over any 30 days.",
    "events payouts_due_total{} good payouts_sent_total{}": "999 of 1,000 payouts are sent, over any 30 days.",
    "events a_total{} good b_total{}": "999 of 1,000 events are counted as good by b_total, over any 30 days.",
    "events `sum(rate(a[$window]))` bad `sum(rate(b[$window]))`": "999 of 1,000 events are good by a rule in PromQL, over any 30 days.",
    "slices 1m good when max(lag_seconds{}) < 60s": "The largest value of lag_seconds is below 1 minute in 999 of 1,000 minutes, "
    "over any 30 days.",
    "slices 5m good when sum(lag{}) <= 1e5 per topic": "For each topic, the sum of lag is at most 100,000 "
    "in 999 of 1,000 slices of 5 minutes, over any 30 days.",
    "slices 1h good when until(ends_seconds{}) > 7d": "The soonest time in ends_seconds is more than 7 days ahead "
    "in 999 of 1,000 hours, over any 30 days.",
    "slices 1h good when age(done_seconds{}) < 26h": "The latest time in done_seconds is less than 1 day 2 hours ago "
    "in 999 of 1,000 hours, over any 30 days.",
    "slices 1m good when up{} == 1": "Every series of up is equal to 1 in 999 of 1,000 minutes, over any 30 days.",
    "slices 1m good when `up > 0`": "The condition up > 0 is true in 999 of 1,000 minutes, over any 30 days.",
    f"slices 1m good when `{' + '.join(['up'] * 40)} > 0`": "A condition in PromQL is true in 999 of 1,000 minutes, over any 30 days.",
}  # fmt: skip  # a table
SHARES = {
    "99.9": "999 of 1,000",
    "99.95": "9,995 of 10,000",
    "99.999": "99,999 of 100,000",
    "99": "99 of 100",
    "97.5": "975 of 1,000",
    "90": "9 of 10",
    "50": "5 of 10",
    "0.5": "5 of 1,000",
}


def said(body: str, head: str = "99.9% over 30d", title: str = "") -> str:
    (slo,) = compile_text(f'service shop {{ owner "team" slo x {title} {head} {{ {body} alerts none }} }}').slos
    return plain(promise(slo))


@pytest.mark.parametrize("body", [*SENTENCES, *WHOLE])
def test_every_kind_of_slo(body: str) -> None:
    expected = SENTENCES.get(body) or WHOLE[body]
    assert said(EVENTS + body if body in SENTENCES else body) == expected


@pytest.mark.parametrize("target", SHARES)
def test_every_target(target: str) -> None:
    expected = f"{SHARES[target]} requests are answered without a server error, over any 7 days."
    assert said(EVENTS + 'bad {code=~"5.."}', f"{target}% over 7d") == expected


def test_a_title_names_events_that_metrics_do_not_name() -> None:
    body = 'events handled_total{} bad {code="500"}'
    assert said(body, title='"Bookings are answered"').startswith("999 of 1,000 bookings are handled without code 500")
    assert said(body, title='"Paying works"').startswith("999 of 1,000 events end without code 500")
    assert said(EVENTS + 'bad {code="500"}', title='"Orders arrive"').startswith("999 of 1,000 requests are")


def test_a_plural_at_the_end_of_a_metric_names_its_events() -> None:
    nouns = {
        "uploads_total": "uploads",
        "app_retries_deliveries": "deliveries",
        "payment_attempts_total": "attempts",
        "orders_received_total": "orders",
        "http_errors_total": "events",
        "cpu_seconds_total": "events",
        "pod_status": "events",
        "db_access_total": "events",
        "handled_total": "events",
    }
    for metric, noun in nouns.items():
        sentence = said(f'events {metric}{{}} bad {{code="500"}}')
        assert sentence.split()[3] == noun, metric
    assert [single(noun) for noun in ("uploads", "deliveries", "queries", "events")] == [
        "upload",
        "delivery",
        "query",
        "event",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("0.3", "s", "300 ms"), ("0.00025", "s", "0.25 ms"), ("90", "s", "1 minute 30 seconds"), ("2.5", "s", "2.5 seconds"),
        ("500", "ms", "500 ms"), ("2", "m", "2 minutes"), ("0", "s", "0 s"), ("-3", "s", "-3 s"),
        ("4096", "B", "4 KiB"), ("5000000", "B", "5 MB"), ("1001", "B", "1,001 B"), ("0", "B", "0 B"),
        ("100000", "", "100,000"), ("0.125", "", "0.125"), ("0.12345678", "", "0.12345678"),
    ],
)  # fmt: skip  # a table
def test_bounds_have_their_units(value: str, unit: str, words: str) -> None:
    assert bound(Decimal(value), unit) == words


def test_of_the_examples(golden: Callable[[Path, str], None]) -> None:
    """All sentences of the examples, to be read aloud."""
    lines = []
    for files in (EXAMPLES, sorted((ROOT / "examples" / "kinds").glob("*.slo"))):
        for slo in compile_files(*files).slos:
            parts = (f"`{part.text}`" if isinstance(part, Code) else part for part in promise(slo))
            lines.append(f"- {slo.title}: {''.join(parts)}")
    golden(ROOT / "tests" / "golden" / "promises.md", "\n".join(lines) + "\n")
