"""`sloc fetch`, from a git server over TLS; builds, which read what was fetched; and what is never fetched."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from support.certificates import Authority
from support.command import files, sloc
from support.forge import Forge, forge
from support.repository import commit, git, isolate

TEMPLATE = """import "parts.slo"

template http(job, unused = 1) {
  slo availability "Answers" TARGET over 30d {
    events  http_requests_total{job=$job}
    bad     {code=~"5.."}
    because "So it was agreed."
    alerts  calm
  }
}
"""
PARTS = "alerts calm {\n  ticket when budget below 10%\n}\n"
SHOP = """import "acme/http.slo"

service shop {
  owner        "storefront"
  stakeholders "product"
  use http(job = "shop")
}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    folder = tmp_path_factory.mktemp("forge")
    authority = Authority(folder)
    with forge(folder, authority) as running, pytest.MonkeyPatch.context() as patch:
        isolate(patch, folder)
        patch.setenv("GIT_SSL_CAINFO", str(authority.own.certificate))
        yield running


@pytest.fixture
def library(server: Forge, tmp_path: Path) -> Path:
    """A repository of the server, with a library at the tag `v1`."""
    work = server.folder / f"{tmp_path.name}.git"
    work.mkdir()
    git(work, "init", "--quiet")
    commit(work, {"slo/http.slo": TEMPLATE.replace("TARGET", "99%"), "slo/parts.slo": PARTS, "slo/run.sh": "exit 1\n"})
    git(work, "tag", "v1")
    return work


@pytest.fixture
def project(server: Forge, library: Path, tmp_path: Path) -> Path:
    """A project that imports a file of the library."""
    (tmp_path / "shop.slo").write_text(SHOP)
    configure(tmp_path, f"{server.url}/{library.name}")
    return tmp_path


def configure(project: Path, address: str, rev: str = "v1", path: str = "slo") -> None:
    library = {"git": address, "rev": rev, "path": path}
    (project / "sloc.yaml").write_text(json.dumps({"libraries": {"acme": library}}))


def fetched(project: Path, *options: str) -> str:
    answer = sloc(project, "fetch", *options)
    assert answer.code == 0, answer.err
    return answer.out


def refused(project: Path, command: str = "fetch") -> str:
    answer = sloc(project, command)
    assert answer.code != 0
    return answer.err


def test_a_library_is_fetched_locked_and_built_without_network(project: Path, library: Path, server: Forge) -> None:
    assert "the library `acme` is not fetched: run `sloc fetch`" in refused(project, "build")
    head = git(library, "rev-parse", "HEAD")
    assert fetched(project) == f"acme v1 ({head[:12]}): 2 files\n"
    assert sorted(name for name in files(project / ".sloc")) == ["acme/http.slo", "acme/parts.slo"]
    lock = json.loads((project / "sloc.lock").read_text())["acme"]
    assert (lock["commit"], sorted(lock["files"])) == (head, ["http.slo", "parts.slo"])
    server.asked.clear()
    built = sloc(project, "build")
    assert (built.code, built.err.count("W306")) == (0, 0)
    assert "there already" in fetched(project)
    assert sloc(project, "fmt", ".").code == 0
    assert sloc(project, "check", ".").out == "1 SLO of 1 service in 1 file: no errors\n"
    assert server.asked == []


def test_a_tag_that_moves_changes_nothing_until_it_is_updated(project: Path, library: Path) -> None:
    first = git(library, "rev-parse", "HEAD")
    fetched(project)
    before = files(project / ".sloc"), (project / "sloc.lock").read_bytes()
    second = commit(
        library,
        {
            "slo/http.slo": TEMPLATE.replace("TARGET", "98%").replace("parts", "other"),
            "slo/parts.slo": None,
            "slo/other.slo": PARTS,
        },
    )
    git(library, "tag", "--force", "v1")
    rmtree(project / ".sloc")
    assert fetched(project) == f"acme v1 ({first[:12]}): 2 files\n"
    assert (files(project / ".sloc"), (project / "sloc.lock").read_bytes()) == before
    assert fetched(project, "--update") == f"acme v1 ({second[:12]}): 2 files, was {first[:12]}\n"
    assert sorted(files(project / ".sloc")) == ["acme/http.slo", "acme/other.slo"]
    assert "98%" in sloc(project, "list").out


def test_what_differs_from_the_lock_is_not_built(project: Path, server: Forge, library: Path) -> None:
    fetched(project)
    file = project / ".sloc" / "acme" / "parts.slo"
    file.write_text(PARTS + "# by hand\n")
    assert "`parts.slo` cannot be imported: it is not the file that sloc.lock names: run `sloc fetch`" in refused(
        project, "build"
    )
    fetched(project)
    assert sloc(project, "build").code == 0
    (project / ".sloc" / "acme" / "more.slo").write_text(PARTS)
    (project / "shop.slo").write_text(SHOP.replace("http.slo", "more.slo"))
    assert "the library `acme` has no such file" in refused(project, "build")
    (project / "shop.slo").write_text(SHOP)
    configure(project, f"{server.url}/{library.name}", rev="v2")
    assert "sloc.lock has another address, revision or folder of the library `acme`: run `sloc fetch`" in refused(
        project, "build"
    )
    assert "git cannot fetch v2" in refused(project)
    (project / "sloc.lock").write_text("{")
    assert "the library `acme` is not fetched" in refused(project, "build")


def test_the_base_of_a_diff_has_the_library_of_its_lock(project: Path) -> None:
    git(project, "init", "--quiet")
    fetched(project)
    (project / ".gitignore").write_text(".sloc/\n")
    commit(project, {})
    (project / "shop.slo").write_text(SHOP.replace('use http(job = "shop")', 'use http(job = "shop") as web'))
    assert "shop/web-availability" in sloc(project, "diff", "HEAD").out
    (project / ".sloc" / "acme" / "parts.slo").unlink()
    assert "the library `acme` is not fetched" in sloc(project, "diff", "HEAD").err


@pytest.mark.parametrize(
    ("address", "rev", "path"),
    [
        ("ext::sh -c 'touch owned'", "v1", ""),
        ("file:///srv/slo.git", "v1", ""),
        ("/srv/slo.git", "v1", ""),
        ("http://git.example.org/slo.git", "v1", ""),
        ("git@git.example.org:slo.git", "v1", ""),
        ("--upload-pack=touch owned", "v1", ""),
        ("ssh://-oProxyCommand=touch/slo.git", "v1", ""),
        ("https://git.example.org/slo.git", "--upload-pack=touch owned", ""),
        ("https://git.example.org/slo.git", "main:refs/heads/x", ""),
        ("https://git.example.org/slo.git", "v1", "../slo"),
        ("https://git.example.org/slo.git", "v1", "/slo"),
        ("https://git.example.org/slo.git", "v1", "--help"),
    ],
)  # fmt: skip  # a table
def test_other_addresses_revisions_and_folders_are_errors(tmp_path: Path, address: str, rev: str, path: str) -> None:
    configure(tmp_path, address, rev, path)
    for command in ("fetch", "check"):
        assert "error[E510]" in refused(tmp_path, command)
    assert sorted(files(tmp_path)) == ["sloc.yaml"]


@pytest.mark.parametrize("address", ["https://a:secret@git.example.org/x.git", "ssh://a:secret@git.example.org/x.git"])
def test_a_password_is_not_printed(tmp_path: Path, address: str) -> None:
    configure(tmp_path, address)
    shown = refused(tmp_path)
    assert "error[E505]" in shown
    assert "secret" not in shown


def test_git_itself_refuses_other_protocols_redirects_and_questions(
    project: Path, server: Forge, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the settings of a user rewrite addresses."""
    config = project / "config"
    config.write_text(f'[url "file://{server.folder}/"]\n  insteadOf = https://rewritten.example.org/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    configure(project, f"https://rewritten.example.org/{library.name}")
    assert "transport 'file' not allowed" in refused(project)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    configure(project, f"{server.url}/moved/{library.name}")
    assert "git cannot fetch v1" in refused(project)
    configure(project, f"{server.url}/private/{library.name}")
    assert "terminal prompts disabled" in refused(project)
    assert not (project / ".sloc").exists()
    assert not (project / "sloc.lock").exists()


def test_ssh_asks_nothing(project: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ssh = project / "ssh"
    ssh.write_text('#!/bin/sh\necho "$@" >> "$0.log"\nfor last; do :; done\nexec sh -c "$last"\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    monkeypatch.setenv("GIT_SSH_VARIANT", "ssh")
    configure(project, f"ssh://git@127.0.0.1{library}")
    assert "2 files" in fetched(project)
    assert "-oBatchMode=yes" in (project / "ssh.log").read_text()


def test_links_and_paths_stay_in_the_library(project: Path, library: Path) -> None:
    os.symlink("/etc/passwd", library / "slo" / "all.slo")
    commit(library, {})
    git(library, "tag", "--force", "v1")
    assert "all.slo is a link, and a library has files only" in refused(project)
    (library / "slo" / "all.slo").unlink()
    commit(library, {"slo/parts.slo": 'import "../../shop.slo"\n' + PARTS})
    git(library, "tag", "--force", "v1")
    fetched(project)
    assert "`../../shop.slo` cannot be imported: it is outside of the library" in refused(project, "check")
    (project / "shop.slo").write_text(SHOP.replace("acme/http.slo", "acme/../../shop.slo"))
    assert "it is outside of the library" in refused(project, "check")
    rmtree(project / ".sloc")
    os.symlink(library.parent, project / ".sloc")
    assert "leads out of the project; nothing was written" in refused(project)


def test_a_hostile_lock_removes_nothing_else(project: Path) -> None:
    fetched(project)
    kept = project / "kept.slo"
    kept.write_text("")
    lock = json.loads((project / "sloc.lock").read_text())
    lock["acme"]["files"] = {"../../kept.slo": "sha256:0"}
    (project / "sloc.lock").write_text(json.dumps(lock))
    assert "does not have the files that sloc.lock names" in refused(project)
    assert "2 files" in fetched(project, "--update")
    assert kept.exists()
    lock["acme"]["commit"] = "--upload-pack=touch owned"
    (project / "sloc.lock").write_text(json.dumps(lock))
    assert "2 files" in fetched(project)
