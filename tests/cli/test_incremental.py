"""Incremental builds: files that have not changed are not analysed again, and yet all is as a full build leaves it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from slocompiler.cli import writer
from slocompiler.cli.commands import build
from support.cached import EDITS, PROJECT, Project, left, link, write
from support.ties import DECLARED, JOURNEY, LIBRARY, STATEMENTS

OTHER_EDITS = ("all outputs are gone", "an output is edited in place", "an output is gone", "a project within")


DEFAULTS = 'defaults {{ labels {{ tier = "{}" }} }}\n'.format


def of(name: str, *statements: str, head: str = "") -> str:
    """A file with a service, and what stands above it."""
    people = 'owner "o" stakeholders "s" runbook "https://r.example.org"'
    return f"{head}service {name} {{ {people} {''.join(statements).format(n=name)} }}\n"


PLAIN, COUNTS, WARNS = STATEMENTS[0], STATEMENTS[1], STATEMENTS[3]
SAME, ALLOW = PLAIN.replace("{n}", "same"), 'allow W319 because "agreed"'
USES = DECLARED[3].format()
TRIP = JOURNEY.format(n=1)
OTHERS = {"d.slo": USES, "b.slo": of("b", PLAIN), "c.slo": of("c", COUNTS)}
Case = tuple[dict[str, str], str, str]
"""Files beside OTHERS, and two texts of `a.slo`."""
LITTLE: dict[str, Case] = {
    "a target": ({}, of("a", PLAIN), of("a", PLAIN.replace("99%", "98%"))),
    "another SLO": ({}, of("a", PLAIN), of("a", PLAIN, WARNS)),
    "no SLO": ({}, of("a", ""), of("a", "\n")),
    "a warning is new": ({}, of("a", PLAIN), of("a", WARNS)),
    "a warning moves": ({}, of("a", WARNS), of("a", WARNS, head="\n")),
    "a warning stays elsewhere": ({"b.slo": of("b", WARNS)}, of("a", PLAIN), of("a", WARNS)),
    "a warning about an import": ({}, of("a", PLAIN), of("a", PLAIN, head=LIBRARY + DECLARED[2].format())),
    "an import": ({}, of("a", PLAIN), of("a", PLAIN, head=LIBRARY)),
    "no import": ({}, of("a", PLAIN, head=LIBRARY), of("a", PLAIN)),
    "beside a journey": ({"c.slo": TRIP.replace("a/x", "c/x") + of("c", PLAIN)}, of("a", PLAIN), of("a", WARNS)),
    "a step of a journey": ({"c.slo": TRIP}, of("a", PLAIN), of("a", PLAIN.replace("99%", "98%"))),
    "the target of a journey": ({}, of("a", PLAIN, head=TRIP), of("a", PLAIN, head=TRIP.replace("90%", "91%"))),
    "a job of its own": ({}, of("a", PLAIN), of("a", COUNTS.replace('"j"', '"k"'))),
    "a job of three": (
        {"b.slo": of("b", COUNTS.replace("99%", "95%"))},
        of("a", COUNTS.replace("99%", "96%")),
        of("a", COUNTS.replace("99%", "97%")),
    ),
}
MUCH: dict[str, Case] = {
    "a journey": ({}, of("a", PLAIN), of("a", PLAIN, head=TRIP)),
    "a step that is gone": ({"c.slo": TRIP}, of("a", PLAIN), of("a", WARNS)),
    "a job of another": ({}, of("a", PLAIN), of("a", COUNTS.replace("99%", "98%"))),
    "a job of another no more": ({}, of("a", COUNTS.replace("99%", "98%")), of("a", PLAIN)),
    "the promise of another": ({"b.slo": of("b", SAME)}, of("a", PLAIN), of("a", SAME)),
    "the promise of another no more": (
        {"b.slo": of("b", f"{SAME[:-3]} {ALLOW} }}}}\n")},
        of("a", SAME),
        of("a", PLAIN),
    ),
    "the promise of another by a template": (
        {"b.slo": of("b", SAME), "d.slo": f"template t() {{ {SAME.format()} }}\n"},
        of("a", PLAIN),
        of("a", "use t()\n", head=LIBRARY),
    ),
    "the name of another": ({}, of("a", PLAIN), of("b", PLAIN)),
    "another name": ({}, of("a", PLAIN), of("e", PLAIN)),
    "no rules any more": ({}, of("a", PLAIN), of("a", "")),
    "a mistake": ({}, of("a", PLAIN), "service"),
    "it is imported": ({"b.slo": of("b", PLAIN, head='import "a.slo"\n')}, USES, USES.replace("example", "example2")),
    "what uses its names is gone": (
        {"b.slo": of("b", head=DECLARED[1].format(n="a"))},
        of("a", STATEMENTS[4], head='import "b.slo"\n'),
        of("a", PLAIN),
    ),
    "a library has a warning": ({"d.slo": "template t(x) { }\n"}, of("a", PLAIN, head=LIBRARY), of("a", PLAIN)),
}


def built(project: Project, beside: dict[str, str], text: str, settings: str = PROJECT) -> Project:
    """The project after a build with these files, all of which are old."""
    write("sloc.yaml", settings)(project.folder)
    for path, content in (OTHERS | beside | {"a.slo": text}).items():
        write(path, content)(project.folder)
    assert project.run("build").code == 0
    project.grow_old()
    return project


def agrees(project: Project) -> bool:
    """Whether a build does what a full one does. Returns whether it is incremental."""
    before = project.incremental
    fresh = project.afresh("build")
    assert (project.run("build"), left(project.folder)) == fresh
    return project.incremental > before


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize(("case", "is_little"), [*((one, True) for one in LITTLE), *((one, False) for one in MUCH)])
def test_a_change_of_one_file(project: Project, case: str, is_little: bool) -> None:
    beside, former, text = (LITTLE | MUCH)[case]
    built(project, beside, former)
    write("a.slo", text)(project.folder)
    assert agrees(project) == is_little
    write("a.slo", former)(project.folder)
    agrees(project)


DEPLOYED = """
targets: {grafana: {build: false}, docs: {build: false}, prometheus: {files: split}}
deployments: [{name: eu, labels: {region: eu}}, {name: us, labels: {region: us}}]
"""


@pytest.mark.parametrize("settings", [PROJECT, DEPLOYED], ids=["a file for each service", "four files for each"])
def test_one_change_after_another(project: Project, settings: str) -> None:
    built(project, {}, of("a", PLAIN), settings)
    for text in (of("a", WARNS), of("a", WARNS, head=LIBRARY), of("a", PLAIN, head=LIBRARY)):
        write("a.slo", text)(project.folder)
        assert agrees(project)
        compiled = project.compiled
        assert agrees(project) is False
        assert project.compiled == compiled, "nothing has changed"
    write("d.slo", USES.replace("example", "other"))(project.folder)
    assert not agrees(project)


def test_a_source_that_is_new_during_a_build_is_not_missed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*given: Any, **named: Any) -> list[str]:
        write("e.slo", of("e", PLAIN))(project.folder)
        return real(*given, **named)

    built(project, {}, of("a", PLAIN))
    write("a.slo", of("a", WARNS))(project.folder)
    real = build.find_sources
    with monkeypatch.context() as patch:
        patch.setattr(build, "find_sources", find)
        project.run("build")
    assert project.incremental == 1
    assert not agrees(project)
    assert "e.rules.yaml" in project.run("build").out


@pytest.mark.parametrize("edit", [*OTHER_EDITS, "another project", "a new source", "an output of the past"])
def test_what_else_changes_takes_a_full_build(project: Project, edit: str) -> None:
    built(project, {}, of("a", PLAIN))
    write("a.slo", of("a", WARNS))(project.folder)
    EDITS[edit](project.folder)
    assert not agrees(project)


@pytest.mark.parametrize("settings", ["", "targets: {docs: {build: false}, prometheus: {ruler: mimir, limits: {}}}\n"])
def test_files_of_all_services_take_a_full_build(project: Project, settings: str) -> None:
    built(project, {}, of("a", PLAIN))
    write("sloc.yaml", settings)(project.folder)
    for text in (PLAIN, WARNS):
        write("a.slo", of("a", text))(project.folder)
        assert not agrees(project)


def test_a_file_with_two_names_takes_a_full_build(project: Project) -> None:
    link("e.slo", "d.slo")(project.folder)
    built(project, {}, of("a", PLAIN))
    write("d.slo", USES + "template t(x) { }\n")(project.folder)
    assert not agrees(project)


def test_projects_within_are_reported_each_time(project: Project) -> None:
    for edit in ("a new source", "a project within"):
        EDITS[edit](project.folder)
    built(project, {}, of("a", PLAIN))
    write("a.slo", of("a", WARNS))(project.folder)
    assert agrees(project)


def test_killed_at_any_call(project: Project) -> None:
    """The next build is right, whether the killed one had begun to write, or to put files in place, or the record."""

    def die(calls: int) -> None:
        def dying(function: Callable[..., object]) -> Callable[..., object]:
            def called(*arguments: object, **named: object) -> object:
                nonlocal calls
                calls -= 1
                if not calls:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **named)

            return called

        writer.open = dying(open)  # type: ignore[attr-defined]  # hides the built-in function
        os.replace, os.fsync = dying(os.replace), dying(os.fsync)  # type: ignore[assignment]  # until this process ends
        before = project.incremental
        try:
            project.run("build")
        finally:
            os._exit(int(project.incremental == before))

    former = built(project, {}, of("a", PLAIN))
    for moment in count(1):
        write("a.slo", of("a", PLAIN.replace("99%", f"9{moment % 7}.5%")))(former.folder)
        child = os.fork()
        if not child:
            die(moment)
        status = os.waitpid(child, 0)[1]
        agrees(project)
        if status != signal.SIGKILL:
            break
    assert (status, moment) == (0, 6), "after the content, the disk, the file, its folder, and the record"


def test_a_change_of_the_defaults_of_all_files_builds_all(project: Project) -> None:
    beside = {"shared/org.slo": DEFAULTS("1")}
    built(project, beside, of("a", PLAIN), f"defaults_from: shared/org.slo\n{PROJECT}")
    write("a.slo", of("a", PLAIN.replace("99%", "98%")))(project.folder)
    assert agrees(project)
    write("shared/org.slo", DEFAULTS("2"))(project.folder)
    assert not agrees(project)
    rules = list(project.folder.rglob("*.rules.yaml"))
    assert [one.name for one in rules if 'tier: "2"' not in one.read_text()] == []
    assert len(rules) > 1


def test_a_name_in_the_project_file_that_means_no_slo_any_more(project: Project) -> None:
    built(project, {}, of("a", PLAIN), DEPLOYED.replace("{region: us}", '{region: us}, only: [a, "b/*"]'))
    write("a.slo", of("a", PLAIN.replace("99%", "98%")))(project.folder)
    assert agrees(project)
    write("b.slo", of("b", ""))(project.folder)
    assert not agrees(project)
    assert "E506" in project.run("build").err
