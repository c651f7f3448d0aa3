"""Times whole runs of `sloc` beside those of `sloth`, a compiler in Go: `make speed`. Ends with 1 if a bar is missed.

Prints ratios of wall times, each from runs that take turns: absolute times on a shared machine are no result. Nothing
else should run meanwhile. `sloc` is that of the Python that runs this file, with that Python: installed from a wheel, by a pip of
this year. The script that an old one writes imports `re`, which takes a third of the time of an answer of the cache.
A Python built without `--enable-optimizations`, the default of pyenv, takes an eighth longer than those of distributions:
`make speed PYTHON=/usr/bin/python3` uses another Python.
Files are in memory if there is a folder for that: `sloc` waits until the disk has them, and `sloth` does not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from slocompiler.cli import cache

SLOC = str(Path(sysconfig.get_path("scripts"), "sloc"))
SLOTH = "github.com/slok/sloth/cmd/sloth@v0.16.0"
MEMORY = "/dev/shm"
PER_SERVICE = 20
SLO = """
  slo availability-{n} "Shoppers get an answer" 99.9% over 30d {{
    events  requests
    exclude {{code="499"}} "The shopper left."
    bad     {{code=~"5..", path=~"/api/{n}/.*"}}
    because "Above 0.1% the support queue doubles."
  }}
"""
SERVICE = """service shop-{n} "Shop" {{
  owner        "payments"
  stakeholders "product", "support"
  runbook      "https://runbooks.example.org/shop"
  events requests = http_requests_total{{job="shop-{n}"}} exclude {{path="/healthz"}} "No user sends these."
{slos}}}
"""
SLOTH_SLO = """
  - name: availability-{n}
    objective: 99.9
    description: "Shoppers get an answer. Above 0.1% the support queue doubles."
    sli:
      events:
        error_query: sum(rate(http_requests_total{{job="shop-{service}",path!="/healthz",code!="499",code=~"5..",path=~"/api/{n}/.*"}}[{{{{.window}}}}]))
        total_query: sum(rate(http_requests_total{{job="shop-{service}",path!="/healthz",code!="499"}}[{{{{.window}}}}]))
    alerting:
      name: ShopAvailability
      annotations: {{runbook: "https://runbooks.example.org/shop"}}
      page_alert: {{labels: {{severity: page}}}}
      ticket_alert: {{labels: {{severity: ticket}}}}
"""
SLOTH_SERVICE = """version: prometheus/v1
service: shop-{n}
labels: {{owner: payments}}
slos:{slos}"""


def sources(folder: Path, count: int) -> Path:
    """A project of `count` SLOs in services of twenty, one file each; below `sloth`, the same for the other compiler."""
    (folder / "sloth").mkdir(parents=True)
    for service in range(0, count, PER_SERVICE):
        own = range(min(PER_SERVICE, count - service))
        slos = "".join(SLO.format(n=n) for n in own)
        (folder / f"shop-{service}.slo").write_text(SERVICE.format(n=service, slos=slos), encoding="utf-8")
        slos = "".join(SLOTH_SLO.format(n=n, service=service) for n in own)
        text = SLOTH_SERVICE.format(n=service, slos=slos)
        (folder / "sloth" / f"shop-{service}.yaml").write_text(text, encoding="utf-8")
    return folder


# Runs


class Run(NamedTuple):
    """A command in a folder, what comes before each run and is not timed, and the processors that it may use."""

    command: tuple[str, ...]
    folder: Path
    before: Callable[[], object] = lambda: None
    processors: int | None = None

    def seconds(self) -> float:
        """The wall time of a run."""
        self.before()
        begin = time.perf_counter()
        self._done()
        return time.perf_counter() - begin

    def memory(self) -> float:
        """The peak memory of a run and of the processes that it starts, each alone, in MiB."""
        self.before()
        code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
        command = (sys.executable, "-c", code, *self.command)
        done = subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True, env=self._env())
        return float(done.stdout)

    def _done(self) -> None:
        usual = os.sched_getaffinity(0)
        os.sched_setaffinity(0, sorted(usual)[: self.processors])  # the run inherits it
        try:
            subprocess.run(self.command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, env=self._env())
        finally:
            os.sched_setaffinity(0, usual)

    def _env(self) -> dict[str, str]:
        return {**os.environ, "SLOC_CACHE": str(_cache(self.folder))}


def ratios(run: Run, base: Run, runs: int) -> list[float]:
    """The ratios of a run to the base, which runs before and after it, so that the speed of the machine cancels."""
    run.seconds()
    base.seconds()
    found = []
    for _ in range(runs):
        before, own, after = base.seconds(), run.seconds(), base.seconds()
        found.append(2 * own / (before + after))
    return found


def sloth(folder: Path) -> Run:
    """The other compiler on the same SLOs, with all processors. What it writes is no change of the project."""
    made = folder.parent / "made"
    return Run(("sloth", "--no-log", "generate", "-i", "sloth", "-o", str(made)), folder, lambda: _empty(made))


def build(folder: Path, *more: str, processors: int | None = None, cached: bool = False) -> Run:
    """A build into a folder that is empty, or a second one."""
    before = (lambda: None) if cached else (lambda: _fresh(folder))
    command = (SLOC, "build", "--quiet", *more)
    return Run(command, folder, before, processors)


def unchanged(folder: Path, *more: str) -> Run:
    """The same build again, after the time in which the cache compares contents, because a file may change unseen."""
    run = build(folder, *more, cached=True)
    run.seconds()
    time.sleep(cache.YOUNG / 1e9)
    run.seconds()
    return run


def _fresh(folder: Path) -> None:
    shutil.rmtree(_cache(folder), ignore_errors=True)
    shutil.rmtree(folder / "generated", ignore_errors=True)


def _cache(folder: Path) -> Path:
    """Beside the project, as the usual one: what is written into its folders is a change."""
    return folder.with_suffix(".cache")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def edited(folder: Path) -> Run:
    """A build after the target of one SLO has changed."""
    file = folder / "shop-0.slo"

    def edit() -> None:
        text = file.read_text(encoding="utf-8")
        loose, strict = "99.5% over", "99.9% over"
        text = text.replace(loose, strict, 1) if loose in text else text.replace(strict, loose, 1)
        file.write_text(text, encoding="utf-8")

    return build(folder, "--target", "prometheus", cached=True)._replace(before=edit)


def changed(folder: Path) -> Run:
    """`sloc diff` in a repository in which one target is looser than on main."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "--initial-branch=main"), ("add", "*.slo"), (*identity, "commit", "--message", "all")):
        subprocess.run(["git", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    edited(folder).before()
    return Run((SLOC, "diff"), folder)


# Bars


def rows(folder: Path, runs: int) -> Iterator[tuple[str, list[float], float, str]]:
    """What is measured: its name, the figures, the bar, and the unit."""
    one, thousand, many = (sources(folder / str(n), n) for n in (1, 1000, 10_000))
    rules, unit = ("--target", "prometheus"), "x sloth"
    yield "1 SLO", ratios(build(one, *rules), sloth(one), 2 * runs), 0.65, unit
    yield "1 SLO, nothing changed", ratios(unchanged(one, *rules), sloth(one), 2 * runs), 0.1, unit
    for processors, bar in ((1, 0.5), (2, 0.35)):
        name, run = f"1,000 SLOs, processors: {processors}", build(thousand, *rules, processors=processors)
        yield name, ratios(run, sloth(thousand), runs), bar, unit
    for processors, bar in ((1, 0.5), (2, 0.3)):
        name, run = f"10,000 SLOs, processors: {processors}", build(many, *rules, processors=processors)
        yield name, ratios(run, sloth(many), max(2, runs // 2)), bar, unit
    yield "10,000, nothing changed", ratios(unchanged(many, *rules), sloth(many), 2), 0.004, unit
    yield "10,000, 1 of 500 files changed", ratios(edited(many), sloth(many), 2), 0.02, unit
    for processors, bar in ((1, 2.0), (2, 1.2)):
        name, run = f"1,000, all targets, processors: {processors}", build(thousand, processors=processors)
        yield name, ratios(run, sloth(thousand), runs), bar, unit
    yield "1,000, all, nothing changed", ratios(unchanged(thousand), sloth(thousand), runs), 0.03, unit
    check = Run((SLOC, "check", "--no-cache"), thousand)
    yield "1,000 SLOs, check", ratios(check, sloth(thousand), runs), 0.5, unit
    yield "1,000 SLOs, diff", ratios(changed(thousand), sloth(thousand), runs), 1.0, unit
    yield "10,000 SLOs, all targets", [build(many).memory()], 128, "MiB"


def main() -> int:
    """Print each figure and its bar; 1 if one is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    if not shutil.which("sloth"):
        print(f"no sloth on the PATH: `go install {SLOTH}` puts one into $(go env GOPATH)/bin")
        return 1
    print(f"{sys.executable}, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    missed = 0
    with tempfile.TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as folder:
        for name, figures, bar, unit in rows(Path(folder), runs):
            middle = statistics.median(figures)
            missed += middle > bar
            span = f"from {min(figures):.3g} to {max(figures):.3g}; " if len(figures) > 1 else ""
            end = ", missed" if middle > bar else ""
            print(f"{name:<36} {middle:8.3g} {unit} ({span}bar {bar:g}{end})", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
