"""`allow CODE because …`: a doubt that was looked at, silenced where it was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import CODES, Diagnostic
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.source import Source
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t

DUE = "W314"
"""Only told where the day is known: an `allow` of it is never needless."""


class Allowances:
    """What a run allows; remembers what was needed."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._said: dict[tuple[Source, int], t.Allow] = {}
        self._needed: set[tuple[Source, int]] = set()

    def of_service(self, service: ResolvedService, problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The problems of a service that it does not allow."""
        allowed = [item for item in service.tree.items if isinstance(item, t.Allow)]
        return self._filter(allowed, problems, service.intact and service.slos_intact)

    def of_slo(self, slo: ResolvedSlo, problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The problems of an SLO that neither it nor its service allows."""
        return self._filter(slo.allowed, problems, slo.intact)

    def _filter(self, allowed: Iterable[t.Allow], problems: Iterable[Diagnostic], intact: bool) -> Iterator[Diagnostic]:
        codes: dict[str, tuple[Source, int]] = {}
        for item in allowed:
            place = item.span.source, item.span.start
            self._said[place] = item
            codes[item.code.text] = place
        for problem in problems:
            intact &= not problem.is_error
            if problem.is_error or problem.code not in codes:
                yield problem
            else:
                self._needed.add(codes[problem.code])
        if not intact:  # a mistake may hide the doubt
            self._needed.update(codes.values())

    def needless(self) -> Iterator[Diagnostic]:
        """E205, E414 and W315: what allows no doubt, or none that there is."""
        for place, item in self._said.items():
            code = item.code.text
            if not item.intact:
                continue
            if code not in CODES:
                help = did_you_mean(code, CODES) or "codes stand in the brackets of a message: warning[W312]"
                yield Diagnostic("E205", f"there is no code `{code}`", item.code.span, help=help)
            elif code.startswith("E"):
                help = f"`sloc explain {code}` tells what to do"
                yield Diagnostic("E414", f"{code} is an error: it cannot be allowed", item.code.span, help=help)
            elif not item.because.value.strip():
                yield Diagnostic(
                    "E414", "a doubt is allowed for a reason", item.because.span, help="say it: the next reader asks"
                )
            elif place not in self._needed and code != DUE:
                yield Diagnostic("W315", f"nothing here raises {code}", item.span, help="take this line out")
