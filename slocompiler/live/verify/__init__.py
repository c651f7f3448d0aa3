"""`sloc verify`: whether a server has what SLOs read, and evaluates their rules.

Each check is a generator of questions over an SLO, or over all SLOs of a server. What a check cannot know for certain is a
note, or is counted as not checked: a finding is always a mistake in the files or on the server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from slocompiler.diagnostics import Diagnostic
from slocompiler.explain.words import plural
from slocompiler.ir import Program
from slocompiler.live.questions import Asking, NotKept, together
from slocompiler.live.verify.buckets import buckets
from slocompiler.live.verify.kinds import kinds
from slocompiler.live.verify.labels import labels
from slocompiler.live.verify.now import doing
from slocompiler.live.verify.outside import outside
from slocompiler.live.verify.per import per
from slocompiler.live.verify.recorded import counted, evaluated
from slocompiler.live.verify.rules import rules
from slocompiler.live.verify.scraping import down, scraping
from slocompiler.live.verify.series import series
from slocompiler.live.verify.server import alertmanager, retention
from slocompiler.live.verify.subject import Found, Note, Subject, Unchecked
from slocompiler.record import record
from slocompiler.resolve.located import Located
from slocompiler.targets.shared import Options

LOOKBACK = 86_400
"""How far back series are looked for by default, in seconds."""
CHECKS: Mapping[str, Callable[[Subject], Asking[list[Found]]]] = {
    "V701": series,
    "V702": labels,
    "V704": buckets,
    "V705": kinds,
    "V706": per,
    "V708": outside,
    "V712": counted,
    "V715": doing,
}
"""What is asked about each SLO, by the first code that it may find."""
READING = ("V701", "V702", "V704", "V705", "V706", "V708")
"""Those about the series that an SLO reads: nothing need be loaded or recorded for them."""


SEEN = {
    "V701": "no series",
    "V702": "a label that is missing",
    "V704": "a bound that is no bucket",
    "V705": "a metric of another type",
}
"""What the summary says about the number of SLOs with an error."""


@record
class Report:
    """What was found on a server."""

    problems: list[Diagnostic]
    notes: list[Note]
    unchecked: list[Unchecked]
    summary: str


def verify(
    program: Program, located: Mapping[str, Located], now: int, lookback: int, options: Options
) -> Asking[Report]:
    """Compare a program with the server that answers.

    `located` has the locations of each SLO by its id; `now` is in seconds since the epoch, and `lookback` is how far back
    series are looked for, in seconds.
    """
    subjects = _subjects(program, located, now, lookback, options)
    every = [*subjects.values()]
    where = next((slo.deployment.where for slo in program.slos if slo.deployment), ())
    of_server = {
        "V710": rules(program, subjects, options),
        "V711": evaluated(every, now),
        "V707": scraping(every),
        "V709": down(every, where, now),
        "V713": alertmanager(every),
        "V714": retention(every),
    }
    checks = [_kept(code, "", check) for code, check in of_server.items()]
    checks += [_kept(code, of.slo.id, check(of)) for of in every for code, check in CHECKS.items()]
    results = yield from together(checks if every else [])
    found = [one for several in results for one in several]
    begins = range(len(of_server), len(results), len(CHECKS))
    by_slo = [[one for several in results[at : at + len(CHECKS)] for one in several] for at in begins]
    notes = [one for one in found if isinstance(one, Note)]
    return Report(
        [one for one in found if isinstance(one, Diagnostic)],
        sorted((one for one in notes if one.slo), key=lambda one: (one.slo, one.code)),
        [one for one in found if isinstance(one, Unchecked)],
        "; ".join([_summary(by_slo), *(one.text for one in notes if not one.slo)]),
    )


def reading(
    program: Program, located: Mapping[str, Located], now: int, lookback: int, options: Options
) -> Asking[list[Diagnostic]]:
    """The problems of the series that the program reads: a part of `verify`, for files that may never be rolled out."""
    subjects = _subjects(program, located, now, lookback, options).values()
    results = yield from together(_kept(code, of.slo.id, CHECKS[code](of)) for of in subjects for code in READING)
    return [one for several in results for one in several if isinstance(one, Diagnostic)]


def _subjects(
    program: Program, located: Mapping[str, Located], now: int, lookback: int, options: Options
) -> dict[str, Subject]:
    return {slo.id: Subject(slo, located[slo.id], now, lookback, options) for slo in program.slos}


def _kept(code: str, slo: str, check: Asking[list[Found]]) -> Asking[list[Found]]:
    """The check, if there is an answer to all that it asks."""
    try:
        found = yield from check
    except NotKept:
        return [Unchecked(code, slo, "the snapshot has no answer for these files")]
    return found


def not_checked(unchecked: Iterable[Unchecked]) -> list[str]:
    """What was not checked, and why, in lines."""
    found = Counter((one.code, one.why, bool(one.slo)) for one in unchecked)
    return [
        f"not checked: {code}{' of ' + plural(count, 'SLO') if is_slo else ''}, {why}"
        for (code, why, is_slo), count in sorted(found.items())
    ]


def _summary(by_slo: Sequence[Sequence[Found]]) -> str:
    """How many SLOs have all that they read, and how many have each of the errors."""
    codes = [{one.code for one in found if isinstance(one, Diagnostic)} for found in by_slo]
    unseen = [any(isinstance(one, Unchecked) and one.code == "V701" for one in found) for found in by_slo]
    counts = [(sum(code in own for own in codes), SEEN[code]) for code in SEEN]
    told = [f"{n:,} {'has' if n == 1 else 'have'} {what}" for n, what in counts if n]
    fine = sum(not own & SEEN.keys() and not unknown for own, unknown in zip(codes, unseen, strict=True))
    if any(unseen):
        told.append(f"{sum(unseen):,} not checked")
    return f"{plural(len(codes), 'SLO')}: {', '.join([f'{fine:,} can be measured', *told])}"
