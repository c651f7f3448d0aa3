"""The texts of documentation pages: every kind of indicator, figures that equal those of the rules and of `explain`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.command import sloc
from support.compile import ROOT, SHARED, compile_files, compile_text
from support.documents import documents, page_of, section

CHECKOUT = ROOT / "examples" / "checkout.slo"
EVENTS = 'events requests_total{job="shop"} '

SHAPES = {
    "a filter": (
        EVENTS + 'bad {code=~"5.."}',
        'Every request counted by `requests_total{job="shop"}` is an event. '
        "A request is bad if its `code` is `5xx`. All others are good.",
    ),
    "what is good": (
        EVENTS + 'good {code!~"5.."}',
        "A request is good if its `code` is not `5xx`. All others are bad.",
    ),
    "filters": (
        EVENTS + 'bad {code=~"5..", path!=""} or {code="429"}',
        "A request is bad if one of these applies. All others are good. "
        "- `code` is `429` - `code` is `5xx` and `path` is not empty",
    ),
    "counters": (
        "events sent_total{} + failed_total{} bad failed_total{}",
        "The events are counted by `sent_total{}` and `failed_total{}`. The bad events are counted by `failed_total{}`.",
    ),
    "counters of requests": (
        "events ok_requests_total{} + failed_requests_total{} bad failed_requests_total{}",
        "Every request counted by `ok_requests_total{}` or `failed_requests_total{}` is an event. "
        "The bad requests are counted by `failed_requests_total{}`.",
    ),
    "a good counter": (
        EVENTS + "good answered_total{}",
        "The good requests are counted by `answered_total{}`. All others are bad.",
    ),
    "a threshold": (
        'events took_seconds{} good {code!~"5.."} below 300ms',
        "The events are measured by the histogram `took_seconds{}`. "
        "An event is good if it took at most 300 ms and its `code` is not `5xx`. All others are bad, even fast ones.",
    ),
    "a threshold of sizes": (
        "events size_bytes{} good above 10B",
        "An event is good if its value is more than 10 B. All others are bad.",
    ),
    "an average": (
        "slices 1m good when avg(load{}) <= 0.5",
        "Time is divided into slices of 1 minute. Each slice is checked once, at its end. "
        "A slice is good if the average of `load{}` is at most 0.5. A slice without data is bad.",
    ),
    "an age": (
        "slices 5m good when age(last_seconds{}) < 1h30m no data is ignored",
        "the latest time in `last_seconds{}` is less than 1 hour 30 minutes ago. A slice without data does not count.",
    ),
    "every series": (
        "slices 1m good when up{} == 1 no data is good",
        "every series of `up{}` is equal to 1. A slice without data is good.",
    ),
    "a raw condition": (
        "slices 1m good when `up > 0`",
        "A slice is good if this query returns a result: ```promql up > 0 ```",
    ),
    "slices of events": (
        EVENTS + 'bad {code="500"} slices 1m with 95% good',
        "A slice is good if at least 95% of its requests are good. A slice without requests does not count.",
    ),
    "raw PromQL": (
        "events `sum(rate(a[$window]))` bad `sum(rate(b[$window]))`",
        "This query returns the rate of events over a window: ```promql sum(rate(a[$window])) ``` "
        "This query returns the rate of bad events over a window: ```promql sum(rate(b[$window])) ```",
    ),
    "values": (EVENTS + 'bad {code="500"} per route', "Each value of `route` has its own budget."),
    "combinations": (
        EVENTS + 'bad {code="500"} per route, zone',
        "Each combination of `route, zone` has its own budget.",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_counts(name: str) -> None:
    body, expected = SHAPES[name]
    assert expected in section(page_of(body), "What counts")


def test_what_is_excluded() -> None:
    page = page_of(
        EVENTS
        + 'exclude {code="499"} or {merchant="test", region=~"eu.*"} "They left." exclude {code="404"} bad {code="500"}'
        + 'exclude when `down > 0` "Announced."'
    )
    text = section(page, "What is excluded")
    assert "- Requests whose `code` is `499`: They left. " in text
    assert "- Requests whose `merchant` is `test` and `region` matches `eu.*`: They left. " in text
    assert "- Requests whose `code` is `404`: no reason given. " in text
    assert "result within the last 5 minutes: Announced. ```promql down > 0 ```" in text
    assert section(page_of(EVENTS + 'bad {code="500"}'), "What is excluded") == "Nothing is excluded."


def test_an_exclusion_of_series_has_its_reason() -> None:
    text = """service shop { owner "a"
      events queues = queue_length{} exclude {queue="test"} "Nobody waits for it."
      slo x 99% over 30d { slices 1m good when max(queues) < 5 }
    }"""
    page = documents(compile_text(text))["markdown/shop/x.md"]
    assert "- Series whose `queue` is `test`: Nobody waits for it." in section(page, "What is excluded")


@pytest.mark.parametrize(
    ("head", "budget"),
    [
        ("99.9% over 30d", "The budget is 1 in 1,000 requests. At even traffic, that is 43 minutes 12 seconds of full outage."),
        ("99.95% over 28d", "The budget is 5 in 10,000 requests. At even traffic, that is 20 minutes 9 seconds of full outage."),
        ("97.5% over 36h", "The budget is 25 in 1,000 requests. At even traffic, that is 54 minutes of full outage."),
        ("60% over 7d", "The budget is 4 in 10 requests. At even traffic, that is 2 days 19 hours of full outage."),
        ("98.5% over 30d", "At even traffic, that is 10 hours 48 minutes of full outage."),
    ],
)  # fmt: skip  # a table
def test_the_budget(head: str, budget: str) -> None:
    assert budget in page_of(EVENTS + 'bad {code="500"} alerts none', head)


def test_slices_have_a_budget_of_time() -> None:
    assert "The budget is 5 in 1,000 minutes, 3 hours 36 minutes in total." in page_of(
        "slices 1m good when up{} == 1", "99.5% over 30d"
    )


def test_a_page_begins_with_the_promise() -> None:
    """In both formats, and in the description that a search engine or a chat shows."""
    body = EVENTS + 'exclude {path="/a<b"} "No user." bad {code=~"5.."}'
    sentence = "999 of 1,000 requests are answered without a server error, over any 30 days, not counting"
    assert f"\n\n**{sentence} `path` `/a<b`.**\n\n" in page_of(body)
    site = page_of(body, format="site")
    assert f'<p class="promise">{sentence} <code>path</code> <code>/a&lt;b</code>.</p>' in site
    assert f'<meta name="description" content="{sentence} path /a&lt;b.">' in site


class TestAlerts:
    def test_nobody_is_paged_below_the_lowest_line_that_pages(self) -> None:
        """An exhaustion line pages at a lower rate than a burn line, and a page on the budget at any rate."""
        burning = "page at 2% of budget in 1h "
        lowest = {
            burning: "1.44%",
            burning + "page when exhausted within 4h ": "0.36%",
            burning + "page when budget below 10% ": "",
        }
        for alerts, share in lowest.items():
            text = section(page_of(EVENTS + f'bad {{code="500"}} alerts {{ {alerts} }}'), "When it alerts")
            assert re.findall(r"Nobody is paged \*\*while less than (\S+) of requests are bad\*\*", text) == [
                share for _ in [1] if share
            ], alerts
        for alerts, said in {
            "ticket at 10% of budget in 1d": "This SLO pages nobody.",
            "ticket at 10% of budget in 1d page when no data for 1h": "This SLO pages only for missing data.",
            burning + "page when no data for 1h": "Nobody is paged **while less than 1.44% of requests are bad**.",
        }.items():
            page = page_of(EVENTS + f'bad {{code="500"}} alerts {{ {alerts} }}')
            assert said in section(page, "When it alerts")

    def test_figures_are_those_of_explain(self, tmp_path: Path) -> None:
        for example in (CHECKOUT, SHARED):
            shutil.copy(example, tmp_path)
        program = compile_files(CHECKOUT)
        made = documents(program)
        for slo in program.slos:
            explained = sloc(tmp_path, "explain", slo.id).out
            page = made[f"markdown/{slo.id}.md"]
            seen = re.findall(r"errors: after (\S+), with (\S+) of the budget gone", explained)
            for time, gone in seen:
                assert f"after {time}, {gone} gone" in page, slo.id
            assert len(seen) == page.count(" gone |") or slo.draft, slo.id
            lines = re.findall(r"above (\S+) bad over (\S+) and over (\S+), a burn rate of (\S+)\n", explained)
            assert len(lines) == page.count("That is a burn rate of ")
            for above, over, short, rate in lines:
                condition = rf"more than {above} of \w+ are bad over {over} and over {short}\b[^.]*\. That is a burn rate of {rate}\.[ \n]"
                assert re.search(condition, page), (slo.id, condition)

    def test_figures_are_those_of_the_rules(self) -> None:
        program = compile_files(ROOT / "examples" / "payments.slo")
        (rules,) = render(program, "prometheus", Options()).values()
        made = documents(program)
        for slo in program.slos:
            found = [r for g in yaml.safe_load(rules)["groups"] for r in g["rules"] if r["labels"].get("slo") == slo.id]
            burning = "\n".join(rule["expr"] for rule in found if rule.get("alert") == "SLOBurn")
            factors = {float(number) for number in re.findall(r"[\d.]+ > ([0-9.]+)$", burning, re.MULTILINE)}
            page = made[f"markdown/{slo.id}.md"]
            assert {float(rate) for rate in re.findall(r"a burn rate of ([0-9.]+)\.[ \n]", page)} == factors, slo.id

    def test_the_chart_begins_where_the_sentence_says(self) -> None:
        page = documents(compile_files(CHECKOUT))["site/checkout/payment.html"]
        assert "<strong>while less than 1.68% of requests are bad</strong>" in page
        wide, narrow = re.findall('<svg class="chart".*?</svg>', page)[:2]
        assert re.findall(">above ([0-9.]+%)<", wide) == ["6.72%", "1.68%", "1.4%"]
        assert set(re.findall(">above ([0-9.]+%)<", narrow)) < {"6.72%", "1.68%", "1.4%"}

    def test_drafts_and_silence(self) -> None:
        page = page_of(EVENTS + 'bad {code="500"} alerts none')
        assert "This SLO has no alerts (`alerts none`)." in section(page, "When it alerts")
        text = 'service shop { owner "a" draft slo x 99% over 30d { events a_total{} bad {c="1"} } }'
        page = documents(compile_text(text))["markdown/shop/x.md"]
        assert "# shop/x (draft)" in page
        assert section(page, "When it alerts") == "> A draft has no alerts."


class TestAgreed:
    def test_people_and_reviews(self) -> None:
        page = page_of(
            EVENTS
            + 'bad {code="500"} stakeholders "product", "support" because "They call." review every 90d last 2026-10-01'
        )
        assert "> They call." in page
        for fact in ("**Owner:** **team**", "**Agreed with:** product, support", "**Next review:** 2026-12-30"):
            assert f"{fact}\n" in page
        assert "**With:** team, product, support" in section(page, "Review")
        bare = page_of(EVENTS + 'bad {code="500"}')
        assert "nobody yet ([whom to ask](../READING.md#who-decides-how-good-is-good-enough))" in bare
        assert "**Reason:** none given" in bare
        assert "Formerly" not in bare
        named = page_of(EVENTS + 'bad {code="500"} formerly availability, uptime')
        assert "**Formerly:** `shop/availability, shop/uptime`\n" in named

    def test_a_review_beyond_the_calendar(self) -> None:
        assert "after 9999-12-31" in page_of(EVENTS + 'bad {code="500"} review every 999w last 9999-10-01')

    def test_risks_that_do_not_fit(self) -> None:
        text = """service shop { owner "a"
          slo x 99.9% over 30d { events a_total{} bad {c="1"} }
          slo y 99% over 30d { events a_total{} bad {c="1"} }
          risk "small" every 30d lasting 10m hitting 100% on x
          risk "large" every 30d lasting 1h hitting 80% on x, y
        }"""
        made = documents(compile_text(text))
        text = section(made["markdown/shop/x.md"], "Risks")
        assert "**The risks exceed the budget.** Together, they cost 134.3% of it." in text
        large, small = re.findall(r"\| (large|small) \|.*?\| (\S+%) \| (\S+) \| (yes|no) \|", text)
        assert (large, small) == (("large", "111.1%", "48m", "no"), ("small", "23.15%", "10m", "no"))
        assert "111.1% of [x](x.md#risks), 11.11% of [y](y.md#risks)" in made["markdown/shop/README.md"]
