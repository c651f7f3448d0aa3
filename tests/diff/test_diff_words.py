"""The words for single changes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

from jsonschema import Draft202012Validator

from slocompiler import burn, grammar, ir
from slocompiler.diff.change import Side
from slocompiler.diff.compare import alone, compare
from slocompiler.diff.render import text
from slocompiler.diff.render.json import data as json_data
from slocompiler.ir import Program
from slocompiler.record import replace
from support.programs import (
    BASE,
    COUNTERS,
    DAY,
    FEEDBACK,
    HEAD,
    PAGE,
    RATIO_SLICES,
    RAW,
    RISK,
    SLICES,
    THRESHOLD,
    is_,
    kinds,
    of,
    program,
    said,
    service,
    slo,
    stream,
)

VALIDATOR = Draft202012Validator(json.loads(grammar.text("diff.schema.json")))


def test_a_change_of_a_template_is_one_entry() -> None:
    """Fourteen SLOs, of which each has its own runbook and one its own alerts."""

    def made(target: str, host: str) -> Program:
        return program(
            service(
                *(
                    slo(
                        f"s{n}",
                        target=Decimal(target),
                        source="org.slo",
                        used_at=f"a.slo:{n}",
                        runbook=f"https://{host}/a/s{n}",
                        alerts=() if n == 3 else (PAGE,),
                        origins=(ir.Origin(setting="runbook", place="org.slo:2"),),
                    )
                    for n in range(14)
                )
            )
        )

    found = compare(made("0.999", "runbooks"), made("0.995", "wiki"))
    loosened, runbook = found.entries
    assert (loosened.kinds, len(loosened.slos)) == (("loosened", "unreasoned"), 14)
    assert [len(case.slos) for case in loosened.cases] == [13, 1], "one that alerts nobody"
    assert loosened.location.path == "org.slo"
    assert loosened.location.used_at == "", "several uses"
    assert (len(runbook.slos), runbook.alike, runbook.location.path) == (14, False, "org.slo:2")
    shown = said(made("0.999", "runbooks"), made("0.995", "wiki"))
    assert "14 targets loosened without a new reason." in shown
    assert "in a template of org.slo\n" in shown
    assert "https://runbooks/a/s0 → https://wiki/a/s0; likewise for 13 others" in shown


def test_the_location_of_a_target_is_its_line_if_it_is_known() -> None:
    origins = (ir.Origin(setting="target", place="org.slo:22"),)
    found = compare(of(), of(target=Decimal("0.99"), origins=origins))
    assert found.entries[0].location.path == "org.slo:22"


def test_a_reason_that_is_new_is_a_reason() -> None:
    assert "unreasoned" in kinds(of(), of(target=Decimal("0.99")))
    assert "unreasoned" not in kinds(of(), of(target=Decimal("0.99"), because="users said so"))
    assert "unreasoned" not in kinds(of(), of(target=Decimal("0.9999")))
    assert "×10 looser, without a reason" in said(of(because=""), of(because="", target=Decimal("0.99")))


def test_targets_of_some_values() -> None:
    some = (ir.Override(filter=(is_("r", "1"),), target=Decimal("0.99"), alerts=()),)
    assert 'target for {r="1"} 99.9% → 99%, ×10 looser' in said(of(), of(overrides=some))
    assert 'target for {r="1"} 99% → 99.9%, ×10 stricter' in said(of(overrides=some), of())
    other = (ir.Override(filter=(is_("q", "1"),), target=Decimal("0.9"), alerts=()),)
    assert kinds(of(overrides=some + other), of(overrides=other + some)) == {"per"}


def test_figures_are_those_of_the_arithmetic() -> None:
    found = compare(of(), of(target=Decimal("0.99")))
    ((old, new),) = found.entries[0].cases[0].detail.lines
    assert old is not None
    assert new is not None
    for line, target in ((old, Decimal("0.999")), (new, Decimal("0.99"))):
        for share, seen in zip(burn.SHARES, line.detects, strict=True):
            assert (seen and seen.seconds) == burn.detection(PAGE, target, 30 * DAY, share)
            assert seen is None or seen.spent == burn.spent(seen.seconds, target, 30 * DAY, share) == Fraction(2, 100)
    shown = said(of(), of(target=Decimal("0.99")))
    assert "budget 43m12s → 7h12m of full outage in 30d; 1,000 → 10,000 bad events in a million" in shown
    assert "at 10% errors    after 8m38s → never, 2% of the budget spent" in shown


def test_delays_are_those_of_the_project_and_of_the_slices() -> None:
    """Only SLOs with times of alerts count."""
    sliced = {"indicator": replace(SLICES, seconds=300)}
    looser = {"target": Decimal("0.99")}
    plain = compare(of(), of(**looser), (), (60, 60)).delays
    assert plain.endswith("Scraping and evaluation add about 3 minutes; a ticket waits 15 minutes more.")
    assert "a slice of time up to 5 minutes" in compare(of(**sliced), of(**sliced, **looser)).delays
    other = program(service(slo(), slo("y", **sliced))), program(service(slo(**looser), slo("y", **sliced)))
    assert "slice" not in compare(*other).delays
    assert compare(of(), of(title="Another")).delays == ""


def test_lines_are_matched() -> None:
    hour, six = PAGE, replace(PAGE, window=21600, share=Decimal("0.05"))
    ticket = replace(hour, severity="ticket", needs=0)
    changed = replace(six, share=Decimal("0.1"))
    assert "page at 5% of budget in 6h needs 5 bad events → page at 10% of budget in 6h needs 5 bad events\n" in said(
        of(alerts=(hour, six)), of(alerts=(changed, hour))
    )
    assert kinds(of(alerts=(hour, six)), of(alerts=(six, hour))) == set()
    assert kinds(of(alerts=(hour, six)), of(alerts=(hour,))) == {"silenced", "alerts"}
    assert kinds(of(alerts=(hour,)), of(alerts=(hour, six))) == {"alerts"}
    assert kinds(of(alerts=(replace(hour, needs=0),)), of(alerts=(ticket,))) == {"silenced", "alerts"}


def test_a_share_of_bad_events_is_compared_with_a_share_of_the_budget() -> None:
    later, sooner = (replace(PAGE, share=None, ceiling=Decimal(bad)) for bad in ("0.0145", "0.0143"))
    assert kinds(of(alerts=(PAGE,)), of(alerts=(later,))) == {"silenced", "alerts"}
    assert kinds(of(alerts=(PAGE,)), of(alerts=(sooner,))) == {"alerts"}
    assert "page when more than 1.45% bad over 1h needs 5 bad events\n" in said(of(), of(alerts=(later,)))


def test_renames_keep_their_other_changes() -> None:
    found = compare(of(), program(service(slo("y", target=Decimal("0.99")), risks=())))
    assert found.kinds == ("renamed", "loosened", "unreasoned", "risks", "feedback")
    assert "x → y" in said(of(), program(service(slo("y")))).replace("a/", "")
    other = program(service(slo("y", indicator=COUNTERS)))
    assert kinds(of(), other) == {"added", "removed"}
    twins = program(service(slo("y"), slo("z")))
    assert kinds(of(), twins) == {"added", "removed"}, "nothing tells which of the two it is"
    whole = program(service(slo("x", "b"), slo("y", "b", title="V"), name="b"))
    found = compare(program(service(slo("x"), slo("y", title="V"))), whole)
    assert [(entry.kinds, entry.slos) for entry in found.entries] == [(("renamed",), ("b/x", "b/y"))]


def test_risks_that_no_longer_fit() -> None:
    heavy = replace(RISK, lasting=7200)
    before, after = program(service(slo())), program(service(slo(), risks=(heavy,)))
    assert kinds(before, after) == {"overburdened", "risks"}
    assert "The risks cost 1h of full outage in 30d. The budget is 43m12s." in said(before, after)
    assert "the risks fit into the budget again" in said(after, before)
    assert kinds(after, after) == set(), "they did not fit before"
    assert "overburdened" in kinds(program(), after)


def test_feedback_is_a_change_of_the_slos_that_it_is_about() -> None:
    later = replace(FEEDBACK, day=date(2026, 10, 15), text="gone", on=("y",))
    both = (slo(), slo("y"))
    before, after = program(service(*both)), program(service(*both, feedback=(replace(FEEDBACK, text="lost"), later)))
    assert kinds(before, after) == {"feedback"}
    assert "feedback of 2026-10-14: slow → lost" in said(before, after)
    assert "feedback of 2026-10-15 added: gone" in said(before, after)
    assert [entry.slos for entry in compare(before, after).entries] == [("a/x",), ("a/y",)]
    assert "feedback of 2026-10-15 removed: gone" in said(after, before)


def test_what_cannot_be_compared() -> None:
    found = alone(of())
    assert (found.kinds, found.before, found.after) == (("uncompared",), None, 1)
    assert alone(program()).kinds == ("uncompared",)
    shown = text.render(found, Side("main", "", ("error[E101]: here",)), HEAD)
    assert "main does not compile, so the changes are unknown; there is 1 SLO now.\n\n  error[E101]: here\n" in shown
    VALIDATOR.validate(json_data(found, BASE, HEAD))


def test_the_sentence() -> None:
    assert "No changes: 1 SLO.\n" in said(of(), of())
    assert "There are no SLOs.\n" in said(program(), program())
    assert "1 SLO changed (title).\n" in said(of(), of(title="V"))


def test_another_shape_is_printed_in_full() -> None:
    shown = said(of(), of(indicator=THRESHOLD))
    assert 'events in counters → a threshold in a histogram: events x{} bad x{} only {code="500"} → ' in shown
    assert "→ events h{} good below 300ms\n" in shown
    assert "for 30d, the budget mixes events" in shown
    assert "Give the SLO a new name" in said(of(), of(indicator=SLICES))
    assert "slices 1m good when max(g{}) < 5 no data is bad\n" in said(of(), of(indicator=SLICES))
    assert "slices 1m with 90% good events x{} bad" in said(of(), of(indicator=RATIO_SLICES))
    assert "events `rate(x[$window])` bad `rate(y[$window])`" in said(of(), of(indicator=RAW))


def test_counters_are_compared_metric_by_metric() -> None:
    both = replace(COUNTERS, total=(stream("x"), stream("z", is_("job", "a"))))
    assert 'counts also z{job="a"}\n' in said(of(indicator=COUNTERS), of(indicator=both))
    assert 'no longer counts z{job="a"}\n' in said(of(indicator=both), of(indicator=COUNTERS))
    narrow = replace(both, total=(stream("x"), stream("z", is_("job", "b"))))
    assert 'counts {job="b"} instead of {job="a"} of z\n' in said(of(indicator=both), of(indicator=narrow))
    part = replace(COUNTERS, part=(stream("y", is_("code", "1")),))
    assert 'bad: counts only {code="1"}\n' in said(of(indicator=COUNTERS), of(indicator=part))
    left_out = ((is_("path", "/healthz"),),)
    without = replace(both, total=tuple(replace(one, none=left_out) for one in both.total))
    without = replace(without, part=(stream("y", none=left_out),))
    assert 'easier        excludes {path="/healthz"}\n' in said(of(indicator=both), of(indicator=without)), "once"
