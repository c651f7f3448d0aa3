"""A pull request for the steps of action.yml: a repository, what is checked out of it, and its comments."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.actions import STEPS, Job, Ran, wanted
from support.clone import commit, git
from support.command import sloc
from support.compile import ROOT

COMPARE, COMMENT = "Compare with the base", "Comment"
SHOP = """service shop {{
  owner        "storefront"
  stakeholders "product"
  runbook      "https://runbooks.example.org/shop"

  slo answers "Answers" {} over 30d {{
    events  http_requests_total{{job="shop"}}
    bad     {{code=~"5.."}}
    because "Agreed."
  }}
}}
"""


def event(**other: str) -> dict[str, str]:
    return {
        "github.event_name": "pull_request",
        "github.repository": "acme/shop",
        "github.sha": "0" * 40,
        "github.token": "secret",
        "github.event.pull_request.number": "7",
        "github.event.pull_request.head.repo.full_name": "acme/shop",
    } | other


class Pull:
    """A pull request that loosens a target, checked out as actions/checkout does: the merge, and nothing else."""

    def __init__(self, place: Path, installed: Path) -> None:
        self.work, self.place, self.installed = place / "work", place, installed
        self.work.mkdir()
        git(self.work, "init", "--quiet")
        (self.work / "sloc.yaml").touch()
        (self.work / "shop.slo").write_text(SHOP.format("99.9%"))
        assert sloc(self.work, "build").code == 0
        self.base = commit(self.work)
        git(self.work, "checkout", "--quiet", "-b", "change")
        (self.work / "shop.slo").write_text(SHOP.format("99%"))
        assert sloc(self.work, "build").code == 0
        self.head = commit(self.work)
        git(self.work, "checkout", "--quiet", "main")
        (self.work / "other.txt").write_text("what happened on main meanwhile")
        commit(self.work)
        git(self.work, "merge", "--quiet", "--no-ff", "--no-edit", "change")
        self.state = place / "gh.json"
        self.state.write_text(json.dumps({"comments": [], "calls": []}))
        (place / "bin").mkdir()
        gh = place / "bin" / "gh"
        gh.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/support/gh.py" "$@"\n')
        gh.chmod(0o755)

    def job(self, depth: str = "1", ref: str = "", **other: str) -> Job:
        """A job in a fresh checkout of the merge, or of `ref`."""
        origin, checkout = self.place / "origin", self.place / f"checkout{len(list(self.place.iterdir()))}"
        if not origin.exists():
            git(self.place, "clone", "--quiet", "--bare", "work", "origin")
            git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.place, "init", "--quiet", checkout.name)
        git(checkout, "remote", "add", "origin", origin.as_uri())
        merge = git(self.work, "rev-parse", "main")
        git(checkout, "fetch", "--quiet", f"--depth={depth}", "origin", ref or merge)
        git(checkout, "checkout", "--quiet", "FETCH_HEAD")
        facts = {"github.sha": merge, "github.event.pull_request.base.sha": self.base}
        path = os.pathsep.join([str(self.place / "bin"), str(self.installed), os.environ["PATH"]])
        return Job(checkout, self.place / f"temporary of {checkout.name}", event(**facts, **other), path)

    def compare(self, job: Job | None = None, environment: Mapping[str, str] | None = None, **inputs: str) -> Ran:
        """Both steps: the comparison, and the comment on it, of which gh is a stand-in."""
        job = job or self.job()
        job.outputs.write_text("")
        ran = job.run(COMPARE, environment, **inputs)
        comment = next(step for step in STEPS if step["name"] == COMMENT)
        if not wanted(comment, changed=job.value("${{ steps.compare.outputs.changed }}", {}), **inputs):
            return ran
        posted = job.run(COMMENT, {"FAKE_GH": str(self.state)}, **inputs)
        return Ran(ran.code or posted.code, ran.out + posted.out, ran.err + posted.err)

    def comments(self) -> list[str]:
        return [comment["body"] for comment in json.loads(self.state.read_text())["comments"]]

    def set(self, **values: Any) -> None:
        self.state.write_text(json.dumps({"comments": [], "calls": []} | values))
