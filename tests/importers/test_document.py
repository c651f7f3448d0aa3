"""YAML as fields: locations, exact numbers, aliases; and no text takes much time or memory."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from slocompiler.importers.document import Field, documents
from slocompiler.source import Source


@pytest.fixture(params=["C", "Python"], autouse=True)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers: not every installation of PyYAML has the one in C."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


def read(text: str) -> list[Field]:
    found, problems = documents(Source("a.yaml", text))
    assert problems == []
    return found


def plain(field: Field) -> Any:
    """The content of a field as plain data."""
    if field.kind == "mapping":
        return {name: plain(one) for name, one in field.items.items()}
    return [plain(one) for one in field.items.values()] if field.kind == "list" else field.text


def refused(text: str) -> list[tuple[str, str]]:
    return [(str(one.span), one.message) for one in documents(Source("a.yaml", text))[1]]


def test_every_document_of_a_file_is_read() -> None:
    assert [plain(one) for one in read("a: 1\n---\nb: [x, {c: 'y'}]\n---\n- z\n")] == [
        {"a": "1"},
        {"b": ["x", {"c": "y"}]},
        ["z"],
    ]


def test_values_have_their_location() -> None:
    (found,) = read('größe: "日本"\nb:\n  - c: |\n      first\n      second\n  - ä\n')
    spans = [(leaf.path, str(leaf.span), leaf.span.text.split("\n")[0]) for leaf in found.leaves()]
    assert spans == [
        ("größe", "a.yaml:1:8", '"日本"'),
        ("b[0].c", "a.yaml:4:7", "first"),
        ("b[1]", "a.yaml:6:5", "ä"),
    ]


@pytest.mark.parametrize("text", ["99.9", "99.90", "9.99e1", "+99.9", '"99.9"'])
def test_numbers_are_exact(text: str) -> None:
    (found,) = read(f"a: {text}")
    assert str(found.get("a").decimal()).rstrip("0") == "99.9"


@pytest.mark.parametrize("text", ["0x10", "1e999", "1:30", "nan", "9" * 30, "1_000", "٣"])
def test_what_is_no_plain_number_is_none(text: str) -> None:
    (found,) = read(f"a: {text}")
    assert found.get("a").decimal() is None
    assert found.get("a").fate == "lost"


def test_a_quoted_word_is_no_boolean_and_no_null() -> None:
    (found,) = read("a: true\nb: 'true'\nc: no\nd: ~\ne: '~'\nf:\n")
    assert [found.get(name).boolean() for name in "abc"] == [True, None, False]
    assert [bool(found.get(name)) for name in "defg"] == [False, True, False, False]
    assert [leaf.path for leaf in found.leaves()] == ["a", "b", "c", "e"]


def test_aliases_and_merged_keys() -> None:
    (found,) = read("a: &x {b: 1, c: 2}\nd: *x\ne: {<<: *x, c: 3}\nf: {<<: [{g: 4}, *x], h: 5}\n")
    assert plain(found.get("d")) == {"b": "1", "c": "2"}
    assert plain(found.get("e")) == {"b": "1", "c": "3"}
    assert plain(found.get("f")) == {"g": "4", "b": "1", "c": "2", "h": "5"}
    assert found.get("d", "b") is found.get("a", "b")


def test_a_key_can_be_an_alias_and_have_one() -> None:
    (found,) = read("&x a: &y b\nc: *x\nd: {*y : 1, *x : 2}\n")
    assert plain(found) == {"a": "b", "c": "a", "d": {"b": "1", "a": "2"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "the key `a` is given twice"),
        ("a: *b\n", "nothing is called `&b`"),
        ("a: &a [*a]\n", "nothing is called `&a`"),
        ("? [a]\n: b\n", "a key that is no text"),
        ("{{ if }}\n", "a key that is no text"),
        ("a: &b {c: d}\ne: {*b : 1}\n", "a key that is no text"),
        ("a: &b {c: d}\ne: {*b}\n", "a key that is no text"),
        ("a: [\n", "this is not YAML"),
        ("a: \x00\n", "this is not YAML"),
        ("a: 'b\n", "this is not YAML"),
    ],
)
def test_what_is_no_document(text: str, message: str) -> None:
    ((_, found),) = refused(text)
    assert message in found


def test_a_template_is_rendered_first() -> None:
    (problem,) = documents(Source("a.yaml", "a: {{ .Values.b }}\n"))[1]
    assert "helm template" in problem.help


def test_nesting_is_bounded() -> None:
    assert read("[" * 64 + "]" * 64)
    ((_, found),) = refused("[" * 65 + "]" * 65)
    assert found == "the nesting is too deep"
    assert refused("[" * 100_000) != []


def test_a_few_aliases_cannot_become_many_values() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    ((_, found),) = refused("\n".join(lines))
    assert found == "a document of more than 400,000 values"
    ((_, found),) = refused("a0: &a0 {x: 1, y: 2}\n" + "".join(f"- *a{n}\n" for n in range(9)))
    assert "not YAML" in found
