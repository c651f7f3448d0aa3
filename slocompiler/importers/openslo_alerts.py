"""OpenSLO's alert policies as alert lines: a burn rate over a window is a share of the budget in that window."""

from __future__ import annotations

from decimal import Decimal

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.document import Field
from slocompiler.importers.promise import Promise, length
from slocompiler.promql import duration, number
from slocompiler.record import replace

Known = dict[tuple[str, str], Field]
"""The objects of all documents, by kind and name."""
_PAGES = ("critical", "page", "sev1", "high")
_ABSENT = "ticket when no data for 15m"


def alerts(promise: Promise, policies: Field, objects: Known, problems: list[Diagnostic]) -> Promise:
    """With the lines of its policies; the standard ones if it has no policy that can be one."""
    lines, codes, absent = list[str](), list[str](), list[str]()
    for entry in policies.elements():
        policy = _referred(entry, "alertPolicyRef", "AlertPolicy", objects).get("spec")
        for name in ("alertWhenResolved", "notificationTargets", "description"):
            policy.get(name).lose("W632")
        if policy.get("alertWhenNoData").boolean():
            absent = [_ABSENT]
        if policy.get("alertWhenBreaching").boolean() is False:
            continue
        for condition in policy.get("conditions").elements():
            found = _referred(condition, "conditionRef", "AlertCondition", objects).get("spec")
            line = _burn(promise, found, problems, codes)
            if line and line not in lines:
                lines.append(line)
    return replace(promise, alerts=(*lines, *absent) or None, codes=(*promise.codes, *codes))


def _referred(entry: Field, reference: str, kind: str, objects: Known) -> Field:
    """The object itself, or the one that it refers to."""
    field = entry if entry.kind == "text" else entry.get(reference)
    found = objects.get((kind, field.text)) if field else None
    if found is None:
        if entry.get("kind").text == kind:
            entry.get("kind").use()
        return entry
    field.use()
    found.get("metadata", "name").use()
    return found


def _burn(promise: Promise, spec: Field, problems: list[Diagnostic], codes: list[str]) -> str:
    """The alert line of a condition; "" if it can be none."""
    condition = spec.get("condition")
    spec.get("description").lose("W632")
    condition.get("alertAfter").lose("W632")
    factor, window = condition.get("threshold").decimal(), length(condition.get("lookbackWindow"))
    operator = condition.get("op").string()
    if operator not in ("gt", "gte", "") or not factor or not window:
        is_low = operator.startswith("l")
        why = "an alert that fires while the burn rate is low" if is_low else "no burn rate over a window"
        problems.append(Diagnostic("W634", why, condition.span, help="its line is left out"))
        codes.append("W634")
        return ""
    condition.get("lookbackWindow").use()
    if condition.get("kind").text == "burnrate":
        condition.get("kind").use()
    severity = "page" if spec.get("severity").string().lower() in _PAGES else "ticket"
    spent = round(Decimal(factor * window * 100) / promise.window, 4)
    if factor <= 1 or spent >= 100:
        why = (
            f"a burn rate of {number(factor)} over {duration(window)} is no sign of trouble, or spends the whole budget"
        )
        problems.append(Diagnostic("W634", why, condition.span, help="its line is left out"))
        codes.append("W634")
        return ""
    needs = " needs 1 bad events" if severity == "page" else ""
    return f"{severity} at {number(spent)}% of budget in {duration(window)}{needs}"
