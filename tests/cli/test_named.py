"""Services and SLOs that arguments name, where the answer is JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import service, sloc


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "a.slo").write_text(service("shop") + service("bank"))
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "b.slo").write_text(service("other"))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["shop"], ["shop/x"]),
        (["shop/x", "bank/x"], ["bank/x", "shop/x"]),
        (["bank"], ["other/x"]),
        (["bank", "other"], ["other/x"]),
        (["bank/x", "a.slo"], ["bank/x"]),
        (["a.slo"], ["bank/x", "shop/x"]),
    ],
)
def test_names_select_and_paths_are_read(project: Path, arguments: list[str], found: list[str]) -> None:
    """`bank` is a folder, so as an argument it is a path."""
    answer = sloc(project, "show", "--json", *arguments)
    assert [slo["id"] for service in json.loads(answer.out)["services"] for slo in service["slos"]] == found


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("shopp", "there is no service, file or folder `shopp`; did you mean `shop`?"),
        ("shop/y", "there is no SLO, file or folder `shop/y`; did you mean `shop/x`?"),
        ("shop.slo", "shop.slo: no such file or folder"),
        ("Shop", "Shop: no such file or folder"),
    ],
)
def test_an_unknown_name_gets_the_nearest(project: Path, argument: str, message: str) -> None:
    answer = sloc(project, "show", argument)
    assert (answer.code, answer.err) == (2, f"sloc: {message}\n")
