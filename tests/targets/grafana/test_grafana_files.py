"""The files of dashboards that a build writes, and how they are foldered and listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from slocompiler.project import load
from slocompiler.record import replace
from slocompiler.source import Source
from slocompiler.targets import TARGETS, render
from slocompiler.targets.grafana.options import Options as GrafanaOptions
from slocompiler.targets.shared import Options
from support.command import files, sloc
from support.compile import ROOT, compile_files, compile_text
from support.grafana import dashboards, with_text
from support.grafana_checks import run


class TestFolders:
    def test_provisioning(self) -> None:
        folder = GrafanaOptions(folder='a "$HOME" {b}', path="/srv/: x")
        text = render(compile_text(with_text("x", "a")), "grafana", Options(targets={"grafana": folder}))[
            "dashboards.yaml"
        ]
        entry, details = yaml.safe_load(text)["providers"]
        assert entry["folder"] == 'a "$$HOME" {b}', "which Grafana reads as one dollar"
        assert entry["options"] == {"path": "/srv/: x/dashboards"}
        assert (details["folder"], details["options"]) == ('a "$$HOME" {b}: details', {"path": "/srv/: x/details"})

    def test_lists_have_no_single_slos(self) -> None:
        """With hundreds of SLOs, a list of all dashboards helps nobody: links by a tag have services only."""
        made = dashboards(compile_text(with_text("x", "a")))
        tags = {link["tags"][0] for data in made.values() for link in data["links"] if link["type"] == "dashboards"}
        assert {name for name, data in made.items() if tags & set(data["tags"])} == {"overview", "s"}


def options(grafana: str) -> Options:
    resource = "prometheus: {ruler: operator, resource: {namespace: monitoring, labels: {made-by: sloc}}}"
    project, problems = load(Source("sloc.yaml", f"targets: {{grafana: {{{grafana}}}, {resource}}}"))
    assert problems == []
    return project.options()


CHECKOUT = ROOT / "examples" / "checkout.slo"


class TestResources:
    """A dashboard in a resource is the dashboard in a file, and has its folder."""

    @pytest.mark.parametrize("schema", ["classic", "v2"])
    @pytest.mark.parametrize(
        "source", [CHECKOUT, with_text("x", "a: #b \\\\ \u00a0 \u202e {{c}} $d ${e} | é")], ids=["plain", "odd"]
    )
    def test_config_maps(
        self, source: str | Path, schema: str, resource_problems: Callable[[Path], list[str]], tmp_path: Path
    ) -> None:
        program = compile_text(source) if isinstance(source, str) else compile_files(source)
        own = f"schema: {schema}, folder: 'A: b'"
        plain = render(program, "grafana", options(own))
        made = render(program, "grafana", options(f"kind: ConfigMap, {own}"))
        assert {name.removesuffix(".yaml") for name in made} == {
            name.removesuffix(".json") for name in plain if name.endswith(".json")
        }
        for number, (name, text) in enumerate(made.items()):
            document = yaml.safe_load(text)
            about = document["metadata"]
            folder = "A: b: details" if name.startswith("details/") else "A: b"
            assert about["name"] == f"sloc.{name.removesuffix('.yaml').replace('/', '.')}"
            assert about["labels"] == {"made-by": "sloc", "grafana_dashboard": "1"}
            assert about["annotations"] == {"grafana_folder": folder, "k8s-sidecar-target-directory": folder}
            ((key, data),) = document["data"].items()
            file = name.replace(".yaml", ".json")
            assert f"{data}\n" == plain[file].replace(file, name)
            assert key.removesuffix(".json") in json.loads(data).get("uid", data)
            (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
        assert resource_problems(tmp_path) == []

    def test_dashboards_of_the_grafana_operator(self) -> None:
        program = compile_text(with_text("x", "a"))
        maps, made = (
            render(program, "grafana", options(f"kind: {kind}")) for kind in ("ConfigMap", "GrafanaDashboard")
        )
        assert maps.keys() == made.keys()
        for name, text in made.items():
            document, other = yaml.safe_load(text), yaml.safe_load(maps[name])
            assert (document["apiVersion"], document["kind"]) == ("grafana.integreatly.org/v1beta1", "GrafanaDashboard")
            assert document["metadata"] == {
                "name": other["metadata"]["name"], "namespace": "monitoring", "labels": {"made-by": "sloc"}
            }  # fmt: skip  # one mapping
            assert document["spec"] == {
                "folder": other["metadata"]["annotations"]["grafana_folder"],
                "instanceSelector": {},
                "json": next(iter(other["data"].values())),
            }
        right = [yaml.safe_load(text) for text in made.values()]
        wrong = [{**right[0], "spec": right[0]["spec"] | more} for more in ({"folder": 1}, {"foldr": "x"})]
        *found, of_type, unknown = run([*right, *wrong], "operator.mjs")
        assert found == ["" for _ in right]
        assert "folder" in of_type
        assert unknown == "unknown: foldr"

    def test_a_dashboard_that_no_resource_holds(self) -> None:
        program = compile_text(with_text("x", "a"))
        (service,) = program.services
        many = tuple(replace(service.slos[0], name=f"x{number}") for number in range(150))
        large = replace(program, services=(replace(service, slos=many),))
        (message,) = TARGETS["grafana"].unfit(large, options("kind: ConfigMap, rows: true"))
        assert message.startswith(
            "the dashboard of `s` is too large for a ConfigMap, which holds 1 MiB: set `rows: false`"
        )
        assert TARGETS["grafana"].unfit(large, options("kind: ConfigMap")) == []
        assert TARGETS["grafana"].unfit(large, options("rows: true")) == []

    @pytest.mark.parametrize(
        ("section", "message"),
        [
            ("kind: GrafanaDashboard, schema: v2", "a GrafanaDashboard holds the classic schema only"),
            ("kind: ConfigMap, path: /srv", "`path` has no effect with the kind `ConfigMap`"),
            ("kind: configmap", "`configmap` is not a valid value of `kind`"),
        ],
    )
    def test_mistakes(self, section: str, message: str) -> None:
        problems = load(Source("sloc.yaml", f"targets: {{grafana: {{{section}}}}}"))[1]
        assert [problem.message for problem in problems] == [message]


class TestBuild:
    SOURCE = with_text("x", "a")

    def built(self, folder: Path, project: str, *arguments: str) -> list[str]:
        (folder / "a.slo").write_text(self.SOURCE)
        (folder / "sloc.yaml").write_text(project)
        answer = sloc(folder, "build", *arguments)
        assert answer.code == 0, answer.err
        return [name for name in files(folder) if name.startswith("generated/")]

    def test_generates_them_by_default(self, tmp_path: Path) -> None:
        names = [
            f"generated/grafana/{n}"
            for n in (
                "dashboards.yaml",
                "dashboards/overview.json",
                "dashboards/services/s.json",
                "details/s.x.json",
            )
        ]
        assert set(names) < set(self.built(tmp_path, "{}"))
        assert sloc(tmp_path, "build", "--check").code == 0
        off = "targets: {grafana: {build: false}}"
        assert not any("grafana" in name for name in self.built(tmp_path, off)), "and what was made is removed"
        assert set(names) < set(self.built(tmp_path, off, "--target", "grafana"))

    def test_another_kind_replaces_the_files(self, tmp_path: Path) -> None:
        project = "output: slo\ntargets: {grafana: {kind: KIND}, docs: {build: false}, prometheus: {ruler: operator}}"
        for kind, ending in (("files", "json"), ("ConfigMap", "yaml"), ("GrafanaDashboard", "yaml"), ("files", "json")):
            self.built(tmp_path, project.replace("KIND", kind))
            names = {name for name in files(tmp_path) if name.startswith("slo/grafana/")} - {
                "slo/grafana/dashboards.yaml"
            }
            assert {name.rpartition(".")[2] for name in names} == {ending}
            assert sloc(tmp_path, "build", "--check").code == 0
            (tmp_path / "slo/grafana/details/mine.yaml").write_text("a: 1\n")
            assert sloc(tmp_path, "build", "--check").code == (0 if kind == "files" else 1), "kubectl takes it too"
            (tmp_path / "slo/grafana/details/mine.yaml").unlink()

    def test_writes_over_its_own_and_no_others(self, tmp_path: Path) -> None:
        for schema in ("classic", "v2"):
            self.built(tmp_path, f"targets: {{grafana: {{schema: {schema}}}}}")
        mine = tmp_path / "generated/grafana/dashboards/services/s.json"
        mine.write_text("{}")
        answer = sloc(tmp_path, "build")
        assert (answer.code, "was not generated by sloc" in answer.err) == (2, True)

    def test_files_are_json_of_lines(self, tmp_path: Path) -> None:
        self.built(tmp_path, "{}")
        for name, data in files(tmp_path / "generated/grafana").items():
            if not name.endswith(".json"):
                continue
            text = data.decode()
            assert text.endswith("}\n"), name
            whole: Any = json.loads(text)
            assert text.count("\n") > 6 * len(whole["panels"])
