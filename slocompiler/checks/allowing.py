"""`allow CODE because …`: silences a warning that someone has looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.checks.context import Run
from slocompiler.codes import CODES
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import correct, remove
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.source import Source
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t

DATED = ("W314", "W367", "W369", "W370")
"""The codes that are reported only if today's date is given, so an `allow` of one is never unnecessary."""
ON_SERVERS = "V"
"""How codes begin that only a server raises: an `allow` of one may be needed."""
Location = tuple[Source, int]
"""The source and the offset at which a statement begins."""


class Allowances:
    """The `allow` statements of a run, and which of them silenced a warning."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._seen: dict[Location, t.Allow] = {}
        self._needed: set[Location] = set()

    def of_service(self, service: ResolvedService, problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The `problems` of a service without the warnings that it allows."""
        allowed = [item for item in service.tree.items if isinstance(item, t.Allow)]
        return self._filter(allowed, problems, service.intact and service.slos_intact)

    def of_slo(self, slo: ResolvedSlo, problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The `problems` of an SLO without the warnings that it or its service allows."""
        return self._filter(slo.allowed, problems, slo.intact)

    def _filter(self, allowed: Iterable[t.Allow], problems: Iterable[Diagnostic], intact: bool) -> Iterator[Diagnostic]:
        codes: dict[str, Location] = {}
        for item in allowed:
            location = item.span.source, item.span.start
            self._seen[location] = item
            codes[item.code.text] = location
        for problem in problems:
            intact &= not problem.is_error
            if problem.is_error or problem.code not in codes:
                yield problem
            else:
                self._needed.add(codes[problem.code])
        if not intact:  # an error may hide the warning
            self._needed.update(codes.values())

    def problems(self) -> Iterator[Diagnostic]:
        """E205, E414 and W315: an `allow` of an unknown code, of an error, without a reason, or without effect."""
        for location, item in self._seen.items():
            code = item.code.text
            if not item.intact:
                continue
            if code not in CODES:
                help = did_you_mean(code, CODES) or "use the code in the brackets of a message, such as warning[W312]"
                fixes = correct(item.code.span, code, (known for known in CODES if not known.startswith("E")))
                yield Diagnostic("E205", f"there is no code `{code}`", item.code.span, help=help, fixes=fixes)
            elif code.startswith("E"):
                help = f"fix the error: `sloc explain {code}` says how"
                message = f"{code} is an error: only warnings can be allowed"
                fixes = remove("remove this `allow`", item.span)
                yield Diagnostic("E414", message, item.code.span, help=help, fixes=fixes)
            elif not item.because.value.strip():
                help = "say why this warning is acceptable here"
                yield Diagnostic("E414", "`allow` needs a reason", item.because.span, help=help)
            elif location not in self._needed and code not in DATED and not code.startswith(ON_SERVERS):
                fixes = remove("remove this `allow`", item.span, safe=True)
                yield Diagnostic(
                    "W315", f"nothing here raises {code}", item.span, help="remove this `allow`", fixes=fixes
                )
