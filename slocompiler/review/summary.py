"""What changed, in one sentence."""

from __future__ import annotations

from slocompiler.review.change import Code, Comparison, Phrase, Side

COUNTED = (
    ("loosened", "target", "loosened"),
    ("tightened", "target", "tightened"),
    ("removed", "SLO", "removed"),
    ("renamed", "SLO", "renamed"),
    ("added", "SLO", "added"),
)
"""The kinds that the sentence names, with their words."""


def sentence(found: Comparison, base: Side) -> Phrase:
    """`2 targets loosened, 1 SLO added; 3 SLOs unchanged`."""
    if found.before is None:
        return Code(base.name), f" does not compile, so what changed is not known; there {_are(found.after)} now"
    if not found.entries:
        return (f"Nothing changes: {plural(found.after, 'SLO')} as before" if found.after else "There are no SLOs",)
    parts = []
    counted: set[str] = set()
    for kind, word, verb in COUNTED:
        touched = [slo for entry in found.entries if kind in entry.kinds for slo in entry.slos]
        if touched:
            counted.update(touched)
            reason = _unreasoned(found, len(touched)) if kind == "loosened" else ""
            parts.append(f"{plural(len(touched), word)} {verb}{reason}")
    others = {slo for entry in found.entries for slo in entry.slos} - counted
    if others:
        parts.append(f"{plural(len(others), 'SLO')} changed{' otherwise' if parts else ''}")
    return (f"{', '.join(parts)}; {plural(found.unchanged, 'SLO')} unchanged",)


def plural(count: int, word: str) -> str:
    """`1 SLO`, `2 SLOs`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _are(count: int) -> str:
    return f"{'is' if count == 1 else 'are'} {plural(count, 'SLO')}"


def _unreasoned(found: Comparison, loosened: int) -> str:
    count = sum(len(entry.slos) for entry in found.entries if "unreasoned" in entry.kinds)
    if count in (0, loosened):
        return " without a new reason" if count else ""
    return f" ({count:,} of them without a new reason)"
