"""The summary of a step in GitHub Actions, rendered by GitHub's own Markdown, with any user text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from slocompiler.diagnostics import Diagnostic
from slocompiler.formats import github
from slocompiler.formats.markdown import code, prose, text
from slocompiler.source import Source, Span
from slocompiler.visible import shown
from support.command import sloc

SHOP = """import "shared.slo"

service shop {
  owner "storefront"
  events requests = http_requests_total{job="shop"}
  use shared(requests = requests)
  slo | "b" 99% over 30d { }
}
"""
SHARED = """template shared(requests) {
  slo a 100% over 30d {
    events  $requests
    bad     {code=~"5.."}
  }
}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder of a repository."""
    folder = tmp_path / "repository" / "slo"
    folder.mkdir(parents=True)
    (folder.parent / ".git").mkdir()
    (folder / "sloc.yaml").touch()
    (folder / "shop.slo").write_text(SHOP)
    (folder / "shared.slo").write_text(SHARED)
    return folder


class _Reader(HTMLParser):
    """The cells of a rendered table as text, and every element there is."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self.open = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")
            self.open = True
        elif tag == "br":
            self.cells[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.cells[-1] += data


def rendered(markdown: str) -> _Reader:
    """As GitHub's own renderer reads it."""
    reader = _Reader()
    reader.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))
    return reader


class TestSummary:
    def test_is_appended_where_a_step_has_one(
        self, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        step = tmp_path / "summary.md"
        step.write_text("before\n")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
        for form in ("text", "json", "sarif", "github"):
            sloc(shop, "check", "--format", form)
        summary = step.read_text(encoding="utf-8")
        assert re.match(r"before\n### sloc check: (\d errors?|\d warnings?| and )+\n\n\|", summary)
        reader = rendered(summary.removeprefix("before\n"))
        assert {"table", "code"} <= reader.tags <= {"h3", "table", "thead", "tbody", "tr", "th", "td", "code", "br"}
        assert any("100% leaves no error budget" in cell and "slo/shop.slo:6" in cell for cell in reader.cells)
        assert "slo/shared.slo:2" in reader.cells

    def test_a_clean_run_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
        sloc(tmp_path, "init")
        assert sloc(tmp_path, "check", "--format", "github").code == 0
        assert (tmp_path / "summary.md").read_text() == "### sloc check: nothing to report\n\n"

    def test_a_summary_that_cannot_be_written_is_an_error(self, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(shop))
        answer = sloc(shop, "check", "--format", "github")
        assert (answer.code, "GITHUB_STEP_SUMMARY" in answer.err) == (2, True)

    def test_what_is_beyond_the_limit_is_counted(self) -> None:
        source = Source("a.slo", "x" * 9000)
        found = [Diagnostic("E101", f"number {n} {'é' * 400}", Span(source, n, n)) for n in range(9000)]
        summary = github.summary(found, lambda source: source.path, "all")
        assert len(summary.encode()) < 1024**2
        rows = summary.count("\n| error")
        assert f"\n{9000 - rows:,} more are not shown here" in summary

    @given(st.text())
    def test_text_means_nothing(self, raw: str) -> None:
        """It comes out of the renderer as it went in: one cell, no element but those of the table."""
        for quoted in (text(shown(raw)), code(raw, in_table=True), prose(raw, in_table=True)):
            reader = rendered(f"| a | b |\n|---|---|\n| {quoted} | end |\n")
            assert len(reader.cells) == 4
            assert reader.tags <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
            assert seen(reader.cells[2]) == seen(raw)


def seen(raw: str) -> str:
    """What people see: backquotes mark code, quotes an empty one, control characters are replaced by a sign, blanks run together."""
    kept = (char if char.isprintable() or char in "\u200c\u200d" else " " for char in raw if char not in "`“”")
    return " ".join("".join(kept).replace("\ufffd", " ").split())
