"""The law of a file of another tool: nothing of it is lost in silence, and what is written for it compiles."""

from __future__ import annotations

import json
from zlib import crc32

from slocompiler.cli.sources import decoded
from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats import text
from slocompiler.importers import imported
from slocompiler.importers.promise import Options
from slocompiler.importers.report import as_json, as_text
from slocompiler.project import load
from slocompiler.source import Source
from support.layouts import fmt

PROJECTS = [load(Source("sloc.yaml", f"targets: {{prometheus: {{server: '{one}'}}}}"))[0] for one in ("2.42", "3.0")]


def law(data: bytes) -> None:
    """Raise for a file whose import breaks the law; its bytes choose the options."""
    source, chosen = decoded(data, "a.yml", "a.yml"), crc32(data)
    if isinstance(source, Diagnostic):
        return
    project = PROJECTS[chosen % 2]
    found = imported([source], Options(keep_alerts=chosen % 3 == 0), project)
    for one in found.problems:
        assert 0 <= one.span.start <= one.span.end <= len(source.text), (one.code, one.span.start, one.span.end)
    codes = {one.code for one in found.problems}
    assert all(leaf.fate == "used" or leaf.code in codes for root in found.documents for leaf in root.leaves())
    json.loads(as_json(found))
    assert as_text(found, "slo") + text.write(found.problems)
    assert all(fmt(content) == content for content in found.files.values()), "the layout has another layout"
    written = [Source(name, content) for name, content in found.files.items()]
    assert analyse(written, project)[0] is not None, "what is written has an error"
