"""Definition, references and rename: over files, in strings and in PromQL; what must not be renamed is refused."""

from __future__ import annotations

import pytest

from slocompiler.lsp.references import definition, references
from slocompiler.lsp.rename import rename, renamed
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.source import Source
from support.keystrokes import EXAMPLES, opened, workspace

ORG = """template endpoint(part, path, most = 99%) {
  events own = $part{path=$path}
  slo answers "${path} at ${path}, $${path}" $most over 30d {
    events own
    bad `sum(rate(x{path="${path}"}[$window]))`
  }
}
alerts calm {}
alerts taken {}
"""
SHOP = """import "org.slo"
service shop {
  owner "o"
  alerts calm
  events requests = http{job="shop"} + up{}
  events more = requests{a="b"}
  use endpoint(part = requests, path = "/x") as front without answers
  slo own 99% over 30d { events more good requests{c="d"} }
  risk "r" every 30d lasting 1h hitting 5% on own
}
"""


def both(text: str, at: str, after: int = 0) -> tuple[Snapshot, int, tuple[Snapshot, ...]]:
    """One of the two files, the offset of a part of its text, and the other file."""
    here = workspace()
    for path, content in (("org.slo", ORG), ("shop.slo", SHOP)):
        here.put(Source(path, content))
    own, other = ("org.slo", "shop.slo") if text is ORG else ("shop.slo", "org.slo")
    return here.snapshot(own), text.index(at) + after, (here.snapshot(other),)


def replaced(text: str, at: str, name: str, after: int = 0) -> tuple[str, str]:
    """Both files after a rename."""
    snapshot, offset, others = both(text, at, after)
    edits = rename(snapshot, offset, name, others)
    assert not isinstance(edits, str), edits
    found = {"org.slo": ORG, "shop.slo": SHOP}
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        path = edit.span.source.path
        found[path] = found[path][: edit.span.start] + edit.text + found[path][edit.span.end :]
    return found["org.slo"], found["shop.slo"]


def test_a_stream_is_renamed_in_its_block() -> None:
    org, shop = replaced(SHOP, "requests{c", "hits")
    assert org == ORG
    assert shop == SHOP.replace("requests", "hits")


def test_a_parameter_is_renamed_in_strings_in_promql_and_where_the_template_is_used() -> None:
    org, shop = replaced(ORG, "$path}", "route", 1)
    assert shop == SHOP.replace("path = ", "route = ")
    changed = ORG.replace("part, path", "part, route").replace("path=$path", "path=$route")
    assert org == changed.replace("${path}", "${route}").replace("$${route}", "$${path}")
    assert replaced(SHOP, "path = ", "route") == (org, shop)


@pytest.mark.parametrize(("name", "text", "at"), [("endpoint", SHOP, "endpoint"), ("calm", ORG, "calm")])
def test_templates_and_alerts_are_renamed_in_every_file(name: str, text: str, at: str) -> None:
    assert replaced(text, at, "other") == (ORG.replace(name, "other"), SHOP.replace(name, "other"))


@pytest.mark.parametrize(
    ("at", "name", "reason"),
    [
        ("shop {", "shop", "`shop` has a meaning already"),
        ("own 99%", "own", "`own` has a meaning already"),
        ("own 99%", "Own", "`Own` is not a valid name"),
        ("http{", "x", "metrics and labels belong to Prometheus"),
        ("requests", "Hits", "`Hits` is not a valid name"),
        ("requests", "more", "`more` has a meaning already"),
        ("part = ", "a-b", "digits and underscores"),
        ("part = ", "path", "`path` has a meaning already"),
        ("part = ", "slo", "`slo` has a meaning already"),
        ("part = ", "window", "`window` has a meaning already"),
        ("requests", "http", "`http` has a meaning already"),
        ("calm", "taken", "`taken` has a meaning already"),
    ],
)
def test_what_must_not_be_renamed_is_refused_with_the_reason(at: str, name: str, reason: str) -> None:
    found = rename(*both(SHOP, at)[:2], name, ())
    assert isinstance(found, str)
    assert reason in found


def test_slos_and_services_keep_their_history() -> None:
    _, shop = replaced(SHOP, "own 99%", "mine")
    assert shop == SHOP.replace("slo own 99% over 30d {", "slo mine 99% over 30d { formerly own").replace(
        "on own", "on mine"
    )
    _, shop = replaced(SHOP, "shop {", "store")
    assert shop == SHOP.replace("service shop {\n", "service store {\n  formerly shop\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("formerly first", "formerly first, a"),
        ("formerly b", "formerly a"),
        ("formerly first, b, last", "formerly first, a, last"),
    ],
)
def test_a_second_rename_joins_the_first(before: str, after: str) -> None:
    text = 'service s {{\n  slo {} 99% over 30d {{ # why\n    {}\n    events x{{}} bad {{c="5"}}\n  }}\n}}\n'
    snapshot, at = opened(text.format("¦a", before))
    edits = rename(snapshot, at, "b", ())
    assert not isinstance(edits, str), edits
    found = snapshot.source.text
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        found = found[: edit.span.start] + edit.text + found[edit.span.end :]
    assert found == text.format("b", after)


def test_an_slo_that_a_risk_names_behind_a_prefix_is_not_renamed() -> None:
    text = SHOP.replace(" without answers", "").replace("on own", "on front-answers")
    here = workspace()
    for path, content in (("org.slo", ORG), ("shop.slo", text)):
        here.put(Source(path, content))
    found = rename(here.snapshot("org.slo"), ORG.index("answers"), "x", (here.snapshot("shop.slo"),))
    assert isinstance(found, str)
    assert "behind the name of a `use … as`" in found


def test_the_library_is_not_renamed() -> None:
    snapshot, at = opened(
        'import "std/http.slo"\nservice a {\n  use ¦http(requests = x{}, errors = {}, because = "b")\n}\n'
    )
    assert renamed(snapshot, at) == "this name belongs to a library"


def test_a_name_leads_to_its_declaration_and_an_import_to_its_file() -> None:
    for text, at, path, line in (
        (SHOP, '"org.slo"', "org.slo", 1),
        (SHOP, "endpoint", "org.slo", 1),
        (SHOP, "calm", "org.slo", 8),
        (SHOP, "requests{c", "shop.slo", 5),
        (SHOP, "answers\n", "org.slo", 3),
        (SHOP, "own\n", "shop.slo", 8),
        (ORG, "own\n", "org.slo", 2),
    ):
        found = definition(*both(text, at)[:2])
        assert found
        assert (found.source.path, found.line) == (path, line), at
    assert definition(*both(SHOP, "http{")[:2]) is None


def test_the_name_of_an_slo_with_a_prefix_leads_to_the_prefix() -> None:
    text = SHOP.replace(" without answers", "").replace("on own", "on front-¦answers")
    snapshot, at = opened(text, Source("org.slo", ORG))
    found = definition(snapshot, at)
    assert found
    assert found.text == "front"


def test_references_begin_with_the_declaration() -> None:
    found = references(*both(SHOP, "part = ")[:2])
    assert [str(span) for span in found] == ["org.slo:1:19", "org.slo:2:17", "shop.slo:7:16"]


def test_what_recovery_inserts_is_no_name() -> None:
    uses = opened("template raw(job) {\n  events `\n    up\n  `\n}\nservice a {}\n")[0].uses
    assert {use.span.text for use in uses} == {"raw", "job", "a"}


def test_a_renamed_example_means_the_same() -> None:
    """Every name of every example that can be renamed, one after the other."""
    for path in EXAMPLES:
        text, tried = path.read_text("utf-8"), set()
        here = workspace()
        here.put(Source(path.name, text))
        before = [(one.code, one.message) for one in here.problems()]
        snapshot = here.snapshot(path.name)
        for use in snapshot.uses:
            name = use.declared.name.span
            if name in tried or name.source is not snapshot.source or isinstance(renamed(snapshot, name.start), str):
                continue
            tried.add(name)
            edits = rename(snapshot, name.start, f"{name.text}2", ())
            assert not isinstance(edits, str)
            changed = text
            for edit in sorted(edits, key=lambda edit: -edit.span.start):
                changed = changed[: edit.span.start] + edit.text + changed[edit.span.end :]
            here.put(Source(path.name, changed))
            assert [(one.code, one.message.replace(f"{name.text}2", name.text)) for one in here.problems()] == before


def test_a_block_without_its_brace_is_not_renamed() -> None:
    text = 'service shop {\n  owner "o"\n  slo a 99% over 30d\n    events x{}\n    bad {a="1"}\n}\n'
    here = workspace()
    here.put(Source("a.slo", text))
    assert (
        rename(here.snapshot("a.slo"), text.index("a 99"), "b", ()) == "this block is not finished: write its `{` first"
    )
