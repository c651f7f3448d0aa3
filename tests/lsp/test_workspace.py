"""A workspace knows after each change what `sloc check` would report, and computes only what the change concerns."""

from __future__ import annotations

import random
from typing import Any

import pytest

from slocompiler import compiler
from slocompiler.compiler import analyse
from slocompiler.lsp.workspace import Workspace
from slocompiler.project import Project, load
from slocompiler.source import Source
from support.keystrokes import TODAY, programs, read, shown, typed, workspace

PROGRAMS = list(programs())


def test_files_are_typed_key_by_key() -> None:
    """A sample: `python -m support.keystrokes` types all of them. No exception; the last problems are those of check."""
    chosen = random.Random(26)
    for name, sources in chosen.sample(PROGRAMS, 150):
        length = len(sources[-1].text)
        try:
            typed(sources, [*sorted(chosen.sample(range(length), min(5, length))), length])
        except Exception as error:
            raise AssertionError(name) from error


def service(name: str, target: str = "99.9%") -> str:
    alerts = "  alerts calm\n" if name == "a" else ""
    return (
        f'import "org.slo"\nservice {name} {{\n  owner "o"\n{alerts}  slo x {target} over 30d {{\n'
        f'    events h{{job="{name}"}}\n    bad {{code="5"}}\n  }}\n}}\n'
    )


def checked(files: dict[str, str]) -> object:
    """What `sloc check` reports."""
    sources = [Source(path, text) for path, text in sorted(files.items())]
    return shown(analyse(sources, Project(), read, TODAY)[1])


def test_problems_of_several_files_follow_each_change() -> None:
    files = {
        "org.slo": "alerts calm {\n  page at 2% of budget in 1h\n}\n",
        "a.slo": service("a"),
        "b.slo": service("b"),
    }
    here = workspace()
    changes = [
        *files.items(),
        ("org.slo", "alerts other {\n  page at 2% of budget in 1h\n}\n"),  # a.slo uses a name that is gone
        ("org.slo", "alerts calm {\n  page at 90% of budget in 1h\n}\n"),
        ("b.slo", service("a")),  # a second service, an identical SLO
        ("b.slo", service("b", "99.9")),
        ("b.slo", service("b", "99%")),
        ("org.slo", ""),
    ]
    for path, text in changes:
        files[path] = text
        here.put(Source(path, text))
        present = {other: content for other, content in files.items() if other in here.paths()}
        assert shown(here.problems()) == checked(present)


def test_an_import_that_appears_is_found_and_one_that_goes_is_missed() -> None:
    here = workspace()
    here.put(Source("a.slo", service("a")))
    codes = {code for *_, code, _ in shown(here.problems())}
    assert "E205" in codes, "the examples have an org.slo, without these alerts"
    here.put(Source("org.slo", "alerts calm {\n}\n"))
    assert "E205" not in {code for *_, code, _ in shown(here.problems())}
    here.drop("org.slo")
    assert {code for *_, code, _ in shown(here.problems())} == codes


def test_what_has_changed_on_the_disk_is_read_again() -> None:
    disk: dict[str, Source] = {}
    here = Workspace(Project(), lambda path: disk.get(path, "there is no such file"), TODAY)
    own = Source("a.slo", service("a"))
    here.put(own)
    found = []
    for text in ("", "alerts calm {}\n", "alerts other {}\n"):
        if text:
            disk["org.slo"] = Source("org.slo", text)
        here.refresh([own])
        found.append([one.code for one in here.problems() if one.is_error])
    del disk["org.slo"]
    here.refresh([own, Source("b.slo", service("b"))])
    assert found == [["E301"], [], ["E205"]]
    assert [one.code for one in here.problems() if one.is_error] == ["E301", "E301"]
    here.refresh([])
    assert here.problems() == []


def test_a_change_compiles_only_the_files_that_it_concerns(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = compiler.load

    def counted(sources: list[Source], *others: Any) -> object:
        compiled.extend(source.path for source in sources)
        return real(sources, *others)

    monkeypatch.setattr(compiler, "load", counted)
    here = workspace()
    for path in ("a.slo", "b.slo", "c.slo"):
        here.put(Source(path, service(path[0])))
    here.put(Source("org.slo", "alerts calm {}\n"))
    here.problems()
    assert sorted(set(compiled)) == ["a.slo", "b.slo", "c.slo", "org.slo"]
    compiled.clear()
    here.put(Source("b.slo", service("b", "99%")))
    here.problems()
    here.snapshot("b.slo")
    assert compiled == ["b.slo"]
    compiled.clear()
    here.put(Source("org.slo", "alerts calm {}\n# edited\n"))
    here.problems()
    assert sorted(compiled) == ["a.slo", "b.slo", "c.slo", "org.slo"]


def test_the_defaults_of_all_files_are_imported_everywhere() -> None:
    org = Source("shared/org.slo", "alerts calm {\n  ticket when budget below 10%\n}\n")
    here = Workspace(load(Source("sloc.yaml", "defaults_from: shared/org.slo"))[0], lambda path: f"no {path}")
    here.put(Source("teams/a.slo", service("a").replace('import "org.slo"\n', "")))
    assert [one.code for one in here.problems() if one.is_error] == ["E509"]
    here.put(org)
    assert [one.code for one in here.problems() if one.is_error] == []
    here.put(Source(org.path, org.text.replace("calm", "clam")))
    assert [one.help for one in here.problems() if one.is_error] == ["did you mean `clam`?"]
    snapshot = here.snapshot("teams/a.slo")
    assert {use.span.text for use in snapshot.uses if use.span.source is snapshot.source} == {"a", "x"}


def test_names_in_the_project_file_mean_slos_of_any_file() -> None:
    settings = "deployments: [{name: eu, where: {cluster: eu}}, {name: us, where: {cluster: us}, only: [a, b]}]"
    here = Workspace(load(Source("sloc.yaml", settings))[0], lambda path: f"no {path}")
    here.put(Source("org.slo", "alerts calm {}\n"))
    here.put(Source("a.slo", service("a")))
    (problem,) = (one for one in here.problems() if one.is_error)
    assert (problem.code, problem.span.source.path, problem.span.text) == ("E506", "sloc.yaml", "b")
    here.put(Source("b.slo", service("b")))
    assert [one for one in here.problems() if one.is_error] == []
