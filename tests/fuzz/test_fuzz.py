"""A short run of `make fuzz`, and what a run does with findings."""

from __future__ import annotations

import os

import pytest

from fuzz import laws, run
from fuzz.inputs import KINDS, Outcome, broken, made, tried


def test_a_short_run_finds_nothing() -> None:
    outcomes = [tried(20261129, number) for number in range(300)]
    assert [(one.kind, one.number, one.error) for one in outcomes if one.error] == []
    assert {one.kind for one in outcomes} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_makes_the_same_inputs(kind: str) -> None:
    inputs = [made(1, number, kind) for number in range(40)]
    assert inputs == [made(1, number, kind) for number in range(40)]
    assert len({one.data for one in inputs} | {made(2, number, kind).data for number in range(40)}) > 60


def test_most_structured_programs_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = []
    monkeypatch.setattr(laws, "_outputs", lambda *given: rendered.append(given))
    assert not any(tried(1, number, "structured").error for number in range(30))
    assert len(rendered) > 15


def test_a_law_that_is_broken_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "fmt", lambda text: f"{text} ")
    assert "the layout has another layout" in broken("a.slo", laws.EXAMPLE.encode())
    monkeypatch.setattr(laws, "_readable", lambda *_: 1 / 0)
    assert "ZeroDivisionError" in broken("sloc.yaml", b"{}")


def test_a_process_that_ends_is_a_finding_and_the_next_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(seed: int, number: int, *_: object) -> Outcome:
        if number == 4:
            os._exit(9)
        return Outcome(number, "walks", float(seed), "ValueError: 1" if number > 8 else "")

    monkeypatch.setattr(run, "tried", fake)
    kept: list[Outcome] = []
    figures = run.run(1, range(12), "walks", 2, 1, kept.append)
    assert (figures.inputs, figures.errors.total()) == ({"walks": 12}, 4)
    assert {(one.number, one.error) for one in kept if one.number == 4} == {(4, "the process ended with 9")}
    assert len(kept) == 2, "one of the findings that are alike"
