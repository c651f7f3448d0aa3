"""The GitHub Action: its manifest, and its steps run as they stand, with a stand-in for GitHub's command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.actions import ACTION, STEPS, Job, wanted
from support.clone import commit, copy, git
from support.command import sloc
from support.compile import ROOT
from support.pull import COMMENT, COMPARE, SHOP, Pull, event
from support.stub import serving

CHECK, FILES = "Check", "Check the generated files"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the program that the step `Install sloc` installed from a clone of this checkout."""
    place = tmp_path_factory.mktemp("runner")
    source = copy(place / "the action")
    job = Job(place, place / "temporary", event(**{"github.action_path": str(source)}), os.environ["PATH"])
    ran = job.run("Install sloc", python=sys.executable)
    assert ran.code == 0, ran
    return Path(job.added.read_text().strip())


@pytest.fixture
def pull(tmp_path: Path, installed: Path) -> Pull:
    return Pull(tmp_path, installed)


class TestManifest:
    def test_is_one(self) -> None:
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
        done = subprocess.run([*command, ROOT / "action.yml"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_no_script_holds_an_expression(self) -> None:
        """What people name files, branches and pull requests must not become a command."""
        assert [step["name"] for step in STEPS if "${{" in step["run"]] == []

    def test_every_input_is_described_used_and_documented(self) -> None:
        page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
        text = json.dumps(STEPS)
        for name, about in ACTION["inputs"].items():
            assert about["description"].endswith("."), name
            assert f"inputs.{name}" in text, name
            assert f"| `{name}` |" in page, name

    def test_when_which_step_runs(self) -> None:
        steps = {step["name"]: step for step in STEPS}
        assert wanted(steps[COMPARE])
        assert wanted(steps[COMPARE], comment="false", fail_on="loosened")
        assert not wanted(steps[COMPARE], comment="false")
        assert not wanted(steps[COMPARE], outcome="failure")
        assert wanted(steps[COMMENT], changed="0")
        assert not wanted(steps[COMMENT])
        assert not wanted(steps[COMMENT], changed="1", comment="false")
        assert wanted(steps[FILES])
        assert not wanted(steps[FILES], build="false")
        assert not wanted(steps[FILES], outcome="failure")


class TestInstall:
    def test_is_on_the_path_of_later_steps(self, installed: Path) -> None:
        done = subprocess.run([installed / "sloc", "--version"], capture_output=True, text=True, check=True, cwd="/")
        assert done.stdout.startswith("sloc ")

    def test_an_old_python_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "python-old").write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "python-old").chmod(0o755)
        job = Job(tmp_path, tmp_path / "t", event(**{"github.action_path": str(ROOT)}), os.environ["PATH"])
        ran = job.run("Install sloc", python=str(tmp_path / "python-old"))
        assert (ran.code, ran.out.startswith("::error title=sloc::`")) == (1, True)
        assert "is not Python 3.11 or newer" in ran.out


class TestCheck:
    def test_annotates_and_sums_up(self, pull: Pull) -> None:
        job = pull.job()
        assert job.run(CHECK) == (0, "1 SLO of 1 service in 1 file: no errors\n", "")
        (job.checkout / "shop.slo").write_text(SHOP.format("100%"))
        ran = job.run(CHECK)
        assert (ran.code, ran.out.startswith("::error file=shop.slo,line=6,")) == (1, True)
        assert "100% leaves no error budget" in job.summary.read_text()

    def test_takes_paths_a_project_and_strictness(self, pull: Pull) -> None:
        job = pull.job()
        (job.checkout / "an other").mkdir()
        for name in ("an other/a b.slo", "an other/--help.slo"):
            (job.checkout / name).write_text(SHOP.format("99%").replace("shop", Path(name).stem[-1]))
        (job.checkout / "an other/sloc.yaml").write_text("retention: 3d\n")
        ran = job.run(CHECK, paths="an other/a b.slo\nan other/--help.slo\n", project="an other/sloc.yaml")
        assert (ran.code, ran.out.count("::warning file=an other/"), "2 files" in ran.out) == (0, 2, True)
        assert job.run(CHECK, project="an other/sloc.yaml", strict="true").code == 1


class TestCompare:
    def test_one_comment_tells_what_changes_and_stays_true(self, pull: Pull) -> None:
        job = pull.job()
        ran = pull.compare(job)
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        (body,) = pull.comments()
        assert body.startswith("<!-- sloc diff of sloc.yaml -->\n**1 target loosened")
        assert body == job.summary.read_text()
        git(pull.work, "checkout", "--quiet", "change")
        (pull.work / "shop.slo").write_text(SHOP.format("99.5%"))
        commit(pull.work)
        git(pull.work, "checkout", "--quiet", "main")
        git(pull.work, "merge", "--quiet", "--no-ff", "--no-edit", "change")
        git(pull.work, "push", "--quiet", "../origin", "main")
        merged = pull.job()
        assert pull.compare(merged).code == 0
        assert len(pull.comments()) == 1

    def test_only_its_own_comment_is_changed(self, pull: Pull) -> None:
        mark = "<!-- sloc diff of sloc.yaml -->"
        texts = [("a", "hello", True), ("b", mark, False), ("c", f"> {mark}", True), ("d", f"{mark}\r\nold", True)]
        pull.set(comments=[{"id": id, "body": body, "viewerDidAuthor": own} for id, body, own in texts])
        assert pull.compare().code == 0
        *others, own = pull.comments()
        assert others == [body for _, body, _ in texts[:3]]
        assert own.startswith(f"{mark}\n**1 target loosened")

    def test_without_a_change_there_is_no_comment_but_an_old_one_is_brought_up_to_date(self, pull: Pull) -> None:
        job = pull.job()
        (job.checkout / "shop.slo").write_text(SHOP.format("99.9%"))
        assert pull.compare(job).code == 0
        assert (pull.comments(), job.summary.exists()) == ([], False)
        pull.set(comments=[{"id": "a", "body": "<!-- sloc diff of sloc.yaml -->\nold", "viewerDidAuthor": True}])
        assert pull.compare(job).code == 0
        assert "old" not in pull.comments()[0]

    def test_a_token_that_may_not_write_fails_nothing(self, pull: Pull) -> None:
        for repository, said in (
            ("acme/shop", "::warning title=sloc diff::"),
            ("fork/shop", "::notice title=sloc diff::"),
        ):
            pull.set(refuses=True)
            job = pull.job(**{"github.event.pull_request.head.repo.full_name": repository})
            ran = pull.compare(job)
            assert (ran.code, ran.out.startswith(said)) == (0, True)
            assert "target loosened" in job.summary.read_text()
        assert "Resource not accessible" in ran.err

    def test_outside_of_pull_requests_nothing_is_compared(self, pull: Pull) -> None:
        job = pull.job(**{"github.event_name": "push", "github.event.pull_request.number": ""})
        ran = pull.compare(job, fail_on="loosened")
        assert (ran.code, ran.out.startswith("::notice title=sloc diff::this is not a pull request")) == (0, True)

    def test_kinds_of_changes_can_fail_it(self, pull: Pull) -> None:
        ran = pull.compare(fail_on="removed, loosened")
        assert (ran.code, "::error title=sloc diff::" in ran.out, "loosened: 1 SLO" in ran.err) == (1, True, True)
        assert len(pull.comments()) == 1
        assert pull.compare(fail_on="removed").code == 0
        pull.set()
        assert pull.compare(fail_on="loosened", comment="false").code == 1
        assert json.loads(pull.state.read_text())["calls"] == []

    @pytest.mark.parametrize(("depth", "ref"), [("1", ""), ("100", ""), ("1", "change"), ("100", "change")])
    def test_whatever_was_checked_out_the_base_is_found(self, pull: Pull, depth: str, ref: str) -> None:
        """The merge or the branch alone, or with their history, which stays as deep as it was."""
        job = pull.job(depth, ref)
        before = git(job.checkout, "rev-parse", "--is-shallow-repository")
        assert pull.compare(job).code == 0
        assert pull.comments()[0].count("target loosened") == 1
        assert git(job.checkout, "rev-parse", "--is-shallow-repository") == before

    def test_a_project_in_a_folder_has_a_comment_of_its_own(self, pull: Pull) -> None:
        job = pull.job()
        (job.checkout / "slo").mkdir()
        (job.checkout / "slo/sloc.yaml").touch()
        (job.checkout / "slo/new.slo").write_text(SHOP.format("99%").replace("shop", "new"))
        assert pull.compare(job, project="slo/sloc.yaml").code == 0
        (body,) = pull.comments()
        assert body.startswith("<!-- sloc diff of slo/sloc.yaml -->\n")
        assert re.search(r"1 SLO added|new/answers", body)


class TestPast:
    def test_the_comment_has_it_and_credentials_go_to_the_input_alone(self, pull: Pull) -> None:
        job = pull.job()
        (job.checkout / "sloc.yaml").write_text("live: {url: 'https://elsewhere.example.org'}\n")
        with serving() as stub:
            ran = pull.compare(job, {"SLOC_HEADERS": "X-Token: own"}, url=stub.url, shift="8h@06:00")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert {request.headers["X-Token"] for request in stub.requests} == {"own"}
        (body,) = pull.comments()
        assert body.startswith("<!-- sloc diff of sloc.yaml -->\n**")
        assert body.count("**Backtest of what differs:** 1 SLO: ") == 1

    def test_a_snapshot_outside_of_the_checkout_has_it(self, pull: Pull) -> None:
        job = pull.job()
        kept = job.temporary / "a b.json"
        with serving() as stub:
            assert sloc(job.checkout, "snapshot", "--url", stub.url, "-o", str(kept)).code == 0
        ran = pull.compare(job, snapshot=str(kept), fail_on="removed, pages")
        assert (ran.code, ran.err) == (0, "")
        assert "**Backtest of what differs:** 1 SLO: " in pull.comments()[0]

    def test_without_an_answer_the_comment_is_without_it_but_nothing_passes_that_was_not_judged(
        self, pull: Pull
    ) -> None:
        job = pull.job()
        ran = pull.compare(job, url="http://127.0.0.1:9", fail_on="removed")
        assert (ran.code, ran.out.startswith("::warning title=sloc diff::")) == (0, True)
        assert "Backtest" not in pull.comments()[0]
        ran = pull.compare(job, url="http://127.0.0.1:9", fail_on="pages", comment="false")
        assert (ran.code, ran.out.count("::error title=sloc diff::whether")) == (1, 1)


class TestGeneratedFiles:
    def test_have_to_be_what_a_build_makes(self, pull: Pull) -> None:
        job = pull.job()
        assert job.run(FILES).code == 0
        (job.checkout / "shop.slo").write_text(SHOP.format("98%"))
        ran = job.run(FILES)
        assert (ran.code, "::error title=sloc build --check::" in ran.out) == (1, True)
        assert "stale: generated/prometheus/shop.rules.yaml" in ran.err
        assert job.run(FILES, paths="shop.slo", project="sloc.yaml").code == 1

    def test_of_some_paths_are_checked_alone(self, pull: Pull) -> None:
        """The catalog and the overview are of the whole project, and say nothing about a part of it."""
        job = pull.job()
        (job.checkout / "other.slo").write_text(SHOP.format("99%").replace("shop", "other"))
        assert subprocess.run([pull.installed / "sloc", "build", "-q"], cwd=job.checkout, check=False).returncode == 0
        assert job.run(FILES, paths="shop.slo").code == 0
        (job.checkout / "other.slo").write_text(SHOP.format("98%").replace("shop", "other"))
        assert job.run(FILES, paths="shop.slo").code == 0
        assert job.run(FILES, paths="other.slo").code == 1
