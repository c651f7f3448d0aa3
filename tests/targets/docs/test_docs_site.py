"""The site of the examples in a real browser: nothing is broken, and every page is accessible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.browser import look
from support.command import sloc
from support.compile import EXAMPLES, ROOT, compile_files
from support.reported import SNAPSHOT, write

SEARCHES = ("paying works", "http_request_duration_seconds", "ml-serving", "checkout availability", "nothing at all")

FILTERS = ("payments", "draft checkout", "first try", "nothing at all")

JUDGED = ("index.html", "reading.html", "glossary.html", "payments/index.html", "payments/authorised.html",
          "checkout/latency.html", "cart/share-latency.html")  # fmt: skip  # a table
"""One page of each kind, and pages with every kind of block."""

NOW = ("now/index.html", "now/checkout/index.html", "now/checkout/availability.html")
"""Pages of `sloc site`, which have numbers."""

BROKEN = """<!DOCTYPE html>
<html lang="en"><head><title>Broken</title><script>console.log("hm"); throw new Error("oh");</script></head>
<body><main><h1 id="a">Broken</h1><p id="a" style="color: #999">Pale. <a href="away.html">Gone</a> <a href="#b">Lost</a></p>
<p style="width: 3000px; height: 6000px">Wide.</p><div class="scroll"><p style="width: 3000px">Cut.</p></div><img src="x.png">
<svg viewBox="0 0 100 20" width="100" role="img" aria-label="x"><text x="90" y="15">out of it</text><text x="80" y="15">over</text></svg>
</main></body></html>
"""
FAULTS = ("the console says hm", "an error: oh", "two elements have the id a", "away.html leads nowhere",
          "#b leads nowhere", "wider than the screen", "x.png is not to be had", "image-alt", "light, color-contrast",
          "no-dup-id", "stands out of its drawing", "stands on", "is cut", "sheets")  # fmt: skip  # a table

ALONE = {"report.html": "report/october.html", "review.html": "review/october.html"}
"""Pages of `sloc report` and `sloc review`, which stand alone, as their own tests have them."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("site")
    options = Options(grafana_url="https://grafana.example.org", source_url="https://git.example.org/slo")
    for name, text in render(compile_files(*EXAMPLES), "docs", options).items():
        if name.startswith("site/"):
            path = folder / name.removeprefix("site/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    write(folder)
    assert sloc(folder, "site", "--snapshot", SNAPSHOT, "--raw", "-o", "now").code == 0
    pages = sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.html"))
    assert len(pages) > 35
    for page, golden in ALONE.items():
        (folder / page).write_bytes((ROOT / "tests" / "golden" / golden).read_bytes())
    pages += ALONE
    (folder / "broken.html").write_text(BROKEN, encoding="utf-8")
    return look(folder, [*pages, "broken.html"], [*JUDGED, *NOW, *ALONE, "broken.html"], SEARCHES, FILTERS)


def test_nothing_is_wrong_with_any_page(seen: dict[str, Any]) -> None:
    """Console, links, ids, texts of charts, accessibility in both themes, phone width, valid HTML."""
    assert [problem for problem in seen["problems"] if not problem.startswith("broken.html")] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_would_be_reported(fault: str, seen: dict[str, Any]) -> None:
    assert [problem for problem in seen["problems"] if problem.startswith("broken.html") and fault in problem]


def test_an_slo_is_found(seen: dict[str, Any]) -> None:
    """By title, metric, owner and identity; and opened with the keyboard."""
    found = seen["found"]
    assert found["paying works"] == ["checkout/payment.html"]
    assert {"checkout/latency.html", "cart/pay-latency.html"} <= set(found["http_request_duration_seconds"])
    assert set(found["ml-serving"]) == {"llm/first-token.html", "llm/index.html"}
    assert found["checkout availability"] == ["checkout/availability.html"]
    assert found["nothing at all"] == []
    assert found["by keyboard"] == ["checkout/payment.html"]


def test_the_catalogue_is_filtered(seen: dict[str, Any]) -> None:
    """By service, owner, title and state; a group that is not wanted is not shown."""
    found = seen["found"]
    assert len(found["filter payments"]) == 9, "the service has four, and its team owns the five of checkout"
    assert found["filter draft checkout"] == ["checkout/freshness.html", "checkout/search.html"]
    assert found["filter first try"] == ["checkout/payment.html"]
    assert found["filter nothing at all"] == []
