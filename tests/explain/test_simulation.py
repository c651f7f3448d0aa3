"""What the risks of an SLO mean, in sentences, tables and JSON."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from slocompiler import grammar
from slocompiler.explain.simulation import sentences, simulated
from slocompiler.explain.simulation_formats import Simulated, as_json, as_markdown, as_text
from support.compile import EXAMPLES, compile_files, compile_text

SLOS = """
  slo availability 99.9% over 30d { events requests_total{job="shop"} bad {code=~"5.."} }
  slo tickets 99.9% over 30d {
    events requests_total{job="shop"}
    bad {code="500"}
    alerts { ticket at 10% of budget in 1d }
  }
"""
DULL = (
    'risk "Bad | deploy" every 30d lasting 10m hitting 80% risk "Bank\\ndown" every 90d lasting 1h hitting 100% '
    'risk "Blip" every 7d lasting 5m hitting 100%'
)


def found(risks: str = "") -> Simulated:
    (service,) = compile_text(f'service shop {{ owner "web" {SLOS} {risks} }}').services
    return [(slo, simulated(slo, service)) for slo in service.slos]


def said(risks: str) -> list[list[str]]:
    return [list(sentences(of)) for _, of in found(risks) if of]


def test_the_chances_are_plain_sentences() -> None:
    first, second = said(DULL)
    assert first == [
        "If only the known risks happen, 99.9% is kept in 62.6% of all windows of 30 days.",
        "Half of them leave at least 22% of the budget; one in ten exceeds it by at least 147%.",
        "Expect 4.8 pages in 30 days.",
        'Begin with the risk "Blip": if it lasted half as long, 75.7% would keep the target (+13.1 points).',
    ]
    assert (first[:2], second[2]) == (second[:2], "No alert pages for errors.")


def test_a_rare_risk_and_one_that_is_too_much() -> None:
    rare, _ = said('risk "Flood" every 3650d lasting 1h hitting 100%')
    assert rare[1:] == [
        "Nine in ten windows spend nothing.",
        "Expect 0.0081 pages in 30 days.",
        'Begin with the risk "Flood": if it lasted half as long, 99.80% would keep the target (+0.2 points).',
    ]
    often, _ = said('risk "Disk" every 1d lasting 1h hitting 100% on availability, tickets')
    assert often[0] == "If only the known risks happen, 99.9% is kept in under 0.01% of all windows of 30 days."
    assert often[1].startswith("Half of them exceed the budget; one in ten exceeds it by at least ")
    assert often[3] == "To halve any one of the risks changes fewer than one in a thousand windows."


def test_what_is_halved_is_better_in_one_way() -> None:
    (_, of), _ = found(DULL)
    assert of
    assert [one.text.split()[0] for one in of.halved] == ["Blip", "Bank", "Bad"]
    assert all(one.often > of.kept and one.long > of.kept for one in of.halved)
    assert of.pages == sum(one.pages for one in of.halved)
    assert [kept for _, kept in of.ladder] == sorted(kept for _, kept in of.ladder)
    assert (of.target, of.kept) in of.ladder


def test_without_risks_it_says_how_to_state_one() -> None:
    text = as_text(found())
    assert text.startswith("No risk is stated for `shop/availability`, `shop/tickets`. ")
    (written,) = (part for part in text.split("`") if part.startswith("risk"))
    assert [bool(of) for _, of in found(written)] == [True, False]


def test_text_of_users_is_no_markup() -> None:
    lines = [line for line in as_markdown(found(DULL)).splitlines() if line.startswith("| Bad")]
    assert [line.count("|") for line in lines] == [5, 5]
    assert not any(line == "down" for line in as_text(found(DULL)).splitlines())


class TestJson:
    SCHEMA = json.loads(grammar.text("simulate.schema.json"))

    def test_is_as_its_schema_says(self) -> None:
        Draft202012Validator.check_schema(self.SCHEMA)
        examples = [
            (slo, simulated(slo, service)) for service in compile_files(*EXAMPLES).services for slo in service.slos
        ]
        for one in (found(), found(DULL), examples):
            Draft202012Validator(self.SCHEMA).validate(json.loads(as_json(one)))
