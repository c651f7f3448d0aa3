"""`sloc check --format gitlab`: a Code Quality report, which GitLab shows in merge requests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.fingerprint import line_hashes
from slocompiler.formats.locations import Locate, anchor
from slocompiler.source import Source
from slocompiler.visible import visible


def write(diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
    """The report. The fingerprint of an entry stays the same if its line moves."""
    hashes: dict[Source, dict[int, str]] = {}
    entries = []
    for diagnostic in diagnostics:
        source = anchor(diagnostic, locate)[0].source
        if source not in hashes:
            hashes[source] = line_hashes(source.text)
        entries.append(_entry(diagnostic, locate, hashes[source]))
    return json.dumps(entries, indent=2)


def _entry(diagnostic: Diagnostic, locate: Locate, hashes: dict[int, str]) -> dict[str, Any]:
    span, _ = anchor(diagnostic, locate)
    path = locate(span.source) or span.source.path
    identity = "\0".join((path, diagnostic.code, diagnostic.message, hashes[span.line]))
    return {
        "description": visible(f"{diagnostic.message}; {diagnostic.help}" if diagnostic.help else diagnostic.message),
        "check_name": f"sloc {diagnostic.code}",
        "fingerprint": sha256(identity.encode("utf-8", "replace")).hexdigest(),
        "severity": "major" if diagnostic.is_error else "minor",
        "location": {"path": path, "lines": {"begin": span.line}},
    }
