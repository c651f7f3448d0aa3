"""Measures `sloc import` on public files: `python tests/bench/imports.py [FOLDER]…`, for a minute.

It downloads the modules of MODULES with Go, and also takes folders, such as a clone of another repository. For each set it
prints how many SLOs are recognised, how many stay PromQL and why the others are refused, and whether the rules that are built
from the import load in promtool. The last line is the time for a thousand SLOs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # it is run as a script

from slocompiler.compiler import analyse, render
from slocompiler.importers import imported
from slocompiler.importers.promise import Options
from slocompiler.project import Project, load
from slocompiler.source import Source
from support.binaries import PROMETHEUS_3, promtool

MODULES = (
    ("github.com/slok/sloth@v0.16.0", "test/integration/prometheus/testdata", 57 / 59),
    ("github.com/slok/sloth@v0.16.0", "examples", 14 / 23),
)
"""Modules, a folder in each, and the least share of SLOs that is recognised."""
APART = ("_gen", "bad")
"""Folders with rules that Sloth generated, and with SLOs that it refuses."""
PROJECT: Project = load(Source("sloc.yaml", 'targets: {prometheus: {server: "3.0"}}\n'))[0]
MANY = 1000
TEMPLATE = """version: prometheus/v1
service: service-{0}
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{{job="service-{0}",code=~"(5..|429)"}}[{{{{.window}}}}]))
        total_query: sum(rate(http_requests_total{{job="service-{0}"}}[{{{{.window}}}}]))
"""


def downloaded(module: str) -> Path:
    """The folder of a module; the command fails with what Go says if the proxy does not have it."""
    done = subprocess.run(["go", "mod", "download", "-json", module], capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    if "Dir" not in found:
        sys.exit(f"{module}: {found.get('Error')}")
    return Path(found["Dir"])


def sources(folder: Path) -> Iterator[Source]:
    """The YAML files below a folder."""
    for path in sorted(folder.rglob("*.y*ml")):
        if not {*path.parts} & {*APART}:
            yield Source(str(path.relative_to(folder)), path.read_text("utf-8"))


def measure(folder: Path) -> float:
    """Print what becomes of a set, and return the share that is recognised."""
    done = imported(list(sources(folder)), Options(owner="unassigned"), PROJECT)
    kinds = Counter(row.how for row in done.rows)
    refused = Counter(row.codes[-1] for row in done.rows if row.how == "refused")
    recognised = sum(kinds.values()) - kinds["raw"] - kinds["refused"]
    program, problems = analyse([Source(name, text) for name, text in done.files.items()], PROJECT)
    assert program, [one.message for one in problems if one.is_error]
    with tempfile.TemporaryDirectory() as rules:
        names = []
        for path, text in render(program, "prometheus", PROJECT.options()).items():
            names.append(Path(rules) / path.replace("/", "."))
            names[-1].write_text(text, "utf-8")
        subprocess.run([promtool(PROMETHEUS_3), "check", "rules", *names], check=True, capture_output=True)
    print(f"  {recognised} of {len(done.rows)} recognised: {dict(kinds)}, refused by {dict(refused)}")
    print(f"  {len(names)} files of rules load")
    return recognised / len(done.rows)


def timed() -> str:
    """The seconds that a thousand SLOs take, with the start of Python: those that pass, and those of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(MANY):
            (Path(folder) / f"{number}.yaml").write_text(TEMPLATE.format(number), "utf-8")
        begin, before = time.perf_counter(), os.times()
        command = [sys.executable, "-m", "slocompiler", "import", folder, "-o", f"{folder}/slo"]
        subprocess.run(command, check=True, capture_output=True)
        after = os.times()
        used = sum(after[2:4]) - sum(before[2:4])
        return f"{time.perf_counter() - begin:.1f} s, {used:.1f} s of the processor"


def main(folders: list[str]) -> None:
    """Print every set; exit with 1 if one has less than its share."""
    short = []
    for module, inner, least in MODULES:
        print(f"{module} {inner}")
        if measure(downloaded(module) / inner) < least:
            short.append(inner)
    for folder in folders:
        print(folder)
        measure(Path(folder))
    print(f"{MANY} SLOs: {timed()}")
    if short:
        sys.exit(f"fewer than before: {', '.join(short)}")


if __name__ == "__main__":
    main(sys.argv[1:])
