"""What documentation says: every shape in words, numbers that are those of rules and of `explain`, pages at their places."""

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
    "a filter": (EVENTS + 'bad {code=~"5.."}', "Bad are those whose `code` matches `5..`; the rest is good."),
    "what is good": (EVENTS + 'good {code!~"5.."}', "Good are those whose `code` does not match `5..`; the rest is bad."),
    "filters": (
        EVENTS + 'bad {code=~"5..", path!=""} or {code="429"}',
        "Bad are those to which one of these applies; the rest is good: "
        "- `code` is `429` - `code` matches `5..` and `path` is not empty",
    ),
    "counters": (
        "events sent_total{} + failed_total{} bad failed_total{}",
        "Counted is every event of `sent_total{}` and of `failed_total{}`. Bad are the events of `failed_total{}`.",
    ),
    "a good counter": (
        EVENTS + "good answered_total{}",
        "Good are the events of `answered_total{}`; all others are bad.",
    ),
    "a threshold": (
        'events took_seconds{} good {code!~"5.."} below 300ms',
        "Counted is everything that the histogram `took_seconds{}` measures. Good is what took at most 300ms and whose "
        "`code` does not match `5..`. What fails fast is bad all the same.",
    ),
    "a threshold of sizes": ("events size_bytes{} good above 10B", "Good is what is more than 10B; the rest is bad."),
    "an average": (
        "slices 1m good when avg(load{}) <= 0.5",
        "Time is cut into slices of 1 minute; each is looked at once, at its end. "
        "A slice is good while the average of `load{}` is at most 0.5. "
        "A slice without data is bad: what nobody sees may be broken.",
    ),
    "an age": ("slices 5m good when age(last_seconds{}) < 1h30m no data is ignored", "the newest time in `last_seconds{}` is less than 1h30m ago. A slice without data does not count."),
    "every series": ('slices 1m good when up{} == 1 no data is good', "every series of `up{}` is equal to 1. A slice without data is good."),
    "a raw condition": ("slices 1m good when `up > 0`", "A slice is good while this returns anything: ```promql up > 0 ```"),
    "slices of events": (
        EVENTS + 'bad {code="500"} slices 1m with 95% good',
        "A slice is good while at least 95% of its events are; one without events does not count.",
    ),
    "raw PromQL": (
        "events `sum(rate(a[$window]))` bad `sum(rate(b[$window]))`",
        "Counted is what this gives, as a rate over a window: ```promql sum(rate(a[$window])) ``` "
        "Of these are bad: ```promql sum(rate(b[$window])) ```",
    ),
    "values": (EVENTS + 'bad {code="500"} per route, zone', "Every combination of `route, zone` has a budget of its own"),
}  # fmt: skip  # a table


@pytest.mark.parametrize("name", SHAPES)
def test_what_counts_is_told_in_words(name: str) -> None:
    body, said = SHAPES[name]
    assert said in section(page_of(body), "What counts")


def test_what_is_left_out() -> None:
    page = page_of(
        EVENTS + 'exclude {code="499"} or {merchant="test", region=~"eu.*"} bad {code="500"} exclude when `down > 0`'
    )
    said = section(page, "What is left out")
    assert "- Events whose `code` is `499` - Events whose `merchant` is `test` and `region` matches `eu.*`" in said
    assert "```promql down > 0 ```" in said
    assert section(page_of(EVENTS + 'bad {code="500"}'), "What is left out") == "Nothing is left out."


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("99.9% over 30d", "Of every 1,000 requests at most 1 may be bad, over any 30 days. Were traffic even, that is 43 minutes of full outage."),
        ("99.95% over 28d", "Of every 10,000 requests at most 5 may be bad, over any 28 days. Were traffic even, that is 20 minutes of full outage."),
        ("97.5% over 36h", "Of every 1,000 requests at most 25 may be bad, over any 1 day 12 hours. Were traffic even, that is 54 minutes of full outage."),
        ("60% over 7d", "Of every 100 requests at most 40 may be bad, over any 7 days. Were traffic even, that is 2 days 19 hours of full outage."),
    ],
)  # fmt: skip  # a table
def test_the_promise_in_plain_language(head: str, said: str) -> None:
    assert said in page_of(EVENTS + 'bad {code="500"} alerts none', head)


def test_slices_are_promised_as_time() -> None:
    assert (
        "Of every 1,000 minutes at most 5 may be bad, over any 30 days. That is 3 hours 36 minutes in all."
        in page_of("slices 1m good when up{} == 1", "99.5% over 30d")
    )


class TestAlerts:
    def test_silence_is_promised_only_where_it_holds(self) -> None:
        """An exhaustion line pages at less than a burn line does, and a page on the budget at any rate."""
        burning = "page at 2% of budget in 1h "
        said = {
            burning: "**while less than 1.44% goes wrong**",
            burning + "page when exhausted within 4h ": "**while less than 0.36% goes wrong**",
            burning + "page when budget below 10% ": "lets them sleep. |",
            "ticket at 10% of budget in 1d ": "Nobody is woken by this",
        }
        for alerts, expected in said.items():
            page = page_of(EVENTS + f'bad {{code="500"}} alerts {{ {alerts} }}')
            assert expected in section(page, "When somebody is woken, and when not"), alerts

    def test_figures_are_those_of_explain(self, tmp_path: Path) -> None:
        for example in (CHECKOUT, SHARED):
            shutil.copy(example, tmp_path)
        program = compile_files(CHECKOUT)
        made = documents(program)
        for slo in program.slos:
            explained = sloc(tmp_path, "explain", slo.id).out
            page = made[f"markdown/{slo.id}.md"]
            seen = re.findall(r"errors after (\S+), with (\S+) of the budget gone", explained)
            for time, gone in seen:
                assert f"after {time}, {gone} gone" in page, slo.id
            assert len(seen) == page.count(" gone |") or slo.draft, slo.id
            for above, over, short in re.findall(r"more than (\S+) bad over (\S+) and over (\S+):", explained):
                assert f"more than {above} bad over {over}, and over {short} still" in page

    def test_figures_are_those_of_the_rules(self) -> None:
        program = compile_files(ROOT / "examples" / "payments.slo")
        (rules,) = render(program, "prometheus", Options()).values()
        made = documents(program)
        for slo in program.slos:
            found = [r for g in yaml.safe_load(rules)["groups"] for r in g["rules"] if r["labels"]["slo"] == slo.id]
            burning = "\n".join(rule["expr"] for rule in found if rule.get("alert") == "SLOBurn")
            factors = {float(number) for number in re.findall(r"[\d.]+ > ([0-9.]+)$", burning, re.MULTILINE)}
            told = {
                float(number) for number in re.findall(r"That is ([0-9.]+) times what", made[f"markdown/{slo.id}.md"])
            }
            assert told == factors, slo.id

    def test_the_chart_begins_where_the_sentence_says(self) -> None:
        page = documents(compile_files(CHECKOUT))["site/checkout/payment.html"]
        assert "<strong>while less than 1.68% goes wrong</strong>" in page
        assert re.findall(">above ([0-9.]+%)<", page) == ["6.72%", "1.68%", "1.4%"]

    def test_a_page_begins_as_the_alert_does(self) -> None:
        page = page_of(EVENTS + 'bad {code="500"} per route')
        assert "shop/x, route …: budget burning at 14.7× the sustainable rate" in page

    def test_drafts_and_silence(self) -> None:
        assert "Nobody is alerted: its owner said so (`alerts none`)." in page_of(
            EVENTS + 'bad {code="500"} alerts none'
        )
        text = 'service shop { owner "a" draft slo x 99% over 30d { events a_total{} bad {c="1"} } }'
        page = documents(compile_text(text))["markdown/shop/x.md"]
        assert "# shop/x (draft)" in page
        assert "alerts nobody" in section(page, "When somebody is woken, and when not")


class TestAgreed:
    def test_people_and_reviews(self) -> None:
        page = page_of(
            EVENTS
            + 'bad {code="500"} stakeholders "product", "support" because "They call." review every 90d last 2026-10-01'
        )
        assert "> They call." in page
        for said in (
            "**Owner:** **team**, who is paged",
            "**Agreed with:** product, support",
            "**Next review:** 2026-12-30",
        ):
            assert said in page
        assert "**With:** team, product, support" in section(page, "Is the target right?")
        bare = page_of(EVENTS + 'bad {code="500"}')
        assert "[everyone who has an opinion](../READING.md#who-decides-how-good-is-good-enough)" in bare
        assert "nobody wrote it down" in bare

    def test_a_review_beyond_the_calendar(self) -> None:
        assert "beyond the calendar" in page_of(EVENTS + 'bad {code="500"} review every 999w last 9999-10-01')

    def test_risks_that_do_not_fit(self) -> None:
        text = """service shop { owner "a"
          slo x 99.9% over 30d { events a_total{} bad {c="1"} }
          slo y 99% over 30d { events a_total{} bad {c="1"} }
          risk "small" every 30d lasting 10m hitting 100% on x
          risk "large" every 30d lasting 1h hitting 80% on x, y
        }"""
        made = documents(compile_text(text))
        said = section(made["markdown/shop/x.md"], "What may go wrong")
        assert "**They do not fit.** Together they cost 134.3% of the budget" in said
        large, small = re.findall(r"\| (large|small) \|.*?\| (\S+%) \| (\S+) \| (yes|no) \|", said)
        assert (large, small) == (("large", "111.1%", "48m", "no"), ("small", "23.15%", "10m", "no"))
        assert (
            "111.1% of [x](x.md#what-may-go-wrong), 11.11% of [y](y.md#what-may-go-wrong)"
            in made["markdown/shop/README.md"]
        )
