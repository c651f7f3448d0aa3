"""An SLO of another tool as one plain value, which `write.py` writes as the language does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from slocompiler.diagnostics import Diagnostic
from slocompiler.explain.language import alert
from slocompiler.importers.document import Field
from slocompiler.importers.recognise import Pair, Shape
from slocompiler.ir import Raw, Severity, Slices
from slocompiler.promql import LABEL, UNITS, is_reserved, number
from slocompiler.record import EMPTY, record, replace
from slocompiler.standard import alerts as standard_alerts

DAY = 86_400
_LONGEST_TITLE = 60
_DURATION = re.compile(r"(?:[0-9]{1,6}[wdhms])+\Z")
Indicator = Shape | Raw | Slices


@record
class Options:
    """What the command line says besides the files."""

    service: str = ""
    """The service of SLOs that name none."""
    owner: str = ""
    """The owner of services that have none."""
    window: int = 30 * DAY
    """The window, in seconds, of SLOs that name none, which are those of Sloth."""
    keep_alerts: bool = False
    """Whether alert lines have the burn rates of the other tool, instead of the standard ones."""
    plugins: Mapping[str, Field] = EMPTY
    """The documents with queries of Sloth's plugins, by their ids."""


class Refused(Exception):
    """An SLO cannot be imported; the diagnostic says why."""

    def __init__(self, code: str, message: str, field: Field, help: str = "") -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code, message, field.span, help=help)
        self.field, self.name = field, ""

    def about(self, field: Field, name: str) -> Refused:
        """The same about an SLO, whose part of the document is refused."""
        self.field, self.name = field, name
        return self


@record
class Promise:
    """An SLO of another tool."""

    field: Field
    """Its part of the document."""
    service: str
    """Its service and its name, as the other tool has them."""
    name: str
    target: Decimal
    """The share of good events."""
    window: int
    """In seconds."""
    indicators: tuple[Indicator, ...]
    """Ways to write what it measures, the best first."""
    title: str = ""
    service_title: str = ""
    comments: tuple[str, ...] = ()
    """Lines above it."""
    per: tuple[str, ...] = ()
    slices: tuple[int, Decimal] | None = None
    """The length of a slice in seconds, and the least share of good events of a good one, if slices count."""
    owner: str = ""
    runbook: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    alerts: tuple[str, ...] | None = None
    """Its alert lines; none at all if it is empty, the standard ones if it is None."""
    is_draft: bool = False
    codes: tuple[str, ...] = ()
    """The codes of the diagnostics about it."""
    exact: tuple[str, ...] = ()
    """All its statements, if its document says exactly which; then what it measures and its alerts only describe it."""
    around: tuple[str, ...] = ()
    """Statements of its service that it needs, or that come with it."""


def described(promise: Promise, text: str) -> Promise:
    """With a description: a short one without a full stop inside is the title, any other a comment."""
    line = " ".join(text.split())
    bare = line.removesuffix(".")
    if line and not promise.title and len(bare) <= _LONGEST_TITLE and "." not in bare:
        return replace(promise, title=bare)
    return replace(promise, comments=(*promise.comments, line)) if line else promise


def share(field: Field, scale: int = 100) -> Decimal:
    """A target as a share, from a percentage, or with the scale 1 from a share. Raises Refused."""
    found = field.decimal()
    if found is None:
        what = "this is no number" if field else "there is no target"
        raise Refused("E602", what, field, "write a number, such as `99.9`")
    if not 0 < found < scale:
        raise Refused("E640", f"a target of {field.text} leaves no error budget, or no target", field)
    if scale == 100 and found < 1:
        help = f"did you mean {number(found * 100)}? A target of this file is a percentage"
        raise Refused("E640", f"a target of {field.text}% is almost nothing", field, help)
    return found / scale


def seconds(field: Field, default: int) -> int:
    """A duration such as `4w` in seconds. Raises Refused for anything else."""
    if not field:
        return default
    found = length(field)
    if not found:
        raise Refused("E602", "this is no duration", field, "write a duration, such as `30d`")
    field.use()
    return found


def length(field: Field) -> int:
    """A duration in seconds, which is not used yet; 0 for anything else."""
    is_duration = field.kind == "text" and _DURATION.match(field.text)
    return (
        sum(int(count) * UNITS[unit] for count, unit in re.findall(r"([0-9]+)([wdhms])", field.text))
        if is_duration
        else 0
    )


def labels(field: Field, own: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """The labels of a mapping that may be on alerts; the others are lost. `own` are names that are read elsewhere."""
    found = []
    for name, value in field.items.items():
        if name in own:
            continue
        if is_reserved(name) or not LABEL.match(name) or value.kind != "text" or not value.text:
            value.lose("W630")
        else:
            found.append((name, value.string()))
    return tuple(found)


def address(field: Field) -> str:
    """The address of a web page; "" for anything else."""
    return field.string() if re.match(r"https?://", field.text) else ""


def standard(promise: Promise, severities: Sequence[Severity]) -> tuple[str, ...]:
    """The standard alert lines of some severities; none for a window that is too short for them."""
    if promise.window < DAY:
        return ()
    lines = standard_alerts(promise.target, promise.window)
    plain = [replace(line, ceiling=None) if hasattr(line, "ceiling") else line for line in lines]
    return tuple([alert(line, promise.target, promise.window) for line in plain if line.severity in severities])


def measured(promise: Promise, found: Pair) -> Promise:
    """With what its queries measure."""
    indicators: tuple[Indicator, ...] = (found.shape, found.raw) if found.shape else (found.raw,)
    comments = tuple([_sentence(text) for note in found.notes if note.is_draft for text in (note.message, note.help)])
    return replace(
        promise, indicators=indicators, per=found.per, is_draft=bool(comments), comments=promise.comments + comments
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
