"""Takes the pictures of the documentation: `make pictures`. Needs Chromium on PATH (or $CHROMIUM), Node.js and Prometheus.

What is drawn is a page of our own, at the places that the dashboards give their panels, with numbers that a real
Prometheus answered to their queries, formatted and coloured by Grafana's own library.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS))  # it is run as a script

from slocompiler.ir import Program  # noqa: E402  # after the path is set
from slocompiler.targets import render  # noqa: E402  # likewise
from slocompiler.targets.shared import Options  # noqa: E402  # likewise
from support.browser import installed, look  # noqa: E402  # likewise
from support.compile import EXAMPLES, ROOT, compile_files  # noqa: E402  # likewise
from support.grafana import Data, chosen, dashboards, fill, panels, variables  # noqa: E402  # likewise
from support.grafana_answers import answers  # noqa: E402  # likewise
from support.grafana_checks import SCRIPTS, run, show  # noqa: E402  # likewise
from support.promtool import seconds  # noqa: E402  # likewise
from support.server import Prometheus  # noqa: E402  # likewise
from support.story import NOW, openmetrics  # noqa: E402  # likewise

FOLDER = ROOT / "docs" / "pictures"
WIDTH = 1440
LINE = 38
TAKEN = {"overview": 28, "checkout": 41}
"""Which dashboards, and how many lines of the grid a picture shows."""


def chromium() -> str:
    """The browser; says what to do where there is none."""
    found = installed()
    if not found:
        raise RuntimeError("no Chromium is on PATH: install the package `chromium`, or name the program in $CHROMIUM")
    return found


def model(server: Prometheus, data: Data, **more: str) -> dict[str, Any]:
    """What the page draws: every panel with its place and what Grafana's library makes of the answers."""
    values = chosen(data, **more)
    since = seconds(data["time"]["from"].removeprefix("now-"))
    found = panels(data)
    asked = [show(panel, answers(server, panel, values, NOW, since), values) for panel in found]
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


def screenshot(page: Path, picture: Path, lines: int) -> None:
    """Have Chromium, in a profile of its own, draw the page."""
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        command += [
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ]
        command += [f"--user-data-dir={profile}", f"--window-size={WIDTH},{88 + LINE * lines}"]
        subprocess.run(
            [*command, f"--screenshot={picture}", page.as_uri()], check=True, capture_output=True, timeout=120
        )


def take(program: Program, folder: Path) -> list[Path]:
    """All pictures, into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    page = (SCRIPTS / "page.html").read_text(encoding="utf-8")
    taken = []
    with tempfile.TemporaryDirectory() as scratch:
        server = Prometheus(Path(scratch))
        server.backfill(openmetrics(program))
        with server:
            for name, lines in TAKEN.items():
                drawn = Path(scratch) / f"{name}.html"
                data = json.dumps(model(server, dashboards(program)[name])).replace("</", "<\\/")
                drawn.write_text(page.replace("DATA;", f"{data};", 1), encoding="utf-8")
                taken.append(folder / f"{name}.png")
                screenshot(drawn, taken[-1], lines)
    return taken


def take_page(program: Program, folder: Path) -> Path:
    """The page of an SLO in the documentation, as far as a screen shows it."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in render(program, "docs", Options()).items():
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        picture = folder / "page.png"
        wanted = {"page": "checkout/availability.html", "file": str(picture), "width": 1120, "height": 1270}
        look(Path(scratch) / "site", [], pictures=[wanted])
    return picture


def main() -> int:
    """Take them, and say where they are."""
    try:
        chromium()
        program = compile_files(*EXAMPLES)
        for picture in [*take(program, FOLDER), take_page(program, FOLDER)]:
            print(f"{picture.relative_to(ROOT)}  ({picture.stat().st_size // 1000} kB)")
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
