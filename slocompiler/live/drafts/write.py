"""Writes drafts: a file for each service, in the layout of `sloc fmt`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from slocompiler.importers.names import Names, named
from slocompiler.importers.write import UNASSIGNED, filters, stream
from slocompiler.ir import Matcher, Stream
from slocompiler.live.drafts.counters import Counter
from slocompiler.live.drafts.evidence import Evidence
from slocompiler.live.drafts.fits import Fit
from slocompiler.live.drafts.signatures import REASON
from slocompiler.promql import percent
from slocompiler.quoting import text
from slocompiler.record import record
from slocompiler.source import Source
from slocompiler.syntax.format import layout
from slocompiler.syntax.parse import parse
from slocompiler.visible import shown

MOST = 3
"""The most SLOs of a service."""
BECAUSE = "Nobody has agreed to this yet: ask the people who depend on it."
AGREE = "# Agree on each target with the people who depend on the service, then remove `draft`."
DEFAULT = "99.9%"
"""The target of a counter that no template knows."""


@record
class Draft:
    """A service with what it uses: templates, or a counter that none knows."""

    name: str
    job: str
    fits: tuple[Fit, ...]
    counter: Counter | None

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.slo"


def drafts(fits: Iterable[Fit], counters: Iterable[Counter]) -> list[Draft]:
    """A service for each combination of values that fixes a template, with the templates of the same values.

    Templates whose SLOs have the same names, as those of HTTP and of gRPC, make services of their own.
    """
    groups: dict[tuple[str, ...], list[Fit]] = {}
    for fit in {(one.signature.template, one.keys): one for one in fits}.values():
        values = tuple(value for key, value in fit.keys if key != "job") or (fit.job,)
        template = fit.signature.template
        for name in (values, (*values, template), (*values, template, fit.job)):
            group = groups.setdefault(name, [])
            if _goes_with(fit, group):
                group.append(fit)
                break
    names = Names()
    found = [
        Draft(name=names.free(_name(values)), job=group[0].job, fits=tuple(group), counter=None)
        for values, group in groups.items()
    ]
    return found + [Draft(name=names.free(_name((one.job,))), job=one.job, fits=(), counter=one) for one in counters]


def _goes_with(fit: Fit, group: Sequence[Fit]) -> bool:
    """Whether a service can use the template, too: up to MOST SLOs, with different names."""
    slos = [need.name for one in (*group, fit) for need in one.needs]
    return len(slos) <= MOST and len(set(slos)) == len(slos)


def written(draft: Draft, evidence: Mapping[str, Evidence], origin: str) -> str:
    """The text of a file. `evidence` is by the names of SLOs; without it, targets are those of the templates."""
    imports = dict.fromkeys(f'import "std/{fit.signature.entry}.slo"' for fit in draft.fits)
    lines = [f"# {shown(origin)}", AGREE, *imports, "", f"service {draft.name} {{", f"owner {text(UNASSIGNED)}", ""]
    for fit in draft.fits:
        lines += _use(fit, evidence)
    if draft.counter:
        lines += _slo(draft.counter, evidence)
    source = Source(draft.file, "\n".join([*lines, "}", ""]))
    tree, problems = parse(source)
    assert not problems, source.text
    return layout(tree)


def _name(values: Sequence[str]) -> str:
    return named("-".join(value.partition("://")[2] or value for value in values), "service")


def _use(fit: Fit, evidence: Mapping[str, Evidence]) -> Iterator[str]:
    """A use of a template, below what speaks for its targets."""
    signature = fit.signature
    arguments = {key: text(value) for key, value in fit.keys} | dict(signature.values) | dict(fit.bounds)
    for need in fit.needs:
        if need.name in evidence:
            yield f"# {need.name}: {evidence[need.name].text}"
            arguments[need.target] = percent(evidence[need.name].target)
    if signature.values:
        guessed = " and ".join(f"`{name}`" for name in signature.values)
        yield f"# {guessed}: a guess"
    arguments[REASON] = text(BECAUSE)
    missing = [need.name for need in signature.needs if need not in fit.needs]
    without = f" without {', '.join(missing)}" if missing else ""
    given = ", ".join(f"{name} = {value}" for name, value in arguments.items())
    yield f"draft use {signature.template}({given}){without}"


def _slo(counter: Counter, evidence: Mapping[str, Evidence]) -> Iterator[str]:
    """An SLO of a counter, which has to be looked at: nobody knows what it counts."""
    own = evidence.get("availability")
    yield f"# {own.text}" if own else ""
    yield "# No template knows this counter: do users notice these events, and are only these bad?"
    yield f"draft slo availability {percent(own.target) if own else DEFAULT} over 30d {{"
    yield f"events {stream(Stream(metric=counter.metric, all=(Matcher('job', '=', counter.job),)))}"
    yield f"bad {filters([(counter.bad,)])}"
    yield f"because {text(BECAUSE)}"
    yield "}"
