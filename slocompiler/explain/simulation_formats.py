"""`sloc simulate` as text for terminals, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from slocompiler import chance, promql
from slocompiler.explain import table, words
from slocompiler.explain.simulation import Halved, Simulation, sentences
from slocompiler.formats.markdown import code, prose
from slocompiler.formats.markdown import table as in_table
from slocompiler.formats.markdown import text as in_markdown
from slocompiler.ir import Slo
from slocompiler.ir_json import to_json
from slocompiler.visible import shown

SCHEMA = 1
"""The version of the JSON form, which grammar/simulate.schema.json describes."""
DIGITS = 6
"""The digits of a number in JSON; those that follow are the computer's."""
LISTED = 5
"""How many SLOs without risks are listed."""

Simulated = Sequence[tuple[Slo, Simulation | None]]
"""SLOs with their chances; None without a risk."""


def as_text(found: Simulated) -> str:
    """A paragraph for each SLO, and one about those without risks."""
    known = ["\n".join(_paragraph(slo, of)) for slo, of in found if of]
    return "\n\n".join([*known, *_without_risks(found)])


def _paragraph(slo: Slo, of: Simulation) -> Iterator[str]:
    yield f"{slo.id}  {promql.percent(slo.target)} over {promql.duration(slo.window)}"
    yield from (f"  {shown(sentence)}" for sentence in sentences(of))
    for rows in (_ladder(of), _halved(of)):
        lines = [{str(number): cell for number, cell in enumerate(row)} for row in rows]
        sizes = table.widths(lines)
        yield from ("", *(f"  {table.line(line, sizes)}" for line in lines))


def as_markdown(found: Simulated) -> str:
    """The same with tables, for the comment of a pull request."""
    known = ["\n".join(_section(slo, of)) for slo, of in found if of]
    return "\n\n".join([*known, *map(prose, _without_risks(found))])


def _section(slo: Slo, of: Simulation) -> Iterator[str]:
    yield f"### {code(slo.id)}, {promql.percent(slo.target)} over {promql.duration(slo.window)}"
    yield from ("", *(in_markdown(shown(sentence)) for sentence in sentences(of)))
    for rows in (_ladder(of), _halved(of)):
        yield from ("", *in_table(rows))


def _without_risks(found: Simulated) -> Iterator[str]:
    slos = [slo for slo, of in found if of is None]
    if slos:
        names = [f"`{slo.id}`" for slo in slos[:LISTED]]
        more = [words.plural(len(slos) - LISTED, "other")] if len(slos) > LISTED else []
        risk = f'`risk "A bad deploy" every 30d lasting 10m hitting 80% on {slos[0].name}`'
        yield f"No risk is stated for {', '.join([*names, *more])}. State one in the service: {risk}"


def _ladder(of: Simulation) -> list[list[str]]:
    sure = max((target for target, kept in of.ladder if kept > chance.MOST), default=0)
    rows = [
        [f"{promql.percent(target)}{' (now)' if target == of.target else ''}", chance.percent(kept)]
        for target, kept in of.ladder
        if target >= min(sure, of.target)
    ]
    return [["target", "kept in"], *rows]


def _halved(of: Simulation) -> list[list[str]]:
    rows = [[shown(one.text), *_gains(one, of.kept), f"{one.pages:.2f}"] for one in of.halved]
    return [["kept, with one risk reduced", "half as often", "half as long", "pages in 30d, as it is"], *rows]


def _gains(one: Halved, kept: float) -> Iterator[str]:
    yield from (f"{chance.percent(share)} ({(share - kept) * 100:+.1f})" for share in (one.often, one.long))


def as_json(found: Simulated) -> str:
    """The chances as JSON; shares are of 1."""
    data = {"schema": SCHEMA, "slos": [_object(slo, of) for slo, of in found]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _object(slo: Slo, of: Simulation | None) -> dict[str, Any]:
    head = {"id": slo.id, "target": to_json(slo.target), "window": slo.window}
    if of is None:
        return {**head, "simulation": None}
    return {
        **head,
        "simulation": {
            "kept": _rounded(of.kept),
            "left": {"median": _rounded(of.median), "tenth": _rounded(of.tenth)},
            "pages": None if of.pages is None else _rounded(of.pages),
            "targets": [{"target": to_json(target), "kept": _rounded(kept)} for target, kept in of.ladder],
            "risks": [
                {
                    "text": one.text,
                    "half_as_often": _rounded(one.often),
                    "half_as_long": _rounded(one.long),
                    "pages": _rounded(one.pages),
                }
                for one in of.halved
            ],
        },
    }


def _rounded(number: float) -> float:
    return round(number, DIGITS)
