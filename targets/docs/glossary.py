"""The glossary."""

from __future__ import annotations

from slocompiler.targets.docs.page import CATALOGUE, GLOSSARY, READING, Link, Page, Paragraph, Section

WORDS: tuple[tuple[str, str, str], ...] = (
    ("budget-policy", "Budget policy", "The actions agreed for a low budget, each with the share of the budget below which it applies."),
    ("burn-rate", "Burn rate", "How fast the budget is spent. At a burn rate of 1 it lasts exactly the window. At 14.4, a budget for 30 days lasts 2 days 2 hours."),
    ("calibration", "Calibration", "Comparing a target with the experience of users, and changing the target if they differ. It is never finished."),
    ("coverage", "Coverage", "The share of the window that has data. The time before the first data counts as good."),
    ("draft", "Draft", "An SLO that is measured and shown, but promises nothing yet and alerts nobody."),
    ("error-budget", "Error budget", "The share of events that may be bad: 100% minus the target. For a target of 99.9%, it is 1 in 1,000 events."),
    ("event", "Event", "Something that a user asks of a service, with a good or a bad outcome: a request, a payment, a message."),
    ("exclusion", "Exclusion", "Events that count as neither good nor bad because they affect no user: health checks, or a shopper who closed the page."),
    ("good", "Good and bad events", "Every event that counts is one of the two. A rule of the SLO decides which. Check it first if numbers and complaints disagree."),
    ("no-data", "No data", "Nothing was measured. It does not mean that nothing failed, and has an alert of its own."),
    ("notification", "Notification", "A message that asks for nothing."),
    ("owner", "Owner", "The team that is responsible for a service and receives its alerts."),
    ("page", "Page", "An alert that calls a person at any hour. It is justified only if users are affected now and a person can help now."),
    ("risk", "Risk", "Something that is known to go wrong from time to time. Its cost is its frequency × its duration × the share of users affected."),
    ("runbook", "Runbook", "The first steps for a person who is paged. It begins with how to stop the damage."),
    ("sli", "SLI, service level indicator", "The measured share of good events."),
    ("slice", "Slice of time", "A period, such as a minute, that is good or bad as a whole. Slices are used if nobody counts events, or if a contract counts minutes."),
    ("slo", "SLO, service level objective", "An indicator with a target over a window, an owner and a reason. It says how good is good enough."),
    ("stakeholder", "Stakeholder", "A person or team that agreed to a target and is asked before it changes."),
    ("symptom", "Symptom and cause", "An SLO reports that users are affected, not why. There are few symptoms, but too many causes to alert on each."),
    ("systemic-risk", "Systemic risk", "A risk that makes every incident worse: nobody owns the service, nobody can see it, or nobody may change it."),
    ("target", "Target", "The share of events that have to be good. It is never 100%, which would leave no room to change anything."),
    ("ticket", "Ticket", "An alert that is work for office hours: the budget is spent too fast, but lasts until then."),
    ("window", "Window", "The period over which a target holds. It is rolling: “30 days” are always the last 30 days."),
)  # fmt: skip  # a table
"""Identity, term, meaning."""


def glossary() -> Page:
    """The page of the glossary."""
    lead = ("The terms of these pages. ", Link("How to read this", READING), " puts them together.")
    return Page(
        key=GLOSSARY,
        title="Glossary",
        above=(Link("All SLOs", CATALOGUE),),
        lead=(Paragraph(lead, "lead"),),
        sections=tuple(Section(id_, term, (Paragraph((meaning,)),)) for id_, term, meaning in WORDS),
        source="sloc",
    )
