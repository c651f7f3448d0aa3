"""Names of terminals and statements, as messages use them."""

from __future__ import annotations

from collections.abc import Iterable

TERMINALS = {
    "NAME": "a name",
    "STRING": "a string in quotes",
    "PROMQL": "PromQL in back-quotes",
    "PERCENT": "a percentage such as `99.9%`",
    "DURATION": "a duration such as `30d`",
    "SIZE": "a size such as `5MB`",
    "DATE": "a date such as `2026-10-01`",
    "MOMENT": "a moment such as `2026-10-01T03:00Z`",
    "TIME": "a time of day such as `02:00`",
    "ZONE": "a time zone such as `Europe/Berlin`",
    "DAY": "`day`, or a day of the week such as `sunday`",
    "NUMBER": "a number",
    "REF": "an SLO such as `checkout/availability`",
    "PARAM": "a parameter such as `$p`",
    "CMP": "a comparison such as `<`",
    "MOP": "`=~`",
    "EQ": "`=`",
    "PLUS": "`+`",
    "SLASH": "`/`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "SEVERITY": "`page`, `ticket` or `notify`",
    "$END": "the end of the file",
}
"""Names of the terminals that are not keywords; a keyword is its own name."""

SIGNS = {
    "LBRACE": "{",
    "RBRACE": "}",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "EQ": "=",
    "PLUS": "+",
    "SLASH": "/",
}
"""Terminals with a single text."""

SEVERITIES = ("page", "ticket", "notify")
"""The keywords of the terminal SEVERITY."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "day")
"""The keywords of the terminal DAY."""

STATEMENTS = {
    "file": "import defaults service journey draft template alerts policy",
    "defaults": "owner stakeholders runbook link labels alerts policy review maintenance",
    "service": "owner stakeholders runbook link labels allow events slo draft use risk feedback alerts policy review "
    "formerly maintenance except",
    "slo": "events exclude good bad slices no per target because review alerts policy labels runbook link "
    "stakeholders allow formerly maintenance except",
    "journey": "through counted owner stakeholders runbook link labels alerts policy because review allow formerly "
    "except",
    "use": "slo",
    "override": "because review alerts policy labels runbook link stakeholders allow except",
    "alerts": "page ticket notify",
    "policy": "below exhausted",
}
"""The keywords with which a statement may begin, by block."""
WORDS = sorted({word for words in STATEMENTS.values() for word in words.split()})
"""The keywords with which any statement begins."""

_HERE = {
    ("SLO", "PERCENT"): "a target such as `99.9%`",
    ("SLO", "DURATION"): "a window such as `30d`",
    ("JOURNEY", "PERCENT"): "a target such as `99%`",
    ("JOURNEY", "DURATION"): "a window such as `30d`",
    ("TARGET", "PERCENT"): "a target such as `95%`",
    ("TARGET", "LBRACE"): 'a filter such as `{route="/x"}`',
    ("EVENTS", "NAME"): "a stream name or a metric with braces",
    ("EXCLUDE", "LBRACE"): 'a filter such as `{code="499"}`',
    ("EXCLUDE", "STRING"): "a reason in quotes",
    ("GOOD", "LBRACE"): 'a filter such as `{code!~"5.."}`',
    ("BAD", "LBRACE"): 'a filter such as `{code=~"5.."}`',
    ("SEVERITY", "PERCENT"): "a share of the budget such as `2%`",
    ("SEVERITY", "DURATION"): "a duration such as `1h`",
    ("BELOW", "STRING"): "an action in quotes",
    ("BELOW", "PERCENT"): "a share of the budget such as `25%`",
    ("RISK", "STRING"): "a description in quotes",
    ("RISK", "PERCENT"): "a share of the users such as `20%`",
    ("MAINTENANCE", "STRING"): "a description in quotes",
    ("MAINTENANCE", "DATE"): "the day, such as `2026-12-03`",
    ("MAINTENANCE", "DURATION"): "a duration such as `1h`",
    ("FEEDBACK", "DATE"): "the day, such as `2026-10-14`",
    ("FEEDBACK", "STRING"): "what users said, in quotes",
    ("ALLOW", "NAME"): "a code such as `W312`",
    ("FORMERLY", "NAME"): "a former name",
    ("EXHAUSTED", "STRING"): "an action in quotes",
    ("LINK", "TITLE"): "a title in quotes",
    ("LINK", "STRING"): 'a URL such as `"https://…"`',
    ("REVIEW", "DURATION"): "a duration such as `90d`",
    ("IMPORT", "STRING"): 'a path such as `"org.slo"`',
    ("OWNER", "STRING"): 'a team such as `"payments"`',
    ("STAKEHOLDERS", "STRING"): 'people such as `"product", "support"`',
    ("RUNBOOK", "STRING"): 'a URL such as `"https://…"`',
    ("BECAUSE", "STRING"): 'a reason in quotes, such as `"Above 0.1% the support queue doubles."`',
    ("ALERTS", "LBRACE"): "`{`, `none` or a name",
    ("POLICY", "LBRACE"): "`{`, `none` or a name",
    ("LABELS", "LBRACE"): "`{`",
    ("LIST", "NAME"): "a label",
}
"""Names of terminals that mean more than their form inside a statement, by the statement's keyword."""

_FIRST = {
    "EVENTS": "NAME",
    "EXCLUDE": "LBRACE",
    "GOOD": "LBRACE",
    "BAD": "LBRACE",
    "IMPORT": "STRING",
    "OWNER": "STRING",
    "STAKEHOLDERS": "STRING",
    "RUNBOOK": "STRING",
    "BECAUSE": "STRING",
    "RISK": "STRING",
    "FEEDBACK": "DATE",
    "MAINTENANCE": "STRING",
    "EXCEPT": "MOMENT",
    "ALERTS": "LBRACE",
    "POLICY": "LBRACE",
    "TARGET": "LBRACE",
    "LINK": "TITLE",
}
"""The terminal that stands for the first argument of a statement, if it has several kinds."""


def describe(terminal: str, statement: str = "") -> str:
    """The name of a terminal inside the statement that begins with the terminal `statement`."""
    known = _HERE.get((statement, terminal)) or TERMINALS.get(terminal)
    return known or f"`{terminal.strip('_').lower()}`"


def argument(statement: str, found: str) -> str:
    """The name of the first argument of a statement; `found` is the terminal that is there."""
    return describe(_FIRST.get(statement, found) or "NAME", statement)


def either(options: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *head, last = options
    return f"{', '.join(head)} or {last}" if head else last
