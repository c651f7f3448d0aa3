"""Reads CSV as a spreadsheet does, with a library of spreadsheets."""

import json
import os
import subprocess
from typing import Any

from support import node
from support.compile import ROOT

SCRIPT = ROOT / "tests" / "support" / "spreadsheet.cjs"


def rows(text: str) -> list[dict[str, Any]]:
    """The cells of each line below the header, by their columns, as `spreadsheet.cjs` describes them."""
    environment = os.environ | {"NODE_PATH": str(node.modules()), "TZ": "UTC"}
    done = subprocess.run(["node", SCRIPT], input=text, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    head, *lines = json.loads(done.stdout)
    return [dict(zip(head, line, strict=True)) for line in lines]
