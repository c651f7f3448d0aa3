"""Native histograms: the promtool that knows them in its notation, and made-up ones."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from support import binaries
from support.promtool import seconds

BUCKETS = "schema:0 offset:-1"
"""Three buckets, up to 0.5, up to 1, up to 2: whatever is at most such a bound is counted exactly."""


def promtool() -> Path | None:
    """The rule checker of a Prometheus 3: $PROMTOOL3, else the usual one if it is one; None where there is none."""
    if chosen := os.environ.get("PROMTOOL3"):
        found = shutil.which(chosen)
        assert found, f"$PROMTOOL3 is {chosen!r}, which is no executable file: correct or unset it"
        return Path(found).absolute()
    usual = binaries.promtool()
    return usual if knows_native(usual) else None


def knows_native(program: Path) -> bool:
    """Whether it reads native histograms in unit tests; what is built from source tells no version."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"version (\d+)\.", done.stdout + done.stderr)
    return found is not None and int(found[1]) >= 3


def histogram(*phases: tuple[str, tuple[int, int, int] | None], scrape: int = 60) -> str:
    """In promtool's notation: in each phase a number a minute for each of the three buckets; None is absent."""
    have, parts = [0, 0, 0], []
    for number, (lasts, paces) in enumerate(phases):
        count = round(seconds(lasts) / scrape)
        if paces is None:
            parts.append(f"_x{count}")
            continue
        step = [pace * scrape // 60 for pace in paces]
        first = have if number == 0 else [a + b for a, b in zip(have, step, strict=True)]
        parts.append(f"{_shown(first)}+{_shown(step)}x{count if number == 0 else count - 1}")
        have = [a + count * b for a, b in zip(have, step, strict=True)]
    return " ".join(parts)


def _shown(buckets: list[int]) -> str:
    return f"{{{{{BUCKETS} count:{sum(buckets)} sum:{sum(buckets)} buckets:[{' '.join(map(str, buckets))}]}}}}"
