"""`sloc review`: the period of a target, which targets would have held, what users said, and a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from slocompiler import burn
from slocompiler.explain import words
from slocompiler.ir import Feedback, Program, Service, Slo
from slocompiler.live import report, suggest
from slocompiler.live.backtest import Unknown, replay_of, tried
from slocompiler.live.complaints import Heard, by_slo
from slocompiler.live.period import Period
from slocompiler.live.questions import Asking, together
from slocompiler.live.report import Account
from slocompiler.live.suggest import Suggestion
from slocompiler.promql import percent
from slocompiler.targets.shared import Options

RELIABLE = "more reliable"
"""The proposal to keep a target that was missed."""
MORE_RISK = "The budget can pay for more risk, such as faster roll-outs and tests in production."


class Proposal(NamedTuple):
    """What to agree on, in a few words and in full sentences."""

    short: str
    sentences: tuple[str, ...]


class Reviewed(NamedTuple):
    """An SLO in a deployment, for the meeting."""

    account: Account
    suggestion: Suggestion | None
    """None if a snapshot lacks it."""

    @property
    def proposal(self) -> Proposal:
        """What the period speaks for."""
        if self.suggestion is None or self.suggestion.now is None:
            return Proposal("nothing yet", ("Nothing can be proposed: there are no data.",))
        return _proposed(self.suggestion)


def reviews(program: Program, options: Options, period: Period, now: int) -> Asking[list[Reviewed]]:
    """Each SLO of a deployment; drafts promise nothing yet."""
    said = by_slo(program)
    found = yield from together(
        _reviewed(slo, service, options, period, now, said)
        for service in program.services
        for slo in service.slos
        if not slo.draft
    )
    return found


def _reviewed(
    slo: Slo, service: Service, options: Options, period: Period, now: int, said: Mapping[str, Sequence[Feedback]]
) -> Asking[Reviewed]:
    found = yield from tried(slo, report.data(slo, options, period, now))
    if isinstance(found, Unknown):
        return Reviewed(report.lacking(found, service, period, now), None)
    past = replay_of(found, slo, options, burn.LADDER, period.since)
    return Reviewed(report.account_of(found, slo, service, options, period), suggest.judged(past, said.get(slo.id)))


def _proposed(of: Suggestion) -> Proposal:
    """By the verdict on the target, and by what users said: the past of events does not know whether people suffered."""
    target = percent(of.slo.target)
    if of.verdict == "unknown":
        said = f"Keep {target}: the past does not say whether it fits, because {of.why}."
        found = Proposal(f"keep {target}", (said,))
    elif of.verdict == "fits":
        found = Proposal(f"keep {target}", (f"Keep {target}: {of.why}.",))
    elif of.heard is None:
        found = _unheard(of, target)
    else:
        found = (_too_strict if of.verdict == "too strict" else _too_loose)(of, target, of.heard)
    blind = of.heard.number(complained=True, moved=False) if of.heard else 0
    if not blind:
        return found
    days = words.plural(blind, "day")
    check = f"Check which events count as bad: on {days} users complained and the budget did not move."
    return Proposal(found.short, (*found.sentences, check))


def _too_strict(of: Suggestion, target: str, heard: Heard) -> Proposal:
    if heard.complaints:
        on = words.plural(heard.complaints, "day")
        said = f"Keep {target} and make the service more reliable: {of.why}, and users complained on {on}."
        return Proposal(RELIABLE, (said,))
    if of.better is None:
        said = f"Loosen {target}: {of.why}, and nobody complained. The past does not say which target would have held."
        return Proposal("loosen", (said,))
    to = percent(of.better.target)
    said = f"Loosen {target} to {to}: {of.why}, and nobody complained."
    return Proposal(f"loosen to {to}", (said, *_instead(of)))


def _too_loose(of: Suggestion, target: str, heard: Heard) -> Proposal:
    if heard.complaints and of.better:
        on, to = words.plural(heard.complaints, "day"), percent(of.better.target)
        said = f"Tighten {target} to {to}: {of.why}, and users complained on {on}. The looser target hid it."
        return Proposal(f"tighten to {to}", (said, *_instead(of)))
    said = f"Keep {target}: {of.why}, and nobody complained. {MORE_RISK}"
    return Proposal(f"keep {target}", (said,))


def _unheard(of: Suggestion, target: str) -> Proposal:
    """Without `feedback`, the meeting has to say whether users suffered."""
    better = percent(of.better.target) if of.better else "a looser target"
    if of.verdict == "too strict":
        then = f"If they did, keep {target} and make the service more reliable; if nobody did, agree on {better}."
    else:
        then = f"If they did, agree on {better}; if nobody did, keep {target}. {MORE_RISK}"
    return Proposal("ask users", (f"Ask whether users suffered: {of.why}.", then, *_instead(of)))


def _instead(of: Suggestion) -> tuple[str, ...]:
    """What the suggested target would have meant, as a sentence."""
    said = suggest.instead(of)
    return (f"{said}.",) if said else ()
