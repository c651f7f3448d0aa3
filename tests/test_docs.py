"""What documentation says: every shape in words, numbers that are those of rules and of `explain`, pages at their places."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

import pytest
import yaml

from slocompiler.ir import Program
from slocompiler.targets import render
from slocompiler.targets.base import DocsOptions, Options, documentation_url
from support.command import files, sloc
from support.compile import EXAMPLES, ROOT, compile_files, compile_text
from support.documents import documents, page_of, section

LIMIT = 60_000
"""Bytes of the page of an SLO."""
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
        text = (ROOT / "examples" / "checkout.slo").read_text(encoding="utf-8")
        (tmp_path / "checkout.slo").write_text(text, encoding="utf-8")
        made = documents(compile_text(text))
        for slo in compile_text(text).slos:
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
        text = (ROOT / "examples" / "checkout.slo").read_text(encoding="utf-8")
        page = documents(compile_text(text))["site/checkout/payment.html"]
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


class TestPages:
    def test_each_is_where_alerts_link_to(self) -> None:
        program = compile_files(*EXAMPLES)
        made = documents(program)
        for slo in program.slos:
            url = documentation_url(slo, Options(docs_url="https://slo.example.org"))
            page = made[url.replace("https://slo.example.org", "site")]
            assert len(page.encode()) <= LIMIT
            assert slo.id in page

    def test_no_two_are_at_one_place(self) -> None:
        slos = " ".join(
            f'slo {name} 99% over 30d {{ events a_total{{}} bad {{c="1"}} }}' for name in ("index", "readme", "site")
        )
        program = compile_text(f'service index {{ owner "a" {slos} }} service reading {{ owner "a" {slos} }}')
        made = documents(program)
        assert len({name.lower() for name in made}) == len(made)
        assert "site/index/index.html" in made
        assert "Owner" in made["site/index/_index.html"]
        assert 'href="_index.html"' in made["site/index/index.html"]

    def test_long_rules_are_elsewhere(self) -> None:
        long = (
            "events `" + " + ".join(f"rate(a{n}_total[$window])" for n in range(150)) + "` bad `rate(b_total[$window])`"
        )
        page = page_of(long, format="site")
        assert "too long for this page" in page
        assert len(page) < LIMIT

    def test_the_rules_are_those_of_the_file(self) -> None:
        program = compile_files(ROOT / "examples" / "checkout.slo")
        (rules,) = render(program, "prometheus", Options()).values()
        made = documents(program)
        parts = [re.search(r"```yaml\n(.*?)\n```", made[f"markdown/{slo.id}.md"], re.DOTALL) for slo in program.slos]
        assert [part for part in parts if part and part[1] in rules] == parts

    def test_a_search_knows_every_page(self) -> None:
        program = compile_files(*EXAMPLES)
        text = documents(program)["site/search.js"]
        rows = json.loads(text[text.index("[\n") : text.rindex(";")])
        assert len(rows) == len(program.slos) + len(program.services)
        assert {path for *_, path in rows} <= {name.removeprefix("site/") for name in documents(program)}

    def test_links_of_markdown_lead_somewhere(self) -> None:
        made = {
            name: text for name, text in documents(compile_files(*EXAMPLES)).items() if name.startswith("markdown/")
        }
        count = 0
        for name, text in made.items():
            for to, part in re.findall(r"\]\(([^<)#]+)#?([^)]*)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
                path = Path("markdown") / Path(name).relative_to("markdown").parent / to
                target = made[posixpath.normpath(path.as_posix())]
                headings = {
                    re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-")
                    for h in re.findall(r"^## (.*)$", target, re.M)
                }
                assert not part or part in headings, f"{name}: {to}#{part}"
                count += 1
        assert count > 150


class TestBuild:
    SOURCE = 'service s { owner "a" slo x 99% over 30d { events a_total{} bad {c="1"} } }\n'

    def test_by_default_and_not_where_turned_off(self, tmp_path: Path) -> None:
        (tmp_path / "a.slo").write_text(self.SOURCE)
        (tmp_path / "sloc.yaml").write_text("targets: {docs: {formats: [markdown]}, grafana: {build: false}}")
        assert sloc(tmp_path, "build").code == 0
        made = {name for name in files(tmp_path) if "/docs/" in name}
        assert "generated/docs/markdown/s/x.md" in made
        assert not any(name.startswith("generated/docs/site") for name in made)
        (tmp_path / "sloc.yaml").write_text("targets: {docs: {build: false}, grafana: {build: false}}")
        answer = sloc(tmp_path, "build")
        assert "removed generated/docs/markdown/s/x.md" in answer.out
        assert not [name for name in files(tmp_path) if "/docs/" in name]

    def test_what_it_makes_it_knows_again(self, tmp_path: Path) -> None:
        """Every kind of file says at its top what made it."""
        (tmp_path / "a.slo").write_text(self.SOURCE)
        assert sloc(tmp_path, "build", "--target", "docs").code == 0
        for path in (tmp_path / "generated" / "docs").rglob("*.*"):
            path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert sloc(tmp_path, "build", "--target", "docs").code == 0, "no file is foreign"
        assert sloc(tmp_path, "build", "--target", "docs", "--check").code == 0


def test_formats() -> None:
    program: Program = compile_files(ROOT / "examples" / "cart.slo")
    only = documents(program, docs=DocsOptions(formats=("site",)))
    assert only == {name: text for name, text in documents(program).items() if name.startswith("site/")}
