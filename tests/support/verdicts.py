"""What promtool says of many expressions at once: it reports every rule of a file that does not load, with its number."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from support import binaries

_RULE = re.compile(r'group "g", rule (\d+), "r":?.*?: could not parse expression: (.*)')


def verdicts(expressions: Sequence[str], bundle: binaries.Bundle = binaries.PROMETHEUS) -> list[str]:
    """Why each expression does not load in a rule; "" for one that does."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rules.yaml")
        rules = [{"record": "r", "expr": expression} for expression in expressions]
        file.write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}, ensure_ascii=False), "utf-8")
        command = [binaries.promtool(bundle), "check", "rules", "--lint=none", file]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    found = [""] * len(expressions)
    for number, why in _RULE.findall(done.stdout + done.stderr):
        found[int(number) - 1] = why
    assert (done.returncode == 0) == (not any(found)), done.stderr[:2000]
    return found
