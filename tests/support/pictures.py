"""Takes the pictures of the documentation: `make pictures`. Needs Node.js and Prometheus, as the tests do.

What is drawn is a page of our own, at the places that the dashboards give their panels, with numbers that a real
Prometheus answered to their queries, formatted and coloured by Grafana's own library. The pages of `sloc report` and `sloc review` are of a month whose
counts are known, from a snapshot; those of `sloc site` of the same Prometheus. The digest beside the pictures is that of the
meaning of the SLOs, as far as pictures show it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS))  # it is run as a script

from slocompiler.explain import language  # noqa: E402  # after the path is set
from slocompiler.ir import Program  # noqa: E402  # likewise
from slocompiler.targets import render  # noqa: E402  # likewise
from slocompiler.targets.shared import Options  # noqa: E402  # likewise
from support import reported  # noqa: E402  # likewise
from support.browser import look  # noqa: E402  # likewise
from support.command import sloc  # noqa: E402  # likewise
from support.compile import EXAMPLES, ROOT, compile_files, compile_text  # noqa: E402  # likewise
from support.grafana import Data, chosen, dashboards, fill, panels, variables  # noqa: E402  # likewise
from support.grafana_answers import answers  # noqa: E402  # likewise
from support.grafana_checks import SCRIPTS, run, show  # noqa: E402  # likewise
from support.promtool import seconds  # noqa: E402  # likewise
from support.server import Prometheus  # noqa: E402  # likewise
from support.story import NOW, openmetrics  # noqa: E402  # likewise

FOLDER = ROOT / "docs" / "pictures"
DIGEST = FOLDER / "examples.sha256"
WIDTH = 1440
LINE = 38
TAKEN = {"overview": "overview", "checkout.availability": "checkout"}
"""The dashboards, and the names of their pictures."""
PAGES = (
    {"page": "checkout/availability.html", "file": "page", "width": 1120, "height": 1270},
    {"page": "now/index.html", "file": "status", "width": 1280, "height": 1130},
    {"page": "report.html", "file": "report", "width": 1120, "height": 1570},
    {"page": "review.html", "file": "review", "width": 1120, "height": 1900},
)
"""Pages of the documentation, of `sloc site`, `sloc report` and `sloc review`, as far as a screen shows them."""
MONTH = ("--period", "2026-10", "--timezone", "Europe/Berlin", "--snapshot", reported.SNAPSHOT, "--format", "html")


def digest(program: Program) -> str:
    """Of what the pictures show of a program and of the month: promises, alerts and policies, with the people who agreed."""
    lines = [
        [
            service.owner, slo.id, slo.title, language.objective(slo.target, slo.window), slo.draft, slo.because,
            slo.stakeholders, slo.per, list(language.statements(slo.indicator)),
            [language.alert(line, slo.target, slo.window) for line in slo.alerts],
            [(str(one.target), str(one.filter)) for one in slo.overrides],
            [(str(step.below), step.action) for step in slo.policy],
        ]
        for service in (*program.services, *compile_text(reported.SLOS).services)
        for slo in service.slos
    ]  # fmt: skip  # a table
    return sha256(json.dumps(lines).encode()).hexdigest()


def model(server: Prometheus, data: Data, **more: str) -> dict[str, Any]:
    """What the page draws: every panel with its place and what Grafana's library makes of the answers."""
    values = chosen(data, **more)
    since = seconds(data["time"]["from"].removeprefix("now-"))
    found = panels(data)
    column = WIDTH // 24  # Grafana asks for about as many points as a panel has pixels
    asked = [
        show(panel, answers(server, panel, values, NOW, since, points=panel.place[2] * column), values)
        for panel in found
    ]
    drawn = run({"panels": asked})
    sections: dict[str, int] = {}
    for row in (panel for panel in data["panels"] if panel["type"] == "row"):
        sections[fill(row["title"], values)] = row["gridPos"]["y"]
    shown = []
    for panel, question, answer in zip(found, asked, drawn, strict=True):
        span = seconds(panel.time_from) if panel.time_from else since
        about = {"title": fill(panel.title, values), "timeFrom": panel.time_from, "place": panel.place}
        times = {"begin": (NOW - span) * 1000, "end": NOW * 1000}
        kept = {name: question[name] for name in ("kind", "fieldConfig", "options")}
        shown.append({**kept, **about, **times, **answer})
    names = [(v.get("label", name), values.get(name, "")) for name, v in variables(data).items() if v.get("hide") != 2]
    return {
        "title": data["title"],
        "variables": [(name, "All" if value == ".*" else value) for name, value in names],
        "sections": list(sections.items()),
        "panels": shown,
    }


def draw(program: Program, site: Path) -> list[dict[str, Any]]:
    """Write the pages of the dashboards into a folder, and return which pictures to take."""
    page = (SCRIPTS / "page.html").read_text(encoding="utf-8")
    made = dashboards(program)
    wanted = []
    with tempfile.TemporaryDirectory() as scratch:
        server = Prometheus(Path(scratch))
        server.backfill(openmetrics(program))
        with server:
            run_sloc(
                ROOT / "examples", "site", "--url", f"http://{server.address}", "--now", f"{NOW}", "-o", f"{site}/now"
            )
            for name, picture in TAKEN.items():
                drawn = model(server, made[name])
                data = json.dumps(drawn).replace("</", "<\\/")
                (site / f"{name}.html").write_text(page.replace("DATA;", f"{data};", 1), encoding="utf-8")
                lines = max(y + height for _, y, _, height in (panel["place"] for panel in drawn["panels"]))
                height = 88 + LINE * lines
                wanted.append({"page": f"{name}.html", "file": picture, "width": WIDTH, "height": height})
    return wanted


def month(site: Path) -> None:
    """Write the pages of a report and of a review into a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        reported.write(Path(scratch))
        for command in ("report", "review"):
            run_sloc(Path(scratch), command, *MONTH, "-o", f"{site}/{command}.html", "checkout")


def run_sloc(folder: Path, *arguments: str) -> None:
    """Run a command that has to succeed."""
    done = sloc(folder, *arguments)
    if done.code:
        raise RuntimeError(done.err)


def take(program: Program, folder: Path) -> list[Path]:
    """All pictures, into the folder, by one browser."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in render(program, "docs", Options()).items():
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        site = Path(scratch) / "site"
        month(site)
        wanted = [*draw(program, site), *PAGES]
        paths = [folder / f"{one['file']}.png" for one in wanted]
        look(site, [], pictures=[{**one, "file": str(path)} for one, path in zip(wanted, paths, strict=True)])
    return paths


def main() -> int:
    """Take them, and say where they are."""
    try:
        program = compile_files(*EXAMPLES)
        for picture in take(program, FOLDER):
            print(f"{picture.relative_to(ROOT)}  ({picture.stat().st_size // 1000} kB)")
        DIGEST.write_text(f"{digest(program)}\n", encoding="utf-8")
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
