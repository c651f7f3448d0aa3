"""Whether servers load the rules of programs made at random: `python tests/support/loads.py [COUNT]`, or `make loads`.

Half of the programs have odd patterns and raw PromQL. What sloc refuses is made anew: the question is what it accepts.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))

from slocompiler.compiler import analyse, render
from slocompiler.project import Project
from slocompiler.promql import judge
from slocompiler.regex.judge import regex_fault
from slocompiler.source import Source
from support import binaries, generated
from support.expressions import expression
from support.patterns import pattern

SERVERS = {"2.42": binaries.PROMETHEUS, "3.5": binaries.PROMETHEUS_3}
_PATTERN = re.compile(r'(=~|!~)"[^"]*"')
_RAW = re.compile(r"`sum\(rate\(y_total\[\$window\]\)\) or vector\(0\)`")
_CONDITION = re.compile(r"good when [^\n]*")
FILES = 200
"""Files that one promtool reads."""


def odd(random: Random, text: str, server: str) -> str:
    """A program with other patterns, and other raw PromQL and conditions, which sloc accepts by themselves."""

    def other(match: re.Match[str]) -> str:
        chosen = next(one for one in (pattern(random) for _ in count()) if not regex_fault(one, server >= "3"))
        escaped = chosen.replace("\\", "\\\\").replace('"', '\\"')
        return f'{match[1]}"{escaped}"'

    def raw(_: re.Match[str]) -> str:
        made = (f"sum(rate(y_total[$window])) or ({expression(random)})" for _ in count())
        return f"`{next(one for one in made if '`' not in one and not judge.fault(one, server=server))}`"

    def condition(_: re.Match[str]) -> str:
        made = (f"max(x) < ({expression(random)})" for _ in count())
        return f"good when `{next(one for one in made if '`' not in one and not judge.fault(one, server=server))}`"

    return _CONDITION.sub(condition, _RAW.sub(raw, _PATTERN.sub(other, text)))


def rule_files(server: str, seed: int) -> Iterator[tuple[str, str]]:
    """Programs that sloc accepts for a server, and their files of rules, without end."""
    project = Project(server=server)
    for number in count(seed):
        random = Random(number)
        text = generated.program(number)[0]
        if number % 2:
            text = odd(random, text, server)
        program, _ = analyse([Source("a.slo", text)], project)
        if program is not None:
            yield text, "\n".join(render(program, "prometheus", project.options()).values())


def refused(server: str, number: int, seed: int = 0) -> list[tuple[str, str]]:
    """The programs, of so many, whose rules the server does not load; with what it says."""
    found, made = [], rule_files(server, seed)
    while batch := list(islice(made, min(FILES, number))):
        number -= len(batch)
        with tempfile.TemporaryDirectory() as folder:
            for at, (_, rules) in enumerate(batch):
                Path(folder, f"{at}.yaml").write_text(rules, "utf-8")
            names = [f"{at}.yaml" for at in range(len(batch))]
            command = [binaries.promtool(SERVERS[server]), "check", "rules", "--lint=none", *names]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            found += [(batch[int(at)][0], why) for at, why in re.findall(r"(?m)^(\d+)\.yaml: (.*)", done.stderr)]
            assert found, done.stderr
    return found


def main() -> int:
    """Print how many programs each server loads, and those that it does not."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    wrong = 0
    for server in SERVERS:
        found = refused(server, number)
        print(f"{server}: {number - len({text for text, _ in found})} of {number} programs load")
        for text, why in found:
            print(f"{why}\n{text}")
        wrong += len(found)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
