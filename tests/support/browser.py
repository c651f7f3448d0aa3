"""Pages of documentation, as a browser shows them: all of them in one run of one browser.

The browser is $CHROMIUM, else one on PATH, else that of an npm package, which unpacks it into the cache.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support import node
from support.compile import ROOT

SCRIPT = ROOT / "tests" / "targets" / "docs" / "look.cjs"


def installed() -> str | None:
    """The browser of this machine, if it has one."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def look(
    folder: Path,
    pages: Sequence[str],
    judged: Sequence[str] = (),
    searches: Sequence[str] = (),
    filters: Sequence[str] = (),
    pictures: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """What is wrong with pages below the folder (`problems`), and what searches and filters lead to (`found`).

    Accessibility is judged on the pages `judged`, which takes as long as all else.
    """
    unpacked = node.modules().parent / "chromium"
    unpacked.mkdir(exist_ok=True)
    given = {
        "folder": str(folder),
        "pages": list(pages),
        "judged": list(judged),
        "searches": list(searches),
        "filters": list(filters),
        "pictures": list(pictures),
        "chromium": installed(),
    }
    environment = {**os.environ, "NODE_PATH": str(node.modules()), "NODE_NO_WARNINGS": "1"}
    if given["chromium"] is None:
        environment["TMPDIR"] = str(unpacked)
    done = subprocess.run(
        ["node", SCRIPT],
        input=json.dumps(given),
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the browser could not be asked: {done.stderr.strip()}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
