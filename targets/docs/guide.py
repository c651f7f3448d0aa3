"""The page "How to read this", which explains the other pages once."""

from __future__ import annotations

from slocompiler.explain.phrases import Code
from slocompiler.targets.docs.page import (
    CATALOGUE,
    GLOSSARY,
    READING,
    Items,
    Link,
    Page,
    Paragraph,
    Section,
    Strong,
)


def _p(*text: str | Code | Link | Strong) -> Paragraph:
    return Paragraph(text)


CHAPTERS: tuple[Section, ...] = (
    Section(
        "promise",
        "The promise",
        (
            _p(
                "“99.9% over any 30 days” means that at most 1 in 1,000 requests may be bad, counted over the last 30 "
                "days. The window always ends now. Calendar months play no part: on the first of a month, users "
                "still remember the outage of the day before."
            ),
            _p(
                "The requests that may be bad are the ",
                Link("error budget", GLOSSARY, "error-budget"),
                ". A budget is there to be spent: on releases, on experiments, on a night in which nobody is called.",
            ),
            _p(
                "Each page also gives the budget as a duration of full outage. For events, it assumes that traffic is even. "
                "An outage at a busy time spends the budget sooner, a partial outage spends it later."
            ),
        ),
    ),
    Section(
        "counts",
        "What counts and what is excluded",
        (
            _p(
                "Every event is good or bad, by a rule on the page. When the numbers and the complaints of users disagree, "
                "check this rule first."
            ),
            _p(
                "Excluded events count as neither. They are events that affect no user, such as health checks. "
                "An exclusion is agreed like a target, because each one makes the promise smaller."
            ),
            _p(
                "Some SLOs count slices of time instead of events. A slice without data may count as bad: if nobody can see "
                "a service, it may be broken."
            ),
            _p(
                "Some SLOs have a budget for each value of a label, such as each route. A busy value then cannot hide the "
                "failures of a quiet one."
            ),
        ),
    ),
    Section(
        "ask",
        "Who decides how good is good enough",
        (
            _p(
                "Ask everyone with an opinion. Support hears the complaints, product knows what users came for, and people "
                "on call know what breaks. The page names them and gives their reason. "
                "Without a reason, nobody can discuss a target."
            ),
            _p(
                "A good target is just strict enough to keep users happy. A stricter one wakes people for failures that "
                "nobody noticed, and delays features that users wait for."
            ),
            _p("Do you disagree with a target? Tell its owner."),
        ),
    ),
    Section(
        "alerts",
        "When it alerts",
        (
            Items(
                (
                    (Strong("A page"), " calls a person at any hour, because the budget is going fast."),
                    (Strong("A ticket"), " is work for office hours, because the budget lasts until then."),
                    (Strong("A notification"), " asks for nothing."),
                )
            ),
            _p(
                "The ",
                Link("burn rate", GLOSSARY, "burn-rate"),
                " decides which one it is. Most alerts look at two windows. The long one shows that the problem is "
                "serious, the short one that it is not over yet. Many also need a minimum number of bad events, so that a "
                "single error on a quiet night wakes nobody.",
            ),
            _p(
                "The chart on each page is a map of errors: further right, more events are bad; further up, they last "
                "longer. In the area above a solid line, somebody is paged. Above a dashed line, there is a ticket. Where "
                "there is no color, no alert fires. On the dotted line, the whole budget is gone."
            ),
            _p(
                "Times start at the first bad event, with a full budget. With the default intervals, scraping and evaluation "
                "add about 1.5 minutes. Slices of time add up to one slice. A ticket waits another 15 minutes."
            ),
            _p(
                "A page names the SLO and its burn rate. "
                "Its text gives the share of bad events now and over the last hours, and how long the budget left lasts. "
                "The promise and the first steps follow. It does not name the cause: ",
                Link("an SLO reports symptoms", GLOSSARY, "symptom"),
                ".",
            ),
            _p(
                Strong("How many are too many? "),
                "More than two incidents a shift leave no time to follow up on each. Then fix what keeps breaking before you "
                "build anything new, or loosen a target that is too strict.",
            ),
        ),
    ),
    Section(
        "decides",
        "What the budget decides",
        (
            _p(
                "While there is budget, features come first, and nobody has to argue for a release. When it runs low, "
                "reliability comes first."
            ),
            _p(
                "The budget policy on each page says what happens at which point. Agree on it in advance, while everyone is "
                "calm."
            ),
        ),
    ),
    Section(
        "risks",
        "How risks count",
        (
            _p(
                "The cost of a risk is how often it occurs, times how long it lasts, times the share of users that it "
                "affects. Dull risks often cost most: a deployment that fails for ten minutes every month costs more than "
                "a rare disaster."
            ),
            _p(
                "To record a risk, add a line to the service: ",
                Code('risk "A bad deploy" every 30d lasting 10m hitting 80%'),
                ".",
            ),
            _p(
                "The chart on each page compares the risks with the budget. If they do not fit, make one of them rarer, shorter "
                "or smaller. Otherwise, ask whether users would miss that much, and loosen the target."
            ),
            _p(
                "The chance to keep a target assumes that incidents come at random, as often and for as long as each risk "
                "says on average, and that traffic is even. Risks that nobody wrote down are not in it."
            ),
            _p(
                "Two risks make every incident worse: that nobody owns a service, and that nobody sees it. So every service "
                "here has an owner, and missing data can be an alert."
            ),
        ),
    ),
    Section(
        "right",
        "How to tell whether a target is right",
        (
            Items(
                (
                    (Strong("Loosen it"), " if the budget was exhausted and nobody complained."),
                    (
                        Strong("Tighten it"),
                        " if users complain while budget is left. It may also measure the wrong thing.",
                    ),
                    (Strong("Keep it"), " if complaints begin about when the budget ends."),
                )
            ),
            _p(
                "A target may change on any day, with a reason, by the people who agreed to it. It is a line in a file, and "
                "a change to it is reviewed like code."
            ),
        ),
    ),
    Section(
        "paged",
        "If you were paged",
        (
            Items(
                (
                    (
                        Strong("Stop the damage."),
                        " Roll back the latest change, fail over, shed load, or turn off the new feature. "
                        "Why it helps can wait.",
                    ),
                    (Strong("Get help"), " before you need it. Two people see more than one."),
                    (Strong("Tell the people users will contact:"), " product, support."),
                    (
                        Strong("Find the cause."),
                        " What do the bad events have in common, and when did they start? The queries on the page show it.",
                    ),
                    (
                        Strong("Write down"),
                        " how long it lasted and how many users it affected. If it can happen again, record it as a risk. "
                        "If nobody noticed, the target may be too strict.",
                    ),
                ),
                counted=True,
            ),
        ),
    ),
)
"""The chapters of "How to read this"."""


def reading() -> Page:
    """The page "How to read this"."""
    lead = (
        "No service works all the time, and no user needs it to. Each page says how well a service has to work to keep its "
        "users happy, and no better."
    )
    return Page(
        key=READING,
        title="How to read this",
        above=(Link("All SLOs", CATALOGUE),),
        lead=(Paragraph((lead,), "lead"),),
        sections=CHAPTERS,
        source="sloc",
    )
