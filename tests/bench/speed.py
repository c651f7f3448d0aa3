"""Times whole runs of `sloc` against `python3 -c pass` or each other, side by side: `python tests/bench/speed.py`.

Prints ratios, which hold on any machine; absolute times on a shared one are no result.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


def sources(folder: Path, count: int) -> Path:
    """A project of `count` SLOs in services of twenty, one file each."""
    folder.mkdir()
    for service in range(0, count, PER_SERVICE):
        slos = "".join(SLO.format(n=n) for n in range(min(PER_SERVICE, count - service)))
        (folder / f"shop-{service}.slo").write_text(SERVICE.format(n=service, slos=slos), encoding="utf-8")
    return folder


def seconds(command: list[str], folder: Path | None = None) -> float:
    """The wall time of one run, in the folder."""
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def paired(command: list[str], base: list[str], runs: int, folder: Path | None = None) -> list[float]:
    """Ratios of `command` to `base`, which runs before and after it so that the machine's speed cancels."""
    seconds(command, folder)
    ratios = []
    for _ in range(runs):
        before, time_, after = seconds(base, folder), seconds(command, folder), seconds(base, folder)
        ratios.append(2 * time_ / (before + after))
    return ratios


def build(folder: Path, *more: str) -> list[str]:
    """The command that builds a folder into itself."""
    return [sys.executable, "-m", "slocompiler", "build", *more, str(folder), "-o", str(folder / "generated")]


DIFF = [sys.executable, "-m", "slocompiler", "diff"]
"""The command that compares a folder with the commit at which it left main."""


def repository(folder: Path) -> None:
    """Commit the folder to a repository of its own, then loosen one of its targets."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "--initial-branch=main"), ("add", "*.slo"), (*identity, "commit", "--message", "all")):
        subprocess.run(["git", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    file = folder / "shop-0.slo"
    file.write_text(file.read_text(encoding="utf-8").replace("99.9%", "99.5%", 1), encoding="utf-8")


def memory(command: list[str]) -> float:
    """The peak memory of a run, in MiB."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    done = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True)
    return float(done.stdout)


def line(name: str, ratios: list[float], bar: float, unit: str) -> None:
    """One row: the median with its range, and the bar it is held against."""
    middle = statistics.median(ratios)
    print(f"{name:<24} {middle:7.2f} x {unit} (from {min(ratios):.2f} to {max(ratios):.2f}; bar {bar:g})")


def main() -> None:
    """Print every bar with its figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        one, thousand, many = (sources(Path(folder) / str(n), n) for n in (1, 1000, 10_000))
        nothing = [sys.executable, "-c", "pass"]
        rules, dashboards, docs = (("--target", name) for name in ("prometheus", "grafana", "docs"))
        line("1 SLO", paired(build(one, *rules), nothing, 2 * runs), 15, "python3 -c pass")
        line("1,000 SLOs", paired(build(thousand, *rules), nothing, runs), 60, "python3 -c pass")
        line("1,000 SLOs, dashboards", paired(build(thousand, *dashboards), nothing, runs), 40, "python3 -c pass")
        line("1,000 SLOs, docs", paired(build(thousand, *docs), nothing, runs), 120, "python3 -c pass")
        line("10,000 SLOs, docs", paired(build(many, *docs), build(thousand, *docs), 1), 11, "1,000 SLOs")
        line("10,000 SLOs", paired(build(many, *rules), build(thousand, *rules), max(1, runs // 2)), 11, "1,000 SLOs")
        check = [sys.executable, "-m", "slocompiler", "check", str(thousand)]
        line("1,000 SLOs, check", paired(check, build(thousand, *rules), runs), 1.3, "sloc build")
        repository(thousand)
        line("1,000 SLOs, sloc diff", paired(DIFF, build(thousand, *rules), runs, thousand), 2.5, "sloc build")
        small, large = memory(build(thousand, *rules)), memory(build(many, *rules))
        print(f"memory                   {small:.0f} MiB for 1,000 SLOs, {large:.0f} MiB for 10,000")


if __name__ == "__main__":
    main()
