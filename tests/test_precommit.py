"""The hooks, run by pre-commit itself on a repository; the examples in docs/ci.md are what they claim to be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.actions import ACTION
from support.clone import commit, copy, git
from support.command import service, sloc
from support.compile import ROOT
from support.pages import page

PAGE = page(ROOT / "docs" / "ci.md")
EXAMPLES = {block.file: block.text for block in PAGE.blocks if block.file}
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
BUILD = "sloc-build"
"""Builds instead of checking what was built."""
CONFIG = ".pre-commit-config.yaml"


def pre_commit(folder: Path, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PRE_COMMIT_HOME": str(home or folder / ".home"), "PRE_COMMIT_COLOR": "never"}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the hooks that it installed."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A repository of this checkout as it is now, and its commit."""
    clone = copy(tmp_path_factory.mktemp("sloc"))
    git(clone, "init", "--quiet")
    return clone.as_uri(), commit(clone)


@pytest.fixture
def repository(tmp_path: Path, origin: tuple[str, str]) -> Path:
    """One that has every hook, as the page shows, and SLOs with which all of them agree."""
    git(tmp_path, "init", "--quiet")
    config = yaml.safe_load(EXAMPLES[CONFIG])
    config["repos"][0] |= {"repo": origin[0], "rev": origin[1]}
    (tmp_path / CONFIG).write_text(yaml.safe_dump(config))
    (tmp_path / "sloc.yaml").touch()
    (tmp_path / "shop.slo").write_text(service("shop"))
    assert sloc(tmp_path, "fmt").code == 0
    assert sloc(tmp_path, "build").code == 0
    commit(tmp_path)
    return tmp_path


def results(ran: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What pre-commit says of each hook."""
    return dict(re.findall(r"^(sloc [\w -]+?)\.{2,}.*?(Passed|Failed|Skipped)$", ran.stdout, re.MULTILINE))


class TestHooks:
    def test_the_manifest_is_one(self) -> None:
        done = pre_commit(ROOT, "validate-manifest", ".pre-commit-hooks.yaml", home=ROOT / ".pytest_cache")
        assert done.returncode == 0, done.stdout

    def test_what_is_right_passes(self, repository: Path, home: Path) -> None:
        ran = pre_commit(repository, "run", "--all-files", home=home)
        assert results(ran) == {"sloc fmt": "Passed", "sloc check": "Passed", "sloc build --check": "Passed"}, ran
        assert git(repository, "status", "--porcelain") == ""

    def test_each_finds_what_it_is_for(self, repository: Path, home: Path) -> None:
        text = (repository / "shop.slo").read_text()
        (repository / "shop.slo").write_text(text.replace("  slo x", "      slo     x"))
        git(repository, "add", "--all")
        ran = pre_commit(repository, "run", home=home)
        assert results(ran) == {"sloc fmt": "Failed", "sloc check": "Passed", "sloc build --check": "Passed"}, ran
        assert (repository / "shop.slo").read_text() == text, "it is in order now"

        (repository / "shop.slo").write_text(text.replace("99%", "98%"))
        git(repository, "add", "--all")
        ran = pre_commit(repository, "run", home=home)
        assert results(ran)["sloc build --check"] == "Failed"
        assert "stale: generated/prometheus/shop.rules.yaml" in ran.stdout

        (repository / "shop.slo").write_text(text.replace("99%", "100%"))
        git(repository, "add", "--all")
        ran = pre_commit(repository, "run", home=home)
        assert results(ran) == {"sloc fmt": "Passed", "sloc check": "Failed", "sloc build --check": "Failed"}, ran
        assert "error[E401]" in ran.stdout

    def test_a_change_of_a_generated_file_alone_is_found(self, repository: Path, home: Path) -> None:
        path = repository / "generated/prometheus/shop.rules.yaml"
        path.write_text(path.read_text() + "# edited\n")
        git(repository, "add", "--all")
        ran = pre_commit(repository, "run", home=home)
        assert results(ran) == {"sloc fmt": "Skipped", "sloc check": "Skipped", "sloc build --check": "Failed"}, ran


class TestBuild:
    """The hook that builds, alone in the configuration."""

    @pytest.fixture
    def repository(self, repository: Path) -> Path:
        config = yaml.safe_load((repository / CONFIG).read_text())
        config["repos"][0]["hooks"] = [{"id": BUILD}]
        (repository / CONFIG).write_text(yaml.safe_dump(config))
        commit(repository)
        return repository

    def test_builds_and_adds(self, repository: Path, home: Path) -> None:
        text = (repository / "shop.slo").read_text()
        (repository / "shop.slo").write_text(text.replace("99%", "98%"))
        (repository / "new.slo").write_text(service("new"))
        (repository / "mine.txt").write_text("not for this commit")
        git(repository, "add", "shop.slo", "new.slo")
        ran = pre_commit(repository, "run", home=home)
        assert results(ran) == {"sloc build": "Passed"}, ran
        added = git(repository, "diff", "--cached", "--name-only").splitlines()
        assert {"generated/prometheus/shop.rules.yaml", "generated/prometheus/new.rules.yaml"} <= {*added}
        assert git(repository, "status", "--porcelain").splitlines()[-1] == "?? mine.txt"
        assert [line for line in git(repository, "status", "--porcelain").splitlines() if line[1] != " "] == [
            "?? mine.txt"
        ]
        assert sloc(repository, "build", "--check").code == 0

    def test_takes_removed_files_out(self, repository: Path, home: Path) -> None:
        (repository / "shop.slo").rename(repository / "other.slo")
        (repository / "other.slo").write_text(service("other"))
        git(repository, "add", "--all")
        ran = pre_commit(repository, "run", home=home)
        assert results(ran) == {"sloc build": "Passed"}, ran
        assert git(repository, "ls-files", "generated/prometheus").split() == ["generated/prometheus/other.rules.yaml"]

    def test_a_commit_of_one_file_has_what_is_generated(self, repository: Path, home: Path) -> None:
        """Git gives the hook an index of its own then."""
        environment = {"PRE_COMMIT_HOME": str(home)}
        assert pre_commit(repository, "install", home=home).returncode == 0
        text = (repository / "shop.slo").read_text()
        (repository / "shop.slo").write_text(text.replace("99%", "98%"))
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-m", "x", "shop.slo"]
        done = subprocess.run(
            command, cwd=repository, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done
        changed = git(repository, "show", "--name-only", "--format=", "HEAD").splitlines()
        assert {"shop.slo", "generated/prometheus/shop.rules.yaml"} <= {*changed}

    def test_a_mistake_adds_nothing(self, repository: Path, home: Path) -> None:
        text = (repository / "shop.slo").read_text()
        (repository / "shop.slo").write_text(text.replace("99%", "100%"))
        git(repository, "add", "--all")
        ran = pre_commit(repository, "run", home=home)
        assert (results(ran), "error[E401]" in ran.stdout) == ({"sloc build": "Failed"}, True), ran
        assert git(repository, "diff", "--cached", "--name-only") == "shop.slo"


class TestExamples:
    @pytest.mark.parametrize(
        ("name", "schema"),
        [
            (".github/workflows/slo.yml", "vendor.github-workflows"),
            (".github/workflows/slo-reviews.yml", "vendor.github-workflows"),
            (".gitlab-ci.yml", "vendor.gitlab-ci"),
        ],
    )
    def test_are_what_their_files_have_to_be(self, name: str, schema: str, tmp_path: Path) -> None:
        (tmp_path / "example.yml").write_text(EXAMPLES[name])
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, "example.yml"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_pre_commit_takes_its(self, tmp_path: Path) -> None:
        (tmp_path / CONFIG).write_text(EXAMPLES[CONFIG])
        done = pre_commit(tmp_path, "validate-config", CONFIG)
        assert done.returncode == 0, done.stdout
        assert [hook["id"] for hook in yaml.safe_load(EXAMPLES[CONFIG])["repos"][0]["hooks"]] == [
            name for name in HOOKS if name != BUILD
        ]

    @pytest.mark.parametrize(("name", "job"), [("slo.yml", "slo"), ("slo-reviews.yml", "reviews")])
    def test_the_workflow_gives_inputs_that_exist(self, name: str, job: str) -> None:
        steps = [
            one for one in yaml.safe_load(EXAMPLES[f".github/workflows/{name}"])["jobs"][job]["steps"] if "uses" in one
        ]
        (own,) = (step for step in steps if "sloc" in step["uses"])
        assert own["with"].keys() <= ACTION["inputs"].keys()

    def test_the_scheduled_job_finds_reviews_that_are_due(self, repository: Path) -> None:
        (*_, last) = yaml.safe_load(EXAMPLES[".github/workflows/slo-reviews.yml"])["jobs"]["reviews"]["steps"]
        command = str(last["run"]).removeprefix("sloc ").replace('"$(date +%F)"', "2026-05-02").split()
        text = (repository / "shop.slo").read_text()
        assert sloc(repository, *command).code == 0
        (repository / "shop.slo").write_text(
            text.replace("    alerts ", "    review every 30d last 2026-04-01\n    alerts ")
        )
        answer = sloc(repository, *command)
        assert (answer.code, "warning[W314]: a review was due on 2026-05-01" in answer.err) == (1, True), answer
        assert sloc(repository, "check", "--strict").code == 0, "on no day does a change fail for it"
        assert sloc(repository, "check", "--strict", "--quiet") == (0, "", ""), "as it does not fail"

    def test_commands_of_the_pipeline_run(self, repository: Path) -> None:
        """In a project, in their order; the base is the commit before."""
        text = (repository / "shop.slo").read_text()
        (repository / "shop.slo").write_text(text.replace("99%", "98%"))
        assert sloc(repository, "build").code == 0
        base = git(repository, "rev-parse", "HEAD")
        commit(repository)
        script = yaml.safe_load(EXAMPLES[".gitlab-ci.yml"])["slo"]["script"]
        commands = [line.replace('"$CI_MERGE_REQUEST_DIFF_BASE_SHA"', base) for line in script if "pip " not in line]
        assert len(commands) == len(script) - 1
        for command in commands:
            answer = sloc(repository, *command.partition(" > ")[0].removeprefix("sloc ").split())
            assert answer.code == 0, answer
        assert "1 target loosened" in answer.out

    def test_git_takes_the_attributes(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "--quiet")
        (tmp_path / ".gitattributes").write_text(EXAMPLES[".gitattributes"])
        said = git(tmp_path, "check-attr", "linguist-generated", "generated/prometheus/a.rules.yaml", "a.slo")
        assert said.splitlines() == [
            "generated/prometheus/a.rules.yaml: linguist-generated: true",
            "a.slo: linguist-generated: unspecified",
        ]
