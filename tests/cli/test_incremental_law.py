"""A law: after any changes of a project, a build leaves and prints what a full build does, also if it is incremental."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.cached import EDITS, PROJECT, Project, left, write
from support.ties import DECLARED, LIBRARY, PATHS, SERVICES, STATEMENTS, texts

OTHER_EDITS = ("all outputs are gone", "an output is edited in place", "an output is gone", "a project within")


def files(number: int) -> st.SearchStrategy[tuple[str, str]]:
    """A file and its text, which is usually right, at least alone; the last one often is a library."""
    name = SERVICES[number]
    some = st.lists(st.sampled_from(STATEMENTS[:4]), max_size=2, unique=True).map("".join)
    own = some.map(lambda text: f'service {name} {{ owner "o" {text.format(n=number)} }}\n')
    library = st.sampled_from((DECLARED[3].format(), DECLARED[0].format(n=9), ""))
    usual = library if number == 3 else st.tuples(st.sampled_from((LIBRARY, "", "")), own).map("".join)
    return st.tuples(st.just(PATHS[number]), st.one_of(usual, usual, usual, texts(number, ("", *SERVICES))))


STEPS = st.lists(
    st.tuples(st.integers(0, len(PATHS) - 1).flatmap(files), st.sampled_from(("", "", "", "", *OTHER_EDITS))),
    min_size=3,
    max_size=6,
)


def test_any_changes(tmp_path_factory: pytest.TempPathFactory) -> None:
    incremental = 0

    @settings(max_examples=12)
    @given(STEPS)
    def law(steps: list[tuple[tuple[str, str], str]]) -> None:
        nonlocal incremental
        project = Project(tmp_path_factory.mktemp("incremental"))
        write("sloc.yaml", PROJECT)(project.folder)
        for name, path in zip(SERVICES, PATHS, strict=False):
            write(path, f'service {name} {{ owner "o" }}\n')(project.folder)
        project.run("build")
        for (path, text), other in steps:
            write(path, text)(project.folder)
            if other:
                with suppress(OSError):
                    EDITS[other](project.folder)
            fresh = project.afresh("build")
            assert (project.run("build"), left(project.folder)) == fresh
        incremental += project.incremental

    law()
    assert incremental > 0
