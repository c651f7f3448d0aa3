"""Every example × target as it is rendered, or its structure; `make update` rewrites, a stale golden fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from slocompiler.targets import of_builds, render
from slocompiler.targets.shared import Options
from support.compile import EXAMPLES, ROOT, compile_files
from support.promtool import check_rules
from support.structure import structure

GOLDEN = ROOT / "tests" / "golden" / "examples"
OPTIONS = Options(grafana_url="https://grafana.example.org", docs_url="https://slo.example.org")
FULL = ROOT / "examples" / "checkout.slo"
"""The example whose generated files are kept in full; of the others their structure, which has no prose."""


def goldens(example: Path, target: str) -> dict[Path, str]:
    """The goldens of an example and a target, by their paths."""
    rendered = render(compile_files(example), target, OPTIONS)
    if example == FULL:
        return {GOLDEN / example.stem / target / name: text for name, text in rendered.items()}
    return {GOLDEN / example.stem / f"{target}.txt": structure(target, rendered)}


@pytest.mark.parametrize("target", of_builds())
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_rendered_as_ever(example: Path, target: str, golden: Callable[[Path, str], None]) -> None:
    for path, text in goldens(example, target).items():
        golden(path, text)


def test_no_golden_is_stale() -> None:
    found = {path for path in GOLDEN.rglob("*") if path.is_file()}
    assert found == {path for example in EXAMPLES for target in of_builds() for path in goldens(example, target)}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_promtool_accepts_every_rule(example: Path, tmp_path: Path) -> None:
    for name, text in render(compile_files(example), "prometheus", OPTIONS).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    check_rules(*sorted(tmp_path.iterdir()))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_recorded_series_carry_identity_and_nothing_that_people_edit(example: Path) -> None:
    for text in render(compile_files(example), "prometheus", OPTIONS).values():
        (document,) = yaml.safe_load_all(text)
        for group in document["groups"]:
            slo, _, kind = group["name"].rpartition(" ")
            if kind == "down":  # it records nothing, and its alerts are about a service
                continue
            for rule in group["rules"]:
                identity = {"slo": slo, "service": slo.partition("/")[0]}
                if rule.get("record") in (None, "slo:info"):
                    assert identity.items() <= rule["labels"].items()
                else:
                    assert rule["labels"] == identity
                read = re.findall(r"\bslo:\w+(?::\w+)?(.{0,100})", rule["expr"])
                assert all(selected.startswith(f'{{slo="{slo}"') for selected in read)


def test_one_inserted_line_does_not_rewrite_the_rules() -> None:
    from support.compile import compile_text

    text = (ROOT / "examples" / "payments.slo").read_text(encoding="utf-8")
    before, after = (
        render(compile_text(source), "prometheus", OPTIONS) for source in (text, "# a line more\n\n" + text)
    )
    assert before == after
