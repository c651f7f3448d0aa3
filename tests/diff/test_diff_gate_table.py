"""The table of docs/ci.md, "Which kind finds what": each of its rows is a change that `--fail-on` stops by these kinds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.command import sloc
from support.compile import ROOT

PLANNED = 'maintenance "Upgrade" every sunday 02:00 for 1h in Europe/Berlin because "Nobody shops."'
EXCEPTED = 'except 2026-10-01T03:00Z to 2026-10-01T03:30Z because "Agreed with product: the provider was down."'
SLO = """service shop "Shop" {
  owner        "shop"
  stakeholders "product"
  runbook      "https://runbooks.example.org/shop"
  policy { below 25% "freeze releases" notify }

  slo availability "Shoppers get an answer" 99.9% over 30d {
    events  requests_total{job="shop"}
    exclude {code="499"} "The client gave up."
    exclude when `max(maintenance{at="$at"}) > 0` "Announced."
    bad     {code=~"5.."} or {code="429"}
    because "Above 0.1% the support queue doubles."
    per     route
    target  {route="/pay"} 99.99%
    labels  { tier = "1" }
    alerts {
      page   at 2% of budget in 1h needs 5 bad events
      ticket at 10% of budget in 1d
      ticket when no data for 15m
    }
  }
  slo latency "Pages are fast" 99% over 30d {
    events  latency_seconds{job="shop"}
    good    below 300ms
    because "Slow pages sell less."
  }
  slo delivery "Orders arrive" 99% over 30d {
    events  orders_total{job="shop"}
    bad     orders_lost_total{job="shop"}
    because "A lost order costs a customer."
  }
  slo queue "The queue moves" 99% over 30d {
    slices  1m
    good    when max(queue_length{job="shop"}) < 500
    because "Orders wait."
    PLANNED
    EXCEPTED
  }
}
""".replace("PLANNED", PLANNED).replace("EXCEPTED", EXCEPTED)
OTHER = SLO.replace("shop", "cart").replace("Shop", "Cart")
PROJECT = """output: generated
sources: ["**/*.slo"]
retention: 90d
deployments:
  - {name: eu, where: {at: eu}}
  - {name: us, where: {at: us}}
targets:
  prometheus: {profile: standard}
  alertmanager: {build: true}
"""
BEFORE = {"shop.slo": SLO, "cart/cart.slo": OTHER, "sloc.yaml": PROJECT}
Edit = Mapping[str, str] | tuple[str, str]
"""Files after the change, or a text in `shop.slo` and the text that replaces it."""


def project(old: str, new: str) -> Edit:
    assert old in PROJECT
    return {"sloc.yaml": PROJECT.replace(old, new)}


def severities(text: str) -> Edit:
    return project("{profile: standard}", f"{{severities: {text}}}")


ONLY = PROJECT.replace("{at: us}", "{at: us}, only: [shop, cart/availability]")
LOWER = PROJECT.replace("{at: us}", "{at: us}, target: 99.5%")
BASE = "before/sloc.yaml"
"""The key of the project file before a change, if it is not PROJECT."""
LINE = "page   at 2% of budget in 1h needs 5 bad events"
EDITS: dict[str, list[Edit]] = {
    "an SLO or a service is removed": [
        (SLO[SLO.index("  slo queue") : -2], ""),
        {"cart/cart.slo": "# nothing\n"},
    ],
    "`sources` match fewer files": [project('["**/*.slo"]', '["*.slo"]')],
    "a new `sloc.yaml` in a folder below takes the services of that folder": [{"cart/sloc.yaml": ""}],
    "a deployment is removed": [project("  - {name: us, where: {at: us}}\n", "")],
    "`only` of a deployment names an SLO no more": [
        project("{at: us}", '{at: us}, only: ["shop/*", "*/availability"]'),
        {"sloc.yaml": ONLY.replace("[shop, cart/availability]", "[shop]"), BASE: ONLY},
    ],
    "an SLO or a service has another name": [("slo queue ", "slo line "), ('service shop "', 'service store "')],
    "an SLO or a service has another name, with `formerly`": [('shop "Shop" {', 'store "Shop" { formerly shop')],
    "other former names change": [("    slices  1m\n", "    slices  1m\n    formerly waiting\n")],
    "a deployment has `alerts: none`": [project("{at: us}", "{at: us}, alerts: none")],
    "`alerts` of a deployment names alerts that lack a line, or fire later": [
        {"sloc.yaml": PROJECT.replace("{at: us}", "{at: us}, alerts: calm"), **{
            path: text + "alerts calm { ticket at 10% of budget in 1d }\n" for path, text in [("shop.slo", SLO), ("cart/cart.slo", OTHER)]
        }}
    ],
    "`severities` or `severity` give pages a value that is not known to wake people, such as `info`": [
        severities("{page: info}"),
        severities("{page: ticket, ticket: page}"),
        project("{at: us}", "{at: us}, severity: {page: none}"),
    ],
    "`severities` or `severity` change in other ways": [severities("{page: critical}"), severities("{ticket: warning}")],
    "a live SLO with alerts becomes a `draft`": [("  slo latency", "  draft slo latency")],
    "`alerts none`, or an alert line is removed": [
        ("    good    below 300ms\n", "    good    below 300ms\n    alerts none\n"),
        (f"{LINE}\n", ""),
    ],
    "a page becomes a ticket, or a ticket a notification": [
        (LINE, LINE.replace("page", "ticket")),
        ("ticket at 10%", "notify at 10%"),
    ],
    "`needs` of an alert is raised": [("needs 5 ", "needs 1000000 "), ("needs 5 ", "needs 900 events and 5 ")],
    "an alert line fires at more of the budget, or later": [
        ("at 2% of budget", "at 90% of budget"),
        ("at 2% of budget in 1h", "at 2% of budget in 30m"),
    ],
    "a line for missing data is removed, or waits longer": [
        ("      ticket when no data for 15m\n", ""),
        ("no data for 15m", "no data for 7d"),
    ],
    "a target or a window changes, and the standard alerts follow": [
        ("latency \"Pages are fast\" 99% over 30d", "latency \"Pages are fast\" 99% over 7d")
    ],
    "a target is lowered": [
        (SLO[SLO.index("99% over") : SLO.index("Slow pages")], SLO[SLO.index("99% over") : SLO.index("Slow pages")].replace("99%", "90%") + "Now: ")
    ],
    "a target is lowered, with the same `because`": [("fast\" 99%", "fast\" 90%")],
    "some values of `per` get a lower target": [("99.99%", "99%")],
    "`target` of a deployment is lower": [
        project("{at: us}", "{at: us}, target: 95%"),
        project("{at: us}", '{at: us}, target: {cart: 95%, "*": 99.999%}'),
        {"sloc.yaml": LOWER.replace("99.5%", "99.2%"), BASE: LOWER},
        {"sloc.yaml": LOWER.replace(", target: 99.5%", ""), BASE: LOWER},
    ],
    "the window of a target changes": [('arrive" 99% over 30d', 'arrive" 99% over 7d')],
    "a filter of bad events is removed or matches less": [
        (' or {code="429"}', ""),
        ('{code=~"5.."}', '{code=~"5[1-9]."}'),
        ('{code=~"5.."} or {code="429"}', '{code="500"}'),
        ('{code=~"5.."}', '{code=~"5..", method="POST"}'),
    ],
    "a counter of bad events counts less": [('lost_total{job="shop"}', 'lost_total{job="shop", size="large"}')],
    "a bound is laxer, such as `below 3s` instead of `below 300ms`": [
        ("below 300ms", "below 3s"),
        ("< 500", "< 5000000"),
    ],
    "slices without data are not bad any more": [("    slices  1m\n", "    slices  1m\n    no data is good\n")],
    "an `exclude` is new or matches more, and events that it excludes may be bad": [
        ('{code="499"}', '{code=~"499|50."}'),
        ('{code="499"}', '{code="499"} or {path="/healthz"}'),
        ('    good    below', '    exclude {path=~".*"} "All of it."\n    good    below'),
        ('{job="shop"}\n    bad     orders', '{job="shop", path!="/pay"}\n    bad     orders'),
    ],
    "an `exclude` is new or matches more, and excludes only good events": [('{code="499"}', '{code=~"49[89]"}')],
    "an `exclude when` is new": [('    good    below', '    exclude when `max(x{at="$at"}) > 0` "Ours."\n    good    below')],
    "an `exclude when` changes": [("}) > 0`", "}) > 1`")],
    "a `maintenance` is new, or takes more of a week": [
        ("    good    below", f"    {PLANNED}\n    good    below"),
        ("every sunday 02:00 for 1h", "every sunday 02:00 for 90m"),
        ("every sunday 02:00", "every day 02:00"),
    ],
    "a `maintenance` is gone, or changes in another way": [
        (f"  {PLANNED}\n", ""),
        ("every sunday 02:00 for 1h", "every sunday 03:00 for 1h"),
        ("in Europe/Berlin", "in America/New_York"),
        ("in Europe/Berlin", "in Europe/Berlin until 2027-12-31"),
    ],
    "an `except` is new, gone, or changes its time or its filter": [
        ("    good    below", f"    {EXCEPTED}\n    good    below"),
        (f"    {EXCEPTED}\n", ""),
        ("T03:30Z", "T04:30Z"),
        ("2026-10-01T03:00Z", "2026-10-01T03:10Z"),
    ],
    "`events` counts more events, or fewer": [
        ('requests_total{job="shop"}', "requests_total{}"),
        ('requests_total{job="shop"}', 'requests_total{job="shop", path="/healthz"}'),
    ],
    "another metric, another shape, other raw PromQL, other events are bad": [
        ("requests_total{", "answers_total{"),
        ('{code=~"5.."}', '{code=~"4.."}'),
        ('max(queue_length{job="shop"}) < 500', '`max(queue_length{job="shop",at="$at"}) < 500`'),
    ],
    "the length of slices changes": [("slices  1m", "slices  1h")],
    "`where` of a deployment selects other series": [
        project("where: {at: us}", "where: {at: us-2}, labels: {at: us}"),
    ],
    "a label of a deployment changes, by `labels` or by `where` without `labels`": [
        project("{at: us}", "{at: us}, labels: {at: west}"),
        project("{at: us}", "{at: us-2}"),
    ],
    "the labels of `per` change": [("per     route", "per     route, method")],
    "the owner of a service changes": [('owner        "shop"', 'owner        "nobody"')],
    "a step of the policy is removed, or does not notify any more": [
        (' notify }', " }"),
        ('  policy { below 25% "freeze releases" notify }\n', ""),
    ],
    "a label on alerts changes, by which they may be routed": [('tier = "1"', 'tier = "4"')],
    "labels of all alerts change": [project("{profile: standard}", "{labels: {team: nobody}}")],
    "`retention` becomes shorter than the window": [project("retention: 90d", "retention: 2d")],
    "an interval, the `server`, the `output` or another setting of the project file changes": [
        project("retention: 90d", "evaluation_interval: 15s"),
        project("{profile: standard}", '{server: "3.0"}'),
        project("output: generated", "output: elsewhere"),
        project("build: true", "build: false"),
        project("{profile: standard}", "{ruler: thanos}"),
    ],
    "an `allow` is added: it silences a warning of `sloc`, and changes no rule": [
        ("    good    below", '    allow W312 because "Soon."\n    good    below')
    ],
}  # fmt: skip  # a table
FIRST_DEPLOYMENTS = "a project gets its first deployments"
"""The only row whose project has no deployments before."""


def _table() -> dict[str, set[str]]:
    """The kinds of each change in the documentation."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    section = page.split("### Which kind finds what")[1].split("\n#")[0]
    rows = re.findall(r"^\| (.+) \| ((?:`\w+`(?:, )?)+|none) \|$", section, re.MULTILINE)
    return {change: set(re.findall(r"`(\w+)`", kinds)) for change, kinds in rows}


TABLE = _table()


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def found(folder: Path, edit: Edit, before: Mapping[str, str] = BEFORE) -> set[str]:
    """The kinds of a change."""
    if isinstance(edit, tuple):
        old, new = edit
        assert before["shop.slo"].count(old) >= 1, "the edit changes nothing"
        edit = {"shop.slo": before["shop.slo"].replace(old, new, 1)}
    write(folder / "before", {**before, **({"sloc.yaml": edit[BASE]} if BASE in edit else {})})
    write(folder / "after", {**before, **{name: text for name, text in edit.items() if name != BASE}})
    answer = sloc(folder, "diff", "before", "after", "--format", "json")
    assert answer.code == 0, answer
    return set(json.loads(answer.out)["kinds"])


def test_every_row_of_the_table_is_tried() -> None:
    assert sorted(TABLE) == sorted([*EDITS, FIRST_DEPLOYMENTS])


@pytest.mark.parametrize(("change", "edit"), [(change, edit) for change in EDITS for edit in EDITS[change]])
def test_each_change_has_its_kinds(change: str, edit: Edit, tmp_path: Path) -> None:
    kinds = found(tmp_path, edit)
    assert kinds >= TABLE[change]
    assert bool(kinds) == bool(TABLE[change])


def test_first_deployments_have_their_kind(tmp_path: Path) -> None:
    plain = {name: re.sub("    exclude when .*\n", "", text) for name, text in BEFORE.items()}
    none = {**plain, "sloc.yaml": re.sub("deployments:\n(  - .*\n)*", "", PROJECT)}
    assert {"restarted"} == TABLE[FIRST_DEPLOYMENTS] <= found(tmp_path, {"sloc.yaml": PROJECT}, none)


def test_the_gate_of_the_documentation_stops_every_row() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"^sloc diff main --fail-on (uncompared\S+)$", page, re.MULTILINE)
    gate = set(named.split(","))
    assert [change for change, kinds in TABLE.items() if kinds and not kinds & gate] == []


def test_the_gate_lets_a_change_pass_that_hides_nothing(tmp_path: Path) -> None:
    harmless = [
        *(("needs 5 ", "needs 4 "), ("no data for 15m", "no data for 10m")),
        *(("at 2% of budget in 1h", "when more than 1.4% bad over 1h"), ("ticket at 10%", "page at 10%")),
        ("99.9% over", "99.95% over"),
        ("below 300ms", "below 200ms"),
        ('{code="429"}', '{code=~"4[0-9]9"}'),
        (' or {code="429"}', ' or {code="429"} or {code="418"}'),
    ]
    for number, edit in enumerate(harmless):
        assert not found(tmp_path / str(number), edit) & {"removed", "silenced", "easier", "loosened"}, edit
