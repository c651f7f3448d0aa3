"""`sloc suggest`: which targets the past of SLOs would have kept, barely."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from slocompiler.burn import LADDER
from slocompiler.cli import complete, declared
from slocompiler.cli.backtests import over_option, targets_option
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import give, note, report_errors, say
from slocompiler.cli.named import apart, only
from slocompiler.cli.session import Run, compile_paths, project_option
from slocompiler.cli.sources import reader
from slocompiler.cli.writer import replace_or_fail
from slocompiler.explain.words import plural
from slocompiler.live import suggest, tiles
from slocompiler.live.backtest import replayed
from slocompiler.live.complaints import by_slo
from slocompiler.live.questions import answered, together
from slocompiler.live.suggest import Suggestion


@declared.command("suggest", short_help="Say which targets the past would have kept.")
@declared.argument("what", metavar="[SERVICE | SERVICE/SLO | PATH]...", nargs=-1, shell_complete=complete.names)
@project_option
@connection
@over_option
@targets_option
@declared.option("--write", is_flag=True, help="Write each suggestion as a comment above its SLO.")
@form_option("text", "markdown", "json", help="json is for programs (grammar/suggest.schema.json).")
def command(
    what: tuple[str, ...], project_file: str | None, connection: Connection, over: int | None,
    targets: tuple[Decimal, ...] | None, write: bool, form: str,
) -> None:  # fmt: skip  # one option each
    """Say of each target whether the past of its SLO shows that it is too strict or too loose, and which one would have held.

    What users said is known from `feedback` only: agree on another target with the stakeholders. With --write, the verdict is
    a comment in the file, and nothing else changes.
    """
    named, paths = apart(what)
    run = compile_paths(tuple(paths), project_file, reporter=report_errors, keep=write)
    program = only(run.program, named, ", file or folder") if named else run.program
    options = run.project.options()
    found: list[Suggestion] = []
    said = by_slo(program)
    for served in connection.servers(program, run.project):
        askings = [
            replayed(
                slo, options, connection.now - (over or slo.window), tiles.latest(connection.now), targets or LADDER
            )
            for slo in served.program.slos
        ]
        replays = answered(together(askings), served.answer)
        found += (suggest.judged(one, said.get(one.slo.id)) for one in replays)
    if form == "json":
        give(json.dumps(suggest.as_json(found, connection.now), indent=2, ensure_ascii=False) + "\n")
    elif found:
        say(suggest.as_text(found) if form == "text" else suggest.as_markdown(found))
    if write:
        _write(run, found)


def _write(run: Run, found: Sequence[Suggestion]) -> None:
    """Write the suggestions above their SLOs, from the end of each file, so that the offsets of earlier ones stay."""
    from slocompiler.compiler import locate

    located = locate(run.sources, run.project, reader(run.root, run.project.libraries))
    sources = {source.path: source for source in run.sources}
    texts = {path: source.text for path, source in sources.items()}
    by_slo: dict[str, list[Suggestion]] = {}  # one for each deployment
    for one in found:
        by_slo.setdefault(one.slo.id, []).append(one)
    for id, suggestions in sorted(by_slo.items(), key=lambda item: -located[item[0]].name.start):
        span, slo = located[id].name, suggestions[0].slo
        text = None
        if not slo.used_at:
            text = suggest.commented(texts[slo.source], span.start, list(map(suggest.comment, suggestions)))
        if text is None:
            why = "it comes from a template" if slo.used_at else "other text is before it on its line"
            note(f"{id}: not written, because {why}", err=True)
        else:
            texts[slo.source] = text
    changed = {path: text for path, text in texts.items() if text != sources[path].text}
    replace_or_fail(((Path(sources[path].shown_as), text.encode()) for path, text in changed.items()), "")
    note(f"{plural(len(changed), 'file')} written", err=True)
