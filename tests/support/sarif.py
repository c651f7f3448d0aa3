"""Microsoft's SARIF Multitool, the validator that GitHub's documentation names: its rules, and what it reads of a log.

It is a program of its own inside an npm package, so it needs no .NET; `--ignore-scripts` keeps npm from making it
executable.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from support import node


def program() -> Path:
    """The Multitool of this system."""
    package = node.modules() / "@microsoft" / f"sarif-multitool-{'darwin' if sys.platform == 'darwin' else 'linux'}"
    path = package / "Sarif.Multitool"
    if not path.stat().st_mode & 0o100:
        path.chmod(0o755)
    return path


def schema() -> dict[str, Any]:
    """The JSON Schema of SARIF 2.1.0 that ships with it."""
    loaded: dict[str, Any] = json.loads((program().parent / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    return loaded


def complaints(log: Path) -> list[str]:
    """Rules of the standard and of GitHub's code scanning that a log breaks, as `level RULE: text`."""
    command = [program(), "validate", log, "--rule-kind", "Sarif;Gh", "--level", "Error;Warning"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "Analysis completed successfully" in done.stdout, done.stdout + done.stderr
    return re.findall(r"^\S.*?: ((?:error|warning) \w+: .*)$", done.stdout, re.MULTILINE)


def read_back(log: Path, root: Path) -> list[dict[str, Any]]:
    """The results of a log, with the text of each region and the fingerprints that the Multitool finds in the files."""
    data = json.loads(log.read_text(encoding="utf-8"))
    data["runs"][0]["originalUriBaseIds"]["%SRCROOT%"]["uri"] = f"{root.as_uri()}/"
    for result in data["runs"][0]["results"]:
        del result["partialFingerprints"]
    here, there = log.with_suffix(".in.sarif"), log.with_suffix(".out.sarif")
    here.write_text(json.dumps(data), encoding="utf-8")
    command = [program(), "rewrite", here, "-o", there, "--insert", "RegionSnippets;RollingHashPartialFingerprints"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    results: list[dict[str, Any]] = json.loads(there.read_text(encoding="utf-8-sig"))["runs"][0]["results"]
    return results
