"""Options and fixtures that all tests share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support import binaries, golang
from support.golden import compare

# A law fails for what it finds, never because the machine is slow, and finds the same in each run of a commit.
# `pytest --hypothesis-profile drawn` draws new examples.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("drawn", calm)
settings.register_profile("same", calm, derandomize=True)
settings.load_profile("same")
os.environ["SLOC_CACHE"] = "off"  # tests try what a run does, except for those of the cache


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update` rewrites goldens and scenarios instead of comparing."""
    parser.addoption("--update", action="store_true", help="rewrite goldens and scenarios with what is now")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether to rewrite instead of comparing."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def golden(update: bool) -> Callable[[Path, str], None]:
    """Compare a text with a golden file: `golden(path, text)`."""
    return lambda path, actual: compare(path, actual, update)


@pytest.fixture(scope="session")
def resource_problems() -> Callable[[Path], list[str]]:
    """What is wrong with the Kubernetes resources of a folder: `resource_problems(folder)`."""
    if missing := golang.absent():
        pytest.skip(missing)
    return golang.problems


@pytest.fixture(scope="session")
def openslo_problems() -> Callable[[Path], list[str]]:
    """What the SDK of OpenSLO refuses of the documents of a folder: `openslo_problems(folder)`."""
    if missing := golang.absent(golang.OPENSLO):
        pytest.skip(missing)
    return lambda folder: golang.problems(folder, golang.OPENSLO)


@pytest.fixture(scope="module", params=[binaries.PROMETHEUS, binaries.PROMETHEUS_3], ids=lambda bundle: bundle.name)
def every_prometheus(request: pytest.FixtureRequest) -> Iterator[None]:
    """The programs of Prometheus 2, then those of Prometheus 3: a test with this fixture runs twice.

    Every kind of rule, alert and query is tested so. The tests without it look at texts, or bring their own programs.
    """
    yield from _found(request.param)


@pytest.fixture
def prometheus_3() -> Iterator[None]:
    """The programs of Prometheus 3 alone: for what the older one lacks, and what takes long and cannot differ."""
    yield from _found(binaries.PROMETHEUS_3)


@pytest.fixture(scope="module", params=[binaries.ALERTMANAGER, binaries.ALERTMANAGER_TODAY], ids=lambda one: one.name)
def every_alertmanager(request: pytest.FixtureRequest) -> Iterator[None]:
    """The Alertmanager of Debian's stable suite, then today's: a test with this fixture runs twice."""
    yield from _found(request.param)


def _found(bundle: binaries.Bundle) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for program in bundle.programs:
            patch.setenv(binaries.variable(program), str(binaries.locate(program, bundle)))
        yield
