"""A summary of all changes in one sentence."""

from __future__ import annotations

from slocompiler.diff.change import Comparison, Entry, Side
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.explain.words import plural

COUNTED = (
    ("loosened", "target", "loosened"),
    ("removed", "SLO", "removed"),
    ("removed", "SLO", "removed from a deployment"),
    ("renamed", "SLO", "renamed"),
    ("continued", "SLO", "renamed, history kept"),
    ("restarted", "SLO", "starting over"),
    ("easier", "SLO", "easier to meet"),
    ("excepted", "SLO", "with other excepted incidents"),
    ("drafted", "SLO", "drafted"),
    ("silenced", "SLO", "with fewer or later alerts"),
    ("overburdened", "SLO", "overburdened by risks"),
    ("tightened", "target", "tightened"),
    ("harder", "SLO", "harder to meet"),
    ("added", "SLO", "added"),
    ("live", "draft", "gone live"),
    ("indicator", "SLO", "measured differently"),
)
"""The kinds that the sentence counts, if they are the most important of a change, with their words."""


def sentence(found: Comparison, base: Side) -> Phrase:
    """`2 targets loosened, 1 SLO added; 3 SLOs unchanged`."""
    if found.before is None:
        return Code(base.name), f" does not compile, so the changes are unknown; there {_are(found.after)} now"
    if not found.entries:
        return (f"No changes: {plural(found.after, 'SLO')}" if found.after else "There are no SLOs",)
    parts = []
    counted: set[str] = set()
    for kind, word, verb in COUNTED:
        affected = [slo for entry in _counted(found, kind, verb) for slo in entry.slos]
        if affected:
            counted.update(affected)
            count = len(affected if word == "target" else set(affected))
            reason = _unreasoned(found, count) if kind == "loosened" else ""
            parts.append(f"{plural(count, word)} {verb}{reason}")
    others = {slo for entry in found.entries for slo in entry.slos} - counted
    if others:
        kinds = dict.fromkeys(entry.kinds[0] for entry in found.entries if others & {*entry.slos})
        how = f" in other ways ({', '.join(kinds)})" if parts else f" ({', '.join(kinds)})"
        parts.append(f"{plural(len(others), 'SLO')} changed{how}")
    if "project" in found.kinds:
        parts.append("project settings changed")
    unchanged = f"; {plural(found.unchanged, 'SLO')} unchanged" if found.unchanged else ""
    text = ", ".join(parts) + unchanged
    return (text[0].upper() + text[1:],)


def _counted(found: Comparison, kind: str, verb: str) -> list[Entry]:
    """The entries of a kind; of removed SLOs, those of the sources or those of the project file, by the verb."""
    entries = [entry for entry in found.entries if kind == entry.kinds[0]]
    if kind != "removed":
        return entries
    return [entry for entry in entries if ("project" in entry.kinds) == verb.endswith("deployment")]


def _are(count: int) -> str:
    return f"{'is' if count == 1 else 'are'} {plural(count, 'SLO')}"


def _unreasoned(found: Comparison, loosened: int) -> str:
    count = sum(len(entry.slos) for entry in found.entries if "unreasoned" in entry.kinds)
    if count in (0, loosened):
        return " without a new reason" if count else ""
    return f" ({count:,} of them without a new reason)"
