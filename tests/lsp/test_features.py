"""Hover, hints, quick fixes, formatting, and the structure of a file."""

from __future__ import annotations

import pytest

from slocompiler.diagnostics import Edit
from slocompiler.lsp.actions import actions
from slocompiler.lsp.formatting import formatted
from slocompiler.lsp.hints import hints
from slocompiler.lsp.hover import hover
from slocompiler.lsp.structure import Symbol, folds, selection, symbols
from slocompiler.source import Source
from support.keystrokes import EXAMPLES, opened, workspace

SHOP = """# One.
# Two.
service shop "Shop" {
  owner "o"
  events requests = http_requests_total{job="shop"} exclude {path="/healthz"} "No shopper."

  slo answers 99.9% over 30d {
    events requests
    bad    {code=~"5.."}
    alerts {
      page at 2% of budget in 1h
    }
  }
  slo quick 95% over 7d {
    events http_request_duration_seconds{job="shop"}
    good   below 300ms
  }
}
"""


def hovered(text: str, *beside: Source) -> str:
    found = hover(*opened(text, *beside))
    return found.markdown if found else ""


def at(text: str) -> str:
    """The file with a cursor before a text."""
    return SHOP.replace(text, f"¦{text}", 1)


def test_an_slo_means_minutes_and_events() -> None:
    shown = hovered(at("answers"))
    assert "1,000 in a million" in shown
    assert "43m12s of full outage in 30d" in shown
    assert "at 100% errors: after 52s" in shown
    assert "Recorded series" not in shown


def test_an_override_means_its_slo() -> None:
    template = Source(
        "org.slo", "template web(job) {\n  slo quick 95% over 7d { events took{job=$job} in s good below 1s }\n}\n"
    )
    head = 'import "org.slo"\nservice shop {\n  owner "o"\n  use web(job = "a") as a {\n    slo '
    shown = hovered(head + "qui¦ck { alerts { page at 5% of budget in 1h } }\n  }\n}\n", template)
    assert "8h24m of full outage in 7d" in shown
    assert "page at 5% of budget in 1h" in shown


def test_an_alert_line_means_a_burn_rate_and_times() -> None:
    shown = hovered(at("at 2%"))
    assert "a burn rate of 14.4" in shown
    assert "page at 2% of budget in 1h needs 5 bad events" in shown
    assert "Budget:" not in shown


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("requests\n", 'events requests = http_requests_total{job="shop"}'),
        ("owner", "The team that alerts page."),
        ("bad ", "The events that are bad."),
    ],
)
def test_names_and_keywords_have_a_meaning(text: str, meaning: str) -> None:
    assert meaning in hovered(at(text))


def test_parameters_have_values_and_templates_promise_something() -> None:
    template = 'template x(share) {\n  slo a $share over 30d {\n    events h{job="a"}\n    bad {c="d"}\n  }\n}\n'
    use = 'service s {\n  owner "o"\n  use x(share = 99.9%)\n}\n'
    assert "Values:\n\n```slo\n99.9%" in hovered(template.replace("$share", "$¦share") + use)
    assert "a: 999 of 1,000 events" in hovered(template + use.replace("use x", "use ¦x"))


def test_what_only_other_files_use_is_explained_by_them() -> None:
    org = 'alerts calm {\n  page at 2% of budget in 1h\n}\ntemplate x() {\n  slo a 99% over 30d { events h{} bad {c="d"} }\n}\n'
    here = workspace()
    use = 'service s {\n  owner "o"\n  alerts calm\n  use x()\n}\n'
    for path, content in (("org.slo", org), ("a.slo", f'import "org.slo"\n{use}')):
        here.put(Source(path, content))
    others = [here.snapshot("a.slo")]
    for part in ("at 2%", "a 99%"):
        assert hover(here.snapshot("org.slo"), org.index(part)) is None
        found = hover(here.snapshot("org.slo"), org.index(part), others)
        assert found
        assert "s/a" in found.markdown


def test_an_error_elsewhere_costs_no_figures() -> None:
    broken = at("answers").replace("7d", "7x")
    assert "43m12s" in hovered(broken)
    assert hovered(broken.replace("¦", "").replace("quick", "qui¦ck")) == ""


def test_a_title_is_no_markup() -> None:
    shown = hovered(at("answers").replace("¦answers", '¦answers "```\\n# x <b>"'))
    assert shown.startswith("````text\n")


def test_hints_are_figures_beside_statements() -> None:
    snapshot, _ = opened(SHOP)
    text = snapshot.source.text
    shown = [(text[: hint.offset].rsplit(None, 1)[1], hint.text) for hint in hints(snapshot)]
    assert shown == [("30d", "43m12s"), ("1h", "14.4×, 52s"), ("7d", "8h24m"), ("300ms", "le 0.3")]


def test_hints_count_what_a_template_makes() -> None:
    found = hints(opened(EXAMPLES[0].read_text("utf-8"))[0])
    assert [hint.text for hint in found[:3]] == ["2 SLOs", "1 SLO", "2 SLOs"]


def test_fixes_are_quick_fixes_and_a_warning_can_be_allowed() -> None:
    snapshot, offset = opened(SHOP.replace("bad    {", "bda    {").replace("bda", "¦bda"))
    assert [(problem.code, fix.title) for problem, fix in actions(snapshot, snapshot.problems, offset, offset)] == [
        ("E101", "write `bad`")
    ]
    snapshot, offset = opened(at("answers"))
    found = [fix for problem, fix in actions(snapshot, snapshot.problems, offset, offset) if problem.code == "W311"]
    assert [fix.title for fix in found] == ["allow W311, with a reason"]
    (edit,) = found[0].edits
    assert edit.text == '  allow W311 because ""\n  '
    assert snapshot.source.text[edit.span.start :].startswith("}\n  slo quick")


def applied(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def test_a_file_is_formatted_by_small_edits() -> None:
    text = SHOP.replace("    bad    {", "  bad {").replace("good   below", "good below")
    snapshot, _ = opened(text)
    edits = formatted(snapshot.file, snapshot.problems)
    once = applied(text, edits)
    assert [edit.span.text.count("\n") for edit in edits] == [1, 1, 1]
    assert "    bad    {" in once
    assert formatted(opened(once)[0].file, []) == []


def test_only_the_lines_of_a_range_are_formatted() -> None:
    text = SHOP.replace("    bad    {", "  bad {").replace("good   below", "good below")
    snapshot, _ = opened(text)
    once = applied(text, formatted(snapshot.file, snapshot.problems, 9, 9))
    assert "    bad    {" in once
    assert "good below" in once


def test_a_file_with_syntax_errors_is_not_formatted() -> None:
    snapshot, _ = opened(SHOP.replace("good   below", "good blow"))
    assert formatted(snapshot.file, snapshot.problems) == []


def test_the_structure_of_a_file() -> None:
    def outline(found: tuple[Symbol, ...]) -> list[object]:
        return [(one.name, one.detail, outline(one.inside)) for one in found]

    snapshot, offset = opened(at("/healthz"))
    inside = [("requests", "", []), ("answers", "", []), ("quick", "", [])]
    assert outline(symbols(snapshot.file)) == [("shop", "Shop", inside)]
    assert [(span.line, span.text.count("\n")) for span in folds(snapshot.file)] == [
        (1, 1),
        (3, 15),
        (7, 6),
        (10, 2),
        (14, 3),
    ]
    shown = [span.text for span in selection(snapshot, offset)]
    assert shown[:2] == ['"/healthz"', 'path="/healthz"']
    assert shown[-1] == snapshot.source.text
