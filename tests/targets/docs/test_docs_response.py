"""The section for a person who received an alert: its title, its first steps, its queries."""

from __future__ import annotations

import re

from support.documents import page_of, section

EVENTS = 'events requests_total{job="shop"} '


def test_first_steps_are_for_alerts_that_exist() -> None:
    """Nobody is paged for a draft, or for an SLO whose alerts are tickets."""
    for alerts, title in {
        "alerts { page when budget below 10% ticket when no data for 1h }": "If you were paged",
        "alerts { ticket at 10% of budget in 1d notify when budget below 0% }": "If you got a ticket",
        "alerts { notify when budget below 0% }": "If you were notified",
        "alerts none": "Find a cause",
    }.items():
        body = EVENTS + 'bad {code="500"} ' + alerts
        site = page_of(body, format="site")
        assert re.findall("<h2>(If you .*|Find a cause)</h2>", site) == [title]
        assert (f'<a href="#respond">{title}, start here</a>' in site) == (title != "Find a cause")
        assert ("Stop the damage." in section(page_of(body), title)) == ("page" in title)


def test_queries_keep_the_labels_that_have_budgets() -> None:
    text = section(page_of(EVENTS + 'bad {code=~"5.."} per route alerts none'), "Find a cause")
    assert "by `route`: ```promql topk(10, sum by (route) (" in text
    assert "by `route` and `code`: ```promql topk(10, sum by (route, code) (" in text
    text = section(page_of("events took_seconds{} good below 1s per route alerts none"), "Find a cause")
    assert "stay, by `route`: ```promql histogram_quantile(0.999, sum by (route, le) (" in text
    text = section(page_of("slices 1m good when max(lag{}) < 5 per topic alerts none"), "Find a cause")
    assert "is good, by `topic`: ```promql max by (topic) (lag) ```" in text
