"""A law: after any changes of a project, a build leaves and prints what a full build does, also if it is incremental."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.cached import EDITS, PROJECT, Project, left, write
from support.ties import PATHS, SERVICES, usual

OTHER_EDITS = ("all outputs are gone", "an output is edited in place", "an output is gone", "a project within")


STEPS = st.lists(
    st.tuples(
        st.integers(0, len(PATHS) - 1).flatmap(lambda n: st.tuples(st.just(PATHS[n]), usual(n))),
        st.sampled_from(("", "", "", "", *OTHER_EDITS)),
    ),
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
