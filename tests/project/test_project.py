"""The project file: where it is found, what may stand in it, and that every mistake is reported at its location."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from slocompiler.formats.text import render
from slocompiler.project import Project, load
from slocompiler.project.yaml import MAX_LENGTH
from slocompiler.source import Source
from support.command import files, service, sloc


class TestFinding:
    def test_upward_from_the_working_directory(self, tmp_path: Path) -> None:
        (tmp_path / "sloc.yaml").write_text("output: made\nsources: ['slo/*.slo']\n")
        (tmp_path / "slo" / "deep" / "er").mkdir(parents=True)
        (tmp_path / "slo" / "a.slo").write_text(service("a"))
        (tmp_path / "slo" / "deep" / "b.slo").write_text(service("b"))
        answer = sloc(tmp_path / "slo" / "deep" / "er", "build")
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.startswith("../../../made/prometheus/a.rules.yaml\n")
        assert "made/prometheus/a.rules.yaml" in files(tmp_path)
        assert b"from slo/a.slo" in files(tmp_path)["made/prometheus/a.rules.yaml"]

    def test_the_nearest_counts(self, tmp_path: Path) -> None:
        (tmp_path / "inner").mkdir()
        (tmp_path / "sloc.yaml").write_text("no yaml at all: [")
        (tmp_path / "inner" / "sloc.yaml").write_text("output: near\n")
        (tmp_path / "inner" / "a.slo").write_text(service("a"))
        assert sloc(tmp_path / "inner", "build").out.startswith("near/")

    def test_by_name(self, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "team.yaml").write_text("output: of-team\n")
        (tmp_path / "other" / "a.slo").write_text(service("a"))
        (tmp_path / "b.slo").write_text(service("b"))
        answer = sloc(tmp_path, "build", "--project", "other/team.yaml")
        assert answer.out.splitlines()[0] == "other/of-team/prometheus/a.rules.yaml"
        assert sloc(tmp_path, "check", "--project", "absent.yaml").code == 2

    def test_no_file_is_the_default_project(self, tmp_path: Path) -> None:
        (tmp_path / "a.slo").write_text(service("a"))
        assert sloc(tmp_path, "build").out.startswith("generated/prometheus/a.rules.yaml\n")

    def test_hidden_folders_are_no_sources(self, tmp_path: Path) -> None:
        for name in (".git/a.slo", ".b.slo", "c.slo"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(service(name.strip(".")[0]))
        assert sloc(tmp_path, "check").out == "1 SLO of 1 service in 1 file: no errors\n"


MISTAKES = {
    "unknown key": ("outptu: x", ["1:1 E502 unknown key `outptu`", "did you mean `output`?"]),
    "unknown key, nothing near": (
        "x: 1",
        ["1:1 E502 unknown key `x`", "the keys here are `requires`, `sources`, `output`"],
    ),
    "unknown nested key": (
        "targets:\n  prometheus:\n    profil: economy",
        ["3:5 E502 unknown key `profil`", "did you mean `profile`?"],
    ),
    "unknown target": ("targets: {promtheus: {}}", ["1:11 E502 unknown key `promtheus`", "`prometheus`?"]),
    "unknown severity": (
        "targets: {prometheus: {severities: {tiket: x}}}",
        ["1:37 E502 unknown key `tiket`", "did you mean `ticket`?"],
    ),
    "number for a list": ("sources: 5", ["1:10 E503 `5` is not a valid value of `sources`", "Patterns of the files"]),
    "list for a text": (
        "output: [a]",
        ["1:9 E503 a list is not a valid value of `output`", 'the default is "generated"'],
    ),
    "mapping for a text": ("output:\n  a: b", ["2:3 E503 a mapping is not a valid value of `output`"]),
    "number in a list": (
        "sources: [a, 5]",
        ["1:14 E503 `5` is not a valid value of `sources`", 'write it in quotes, as text: `"5"`'],
    ),
    "number for truth": ("targets: {prometheus: {catch_up: 1}}", ["1:34 E503 `1` is not a valid value of `catch_up`"]),
    "truth for a text": ("output: yes", ["1:9 E503 `yes` is not a valid value of `output`", '`"yes"`']),
    "number for a version": (
        "targets: {prometheus: {server: 3.0}}",
        ["1:32 E503 `3.0` is not a valid value of `server`", 'write it in quotes, as text: `"3.0"`'],
    ),
    "no value": ("output:\nretention: 1d", ["1:1 E503 `output` has no value"]),
    "date that is none": ("output: 2026-13-45", ["1:9 E503 `2026-13-45` is not a valid value of `output`"]),
    "not of the choices": (
        "targets: {prometheus: {profile: fast}}",
        ["1:33 E503 `fast` is not a valid value of `profile`", "one of standard, economy"],
    ),
    "bad duration": (
        "retention: 90 days",
        ["1:12 E503 `90 days` is not a valid value of `retention`", "such as 30s", '"90d"'],
    ),
    "duration without a unit": ("retention: 90", ["1:12 E503 `90` is not a valid value of `retention`"]),
    "duration of nothing": ("retention: 0s", ["1:12 E503 `retention` is zero"]),
    "address": (
        "grafana_url: grafana",
        ["1:14 E503 `grafana` is not a valid value of `grafana_url`", "begins with https://", "The address of Grafana"],
    ),
    "address with a line end": ("docs_url: |\n  https://x\n", ["1:11 E503 `|` is not a valid value of `docs_url`"]),
    "key twice": ("output: a\n\noutput: b", ["3:1 E502 the key `output` is given twice", "keep one of them"]),
    "key twice, nested": (
        "targets: {prometheus: {labels: {a: x, a: y}}}",
        ["1:39 E502 the key `a` is given twice", "the first is here"],
    ),
    "key that is a word of YAML": ("on: 1", ["1:1 E502 unknown key `on`"]),
    "key that is a number": ("targets: {prometheus: {labels: {1: a}}}", ["1:33 E503 `1` is not a valid label name"]),
    "key that is a list": ("? [a, b]\n: c", ["1:3 E502 unknown key `[a, b]`"]),
    "merge": ("<<: {output: x}", ["1:1 E502 unknown key `<<`"]),
    "label": (
        "targets: {prometheus: {labels: {a-b: x}}}",
        ["1:33 E503 `a-b` is not a valid label name", "underscores"],
    ),
    "reserved label": (
        "targets: {prometheus: {labels: {severity: x}}}",
        ["1:33 E503 the label `severity` is set by sloc or by Prometheus"],
    ),
    "not YAML": ("output: [", ["1:10 E501 this is not YAML"]),
    "sign": ("output: @x", ["1:9 E501 this is not YAML", "put a text with this character in quotes"]),
    "tab": ("targets:\n\tprometheus: {}", ["2:1 E501 this is not YAML: a tab", "indent with spaces"]),
    "control character": ("output: \x01", ["1:9 E501 this is not YAML: unacceptable character"]),
    "two documents": ("output: x\n---\noutput: y", ["2:1 E501 this is not YAML"]),
    "alias": ("output: &x a\ngrafana_url: *x", ["2:14 E501 an alias is not supported here", "repeat the value"]),
    "alias of what holds it": ("sources: &x [*x]", ["1:14 E501 an alias is not supported here"]),
    "tag": ("output: !!python/object/apply:os.system [ls]", ["1:9 E503 a list is not a valid value of `output`"]),
    "list at the top": ("- a\n- b", ["1:1 E503 a list is not a valid project file", "Every key is optional"]),
    "text at the top": ("sources", ["1:1 E503 `sources` is not a valid project file"]),
    "nested deeply": ("[" * 700, ["1:1 E501 the nesting is too deep"]),
    "large": ("# " + "x" * MAX_LENGTH, ["1:1 E501 the project file has more than 65,536 characters"]),
    "pattern that leads out": ("sources: [a, ../*.slo]", ["1:14 E503 `../*.slo` is outside the project"]),
    "pattern of another tool": ("sources: ['**.slo']", ["1:11 E503 `**.slo` is not a valid pattern", "`**/*.slo`"]),
    "pattern of folders": ("sources: ['slo/**']", ["1:11 E503 `slo/**` is not a valid pattern", "`**/*.slo`"]),
    "output at the root": ("output: /etc", ["1:9 E503 `/etc` is outside the project", "`-o`"]),
    "output above": ("output: a/../..", ["1:9 E503 `a/../..` is outside the project"]),
    "output beside": ("output: ../generated", ["1:9 E503 `../generated` is outside the project"]),
    "output that is no path": ('output: "\\0x"', ["1:9 E503 `\0x` is outside the project"]),
    "absolute pattern": ("sources: [/etc/*.slo]", ["1:11 E503 `/etc/*.slo` is outside the project"]),
    "rules and scrapes": (
        "scrape_interval: 15s",
        [
            "1:18 E503 an evaluation interval of 30s does not divide the scrape interval of 15s",
            "write `evaluation_interval: 15s`",
        ],
    ),
    "rules and five minutes": (
        "scrape_interval: 45s\nevaluation_interval: 45s",
        ["2:22 E503 an evaluation interval of 45s does not divide five minutes", "write `evaluation_interval: 15s`"],
    ),
    "rare scrapes": ("scrape_interval: 2m", ["1:18 E503 a scrape interval of 2m is too long", "at least every 1m15s"]),
}
"""Text, then the place with code and message, and parts of the help."""


class TestMistakes:
    @pytest.mark.parametrize("name", MISTAKES)
    def test_is_reported_at_its_location(self, name: str) -> None:
        text, (said, *helps) = MISTAKES[name]
        project, (problem,) = load(Source("sloc.yaml", text))
        place = f"{problem.span.line}:{problem.span.column}"
        assert f"{place} {problem.code} {problem.message}".startswith(said)
        shown = render(problem)
        assert [help for help in helps if help not in shown] == []
        assert project == Project()

    def test_all_at_once_and_in_order(self, tmp_path: Path) -> None:
        (tmp_path / "sloc.yaml").write_text(
            "outptu: x\nretention: soon\noutput: a\noutput: b\ntargets: {prometheus: {profil: x, labels: {a-b: c}}}\n"
        )
        answer = sloc(tmp_path, "build")
        assert (answer.code, answer.out) == (1, "")
        assert re.findall(r"--> (\S+)", answer.err) == [
            f"sloc.yaml:{at}" for at in ("1:1", "2:12", "4:1", "5:24", "5:44")
        ]
        assert answer.err.endswith("\n5 errors\n")

    def test_not_utf_8(self, tmp_path: Path) -> None:
        (tmp_path / "sloc.yaml").write_bytes(b"output: x\ngrafana_url: \xff\n")
        answer = sloc(tmp_path, "check")
        assert (answer.code, "error[E108]: this is not UTF-8\n --> sloc.yaml:2:14\n" in answer.err) == (1, True)

    @pytest.mark.parametrize("merged", ["", "<<: "])
    def test_what_would_fill_the_memory_ends_at_once(self, merged: str) -> None:
        lines = ["a0: &a0 {x: y}"]
        lines += [f"a{n}: &a{n} {{{merged}[{', '.join([f'*a{n - 1}'] * 10)}]: 1}}" for n in range(1, 12)]
        began = time.monotonic()
        _, problems = load(Source("sloc.yaml", "\n".join(lines)))
        assert [problem.code for problem in problems] == ["E501"]
        assert time.monotonic() - began < 1
