"""For newcomers: how to read these pages, and what their words mean."""

from __future__ import annotations

from slocompiler.targets.docs.page import CATALOGUE, GLOSSARY, READING, Items, Link, Page, Paragraph, Section, Strong

_HOME = (Link("All SLOs", CATALOGUE),)
_SOURCE = "sloc itself"


def _p(*said: str | Link | Strong) -> Paragraph:
    return Paragraph(said)


CHAPTERS: tuple[Section, ...] = (
    Section(
        "promise",
        "The promise",
        (
            _p(
                "“99.9% over any 30 days” means: of every 1,000 requests at most one may fail, counted over the last "
                "30 days, today as on any other day. Months do not matter, for users remember on the first what "
                "happened on the thirtieth."
            ),
            _p(
                "What may fail is the ",
                Link("error budget", GLOSSARY, "error-budget"),
                ". It is not a loss to be "
                "ashamed of. It is there to be spent: on roll-outs, on experiments, on the night in which nobody is called.",
            ),
        ),
    ),
    Section(
        "ask",
        "Who decides how good is good enough",
        (
            _p(
                "Everyone who has an opinion is asked: support hears the complaints, product knows what users came for, "
                "whoever is on call knows what breaks. Their names stand on the page, and the reason too. A target "
                "without a reason cannot be discussed, and so it cannot be right."
            ),
            _p(
                "A good target barely keeps users happy. A stricter one is no better: it wakes people for what nobody "
                "noticed, and holds back what users wait for."
            ),
        ),
    ),
    Section(
        "woken",
        "Who is woken, and when",
        (
            _p(
                "Budget that is gone in minutes wakes somebody. Budget that lasts for days lets them sleep, and is a "
                "ticket for the morning. The chart on each page shows it: further right more goes wrong, further down "
                "it is told sooner. In the shaded corner, the whole budget is gone."
            ),
            _p(
                "More than two incidents a shift are too many. The third gets no proper look, and the fourth makes the "
                "next person leave."
            ),
            _p(
                "An alert says ",
                Strong("that"),
                " users are hurt. It never says ",
                Strong("what"),
                " hurts them: for "
                "this there are dashboards, traces, and the queries at the end of each page. First make it stop, then look.",
            ),
        ),
    ),
    Section(
        "decides",
        "What the budget decides",
        (
            _p(
                "While there is budget, features come first, and nobody has to argue for a roll-out. When it bleeds, "
                "reliability comes before features. What exactly is done at which point was agreed before, while "
                "everyone was calm: it is the ladder on each page."
            ),
        ),
    ),
    Section(
        "risks",
        "How risks count",
        (
            _p(
                "A risk costs how often it comes, times how long it lasts, times how many users it hits. Ranked by this, "
                "the dull ones win: the deploy that fails each month for ten minutes is worse than the flood of the century."
            ),
            _p(
                "Two risks are in no list and in every incident: that nobody owns a service, and that nobody sees it. "
                "So each service here has an owner, and silence of its data is an alert."
            ),
        ),
    ),
    Section(
        "right",
        "How to tell that a target is right",
        (
            Items(
                (
                    ("An outage, the budget is gone, and nobody complained? The target is too strict: loosen it.",),
                    ("Budget is left, and users complain? It is too loose, or it measures the wrong thing.",),
                    ("Neither? Then look again on the day of the next review.",),
                )
            ),
            _p(
                "A target may change on any day, with a reason and with those who agreed to it. It is a line in a file, and "
                "its change is reviewed like code."
            ),
        ),
    ),
)
"""Of how to read this."""


def reading() -> Page:
    """How to read this."""
    return Page(
        key=READING,
        title="How to read this",
        above=_HOME,
        lead=(
            Paragraph(
                (
                    "Nothing works always, and nobody needs it to. A page here says how well a service has to work so that its "
                    "users stay happy, and no better.",
                ),
                "lead",
            ),
        ),
        sections=CHAPTERS,
        source=_SOURCE,
    )


WORDS: tuple[tuple[str, str, str], ...] = (
    ("budget-policy", "Budget policy", "What was agreed to do when a budget runs low: at which share of it, and what."),
    ("burn-rate", "Burn rate", "How many times faster than it could last the budget goes. At 1 it is gone exactly at the end of the window; at 14.4, a budget for 30 days lasts two."),
    ("calibration", "Calibration", "To look whether a target fits what users feel, and to change it where it does not. It is never done."),
    ("coverage", "Coverage", "How much of the window has data. A budget of a window that was half seen is half known."),
    ("draft", "Draft", "An SLO that is measured and shown, and promises nothing yet. It alerts nobody."),
    ("error-budget", "Error budget", "What may go wrong: 100% less the target. Of a target of 99.9%, one event in a thousand."),
    ("event", "Event", "One thing that a user asks of a service and that goes well or not: a request, a payment, a message."),
    ("exclusion", "Exclusion", "Events that count on neither side, for whatever becomes of them no user is hurt: health checks, or a shopper who closed the page."),
    ("good", "Good and bad", "Each event that counts is one of both. What sorts them is a line of the SLO, and the first thing to doubt when numbers and complaints do not fit."),
    ("no-data", "No data", "Nothing was measured: not the same as nothing went wrong. It is an alert of its own."),
    ("notice", "Notice", "A message that asks for nothing."),
    ("objective", "Objective, or target", "The share of events that have to be good. Never 100%: it would leave nothing to learn with."),
    ("owner", "Owner", "The team that answers for a service, and is paged."),
    ("page", "Page", "A call that wakes somebody. Worth it only where users suffer now, and a person can help now."),
    ("risk", "Risk", "Something that is known to happen now and then. It counts by how often, for how long, and how many users it hits."),
    ("runbook", "Runbook", "What whoever is paged does first. It begins with how to make it stop."),
    ("sli", "SLI, service level indicator", "What is measured: the share of events that were good."),
    ("slice", "Slice of time", "A minute, say, that is good or bad as a whole. Used where nobody counts events, or where a contract counts minutes."),
    ("slo", "SLO, service level objective", "An indicator with a target over a window, an owner and a reason: how good is good enough."),
    ("stakeholder", "Stakeholder", "Whoever agreed to a target, and is asked before it changes."),
    ("symptom", "Symptom and cause", "An SLO tells that users are hurt, never what hurts them. Causes are too many to alert on each; symptoms are few."),
    ("systemic-risk", "Systemic risk", "What makes every incident worse: nobody owns it, nobody sees it, nobody may change it."),
    ("ticket", "Ticket", "Work for daylight: the budget goes too fast, and lasts until somebody is awake."),
    ("window", "Window", "The time over which a target holds. It rolls: “30 days” are always the last 30 days."),
)  # fmt: skip  # a table
"""Identity, word, meaning."""


def glossary() -> Page:
    """The words of these pages."""
    said = (
        "The words of these pages, for who has not met them. ",
        Link("How to read this", READING),
        " puts them together.",
    )
    return Page(
        key=GLOSSARY,
        title="Glossary",
        above=_HOME,
        lead=(Paragraph(said, "lead"),),
        sections=tuple(Section(id_, word, (_p(meaning),)) for id_, word, meaning in WORDS),
        source=_SOURCE,
    )
