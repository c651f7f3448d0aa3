"""The GitHub Action on hostile ground: it runs nothing of the checkout, and installs only what it knows by its hash."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from pathlib import Path
from typing import ClassVar

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.actions import STEPS, Job
from support.clone import copy
from support.compile import ROOT
from support.pull import COMMENT, SHOP, event

CHECK, FILES = "Check", "Check the generated files"


class TestHostileCheckout:
    """A pull request cannot make the action run a file of it; each of these is imported by Python by itself."""

    PWNED = "import os\nopen(os.environ['RUNNER_TEMP'] + '/pwned', 'a').write(__file__)\n"
    NAMES = ("venv.py", "logging.py", "token.py", "sitecustomize.py", "usercustomize.py", "click.py", "slocompiler.py")
    NAMES += ("pip/__main__.py", "venv/__main__.py", "setuptools/__init__.py", "slocompiler/__main__.py", "yaml.py")

    def test_runs_nothing_of_it(self, tmp_path: Path) -> None:
        source = copy(tmp_path / "the action")
        checkout = tmp_path / "checkout"
        for name in self.NAMES:
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (checkout / name).write_text(self.PWNED)
        (checkout / "x.pth").write_text("import os; " + self.PWNED.splitlines()[1])
        (checkout / "pip.conf").write_text("[install]\nno-index = nonsense\n")
        (checkout / "shop.slo").write_text(SHOP.format("99%"))
        job = Job(checkout, tmp_path / "t", event(**{"github.action_path": str(source)}), os.environ["PATH"])
        hostile = {"PYTHONPATH": str(checkout), "PYTHONSTARTUP": str(checkout / "venv.py")}
        ran = job.run("Install sloc", hostile, python=sys.executable)
        assert ran.code == 0, ran
        added = job.added.read_text(encoding="utf-8").strip()
        assert [path.name for path in Path(added).iterdir()] == ["sloc"]
        assert job.run(CHECK, hostile).code == 0
        assert job.run(FILES, hostile).code == 1
        assert not (job.temporary / "pwned").exists(), (job.temporary / "pwned").read_text()

    def test_only_one_step_has_the_token(self) -> None:
        assert [step["name"] for step in STEPS if "token" in json.dumps(step["env"])] == [COMMENT]
        (comment,) = (step for step in STEPS if step["name"] == COMMENT)
        assert "sloc diff " not in re.sub(r"title=sloc diff::", "", comment["run"])


class TestRequirements:
    """What the action installs: each dependency in one version, known by its hash."""

    TEXT = (ROOT / "requirements.txt").read_text("utf-8")
    PINNED: ClassVar = {
        canonicalize_name(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", TEXT)
    }

    def test_has_a_hash_for_each(self) -> None:
        entries = re.split(r"\n(?=[\w.-]+==)", self.TEXT)[1:]
        assert len(entries) == len(self.PINNED) > 9
        assert all("--hash=sha256:" in entry for entry in entries)

    def test_is_what_the_project_asks_for(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        for one in map(Requirement, project["project"]["dependencies"]):
            assert one.specifier.contains(self.PINNED[canonicalize_name(one.name)]), f"{one}: run `make pins`"


def test_the_action_fetches_nothing() -> None:
    """It fetches commits of the repository itself, with git."""
    text = (ROOT / "action.yml").read_text("utf-8")
    assert re.findall(r"(?<!git )fetch(?!-depth)", text) == []
