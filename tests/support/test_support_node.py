"""Tests of `support.node`: what is said where Node is missing, one installation for all, a lock file that names no place."""

import json
import os
import re
import shutil
import threading
from pathlib import Path

import pytest

from support import node

WORKS = f"""PATH={os.defpath}; test -f package-lock.json || exit 1
mkdir -p node_modules/.bin; : > node_modules/.bin/tool; : > node_modules/.package-lock.json"""


def _stub(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


class TestInstallation:
    """Where packages are installed, and when; node and npm are stubs here."""

    @pytest.fixture(autouse=True)
    def nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An empty cache, and neither program."""
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def test_what_is_missing_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(RuntimeError, match=r"node is not on PATH.*install Node\.js 20 or newer"):
            node.program("tool")
        _stub(tmp_path / "bin", "node", "echo v18.20.1")
        with pytest.raises(RuntimeError, match="npm is not on PATH"):
            node.program("tool")
        _stub(tmp_path / "bin", "npm", "echo >&2 'npm error network'; echo >&2 'npm error more'; exit 1")
        with pytest.raises(RuntimeError, match=r"the node on PATH is v18\.20\.1.*install 20 or newer"):
            node.program("tool")
        _stub(tmp_path / "bin", "node", "echo v20.0.0")
        with pytest.raises(
            RuntimeError, match=r"npm ci .*package-lock\.json in tests/ lists:\nnpm error network\nnpm error more"
        ):
            node.program("tool")
        assert list((tmp_path / "cache" / "sloc").iterdir()) == []

    def test_it_is_installed_once(self, tmp_path: Path) -> None:
        _stub(tmp_path / "bin", "node", "echo v22.1.0")
        _stub(tmp_path / "bin", "npm", WORKS)
        tool = node.program("tool")
        assert tool == node.cache_folder() / "node_modules" / ".bin" / "tool"
        _stub(tmp_path / "bin", "npm", "exit 1")
        assert node.program("tool") == tool
        with pytest.raises(RuntimeError, match="has a program other: there are tool"):
            node.program("other")

    def test_two_at_once(self, tmp_path: Path) -> None:
        _stub(tmp_path / "bin", "node", "echo v22.1.0")
        _stub(tmp_path / "bin", "npm", f"{WORKS}; sleep 0.3")
        found: list[Path] = []
        threads = [threading.Thread(target=lambda: found.append(node.modules())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [node.cache_folder() / "node_modules"] * 2
        assert [entry.name for entry in node.cache_folder().parent.iterdir()] == [node.cache_folder().name]

    def test_other_versions_have_another_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = node.cache_folder()
        copies = tuple(Path(shutil.copy(path, tmp_path)) for path in node.FILES)
        monkeypatch.setattr(node, "FILES", copies)
        assert node.cache_folder() == before
        copies[1].write_text(copies[1].read_text() + "\n")
        assert node.cache_folder() != before


class TestFiles:
    """What tests/package.json and its lock file hold."""

    def test_versions_are_exact(self) -> None:
        listed = json.loads(node.FILES[0].read_text(encoding="utf-8"))
        locked = json.loads(node.FILES[1].read_text(encoding="utf-8"))["packages"]
        assert "dependencies" not in listed
        assert listed["devDependencies"] == locked[""]["devDependencies"]
        for name, version in listed["devDependencies"].items():
            assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version), name
            assert locked[f"node_modules/{name}"]["version"] == version

    def test_the_lock_file_names_no_registry(self) -> None:
        """Npm asks the one that is configured, and checks what it gets."""
        for name, package in json.loads(node.FILES[1].read_text(encoding="utf-8"))["packages"].items():
            assert "resolved" not in package, f"{name}: see how support/node.py adds a package"
            assert not name or package["integrity"].startswith("sha512-"), name
