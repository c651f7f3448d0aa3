"""Tests of the tests' own tools that need no Prometheus: scenarios, goldens, the search for binaries."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support import binaries, scenarios
from support.golden import compare

SCENARIO = r"""# Prose at the top.

-- a.txt --
one
\$ no command
\\$ one backslash
\-- no mark --
-- sub/b.txt --
no line feed
\no newline
-- empty.txt --

$ cat a.txt
# Prose below a command.
-- stdout --
one
\$ no command
\\$ one backslash
\-- no mark --

$ ls

-- a.txt --
# This is content, and so is the blank line that ends it.


$ cat a.txt sub/b.txt missing.txt
-- stdin --
not read
-- stdout --
wrong
-- exit 3 --
"""


class TestScenarios:
    """The text of a scenario stands for itself, and running it replaces only the answers."""

    def test_round_trip(self) -> None:
        scenario = scenarios.parse(SCENARIO)
        assert scenarios.render(scenario) == SCENARIO
        files = {step.path: step.content for step in scenario.steps[:3] if isinstance(step, scenarios.File)}
        assert files["a.txt"] == "one\n$ no command\n\\$ one backslash\n-- no mark --\n"
        assert (files["sub/b.txt"], files["empty.txt"]) == ("no line feed", "")
        assert scenarios.render(scenarios.parse("")) == ""

    def test_run(self, tmp_path: Path) -> None:
        actual = scenarios.run(scenarios.parse(SCENARIO), tmp_path)
        expected = SCENARIO.replace("$ ls\n", "$ ls\n-- stdout --\na.txt\nempty.txt\nsub/b.txt\n").replace(
            "wrong\n-- exit 3 --\n",
            "# This is content, and so is the blank line that ends it.\n\nno line feed\n\\no newline\n"
            "-- stderr --\ncat: missing.txt: no such file\n-- exit 1 --\n",
        )
        assert actual == expected
        assert scenarios.run(scenarios.parse(actual), tmp_path / "again") == actual

    @pytest.mark.parametrize(
        "content", ["", "\n", "\n\n", "a", "a\n", "\\no newline", "\\no newline\n", "# a\n$ b", "\\-- c --\n"]
    )
    @pytest.mark.parametrize("after", [scenarios.File("x", "y"), scenarios.Command("cat a")])
    def test_any_content_survives(self, content: str, after: scenarios.File | scenarios.Command) -> None:
        steps = (
            scenarios.File("a", content),
            scenarios.Command("cat a", stdin=content, stdout=content),
            after,
        )
        scenario = scenarios.Scenario("# top\n", steps)
        assert scenarios.parse(scenarios.render(scenario)) == scenario

    def test_sloc_is_a_real_process(self, tmp_path: Path) -> None:
        # What it answers is for the scenarios of the compiler; here only that a process ran, in that folder.
        actual = scenarios.run(scenarios.parse("$ sloc no-such-command\n-- stdin --\nx\n"), tmp_path)
        assert actual.startswith("$ sloc no-such-command\n-- stdin --\nx\n-- ")
        assert "-- exit " in actual

    @pytest.mark.parametrize(
        "text", ["prose\n", "-- stdout --\n", "-- ../a --\n", "-- /a --\n", "$ ls\n-- exit x --\n"]
    )
    def test_mistakes_in_the_file(self, text: str) -> None:
        with pytest.raises(scenarios.ScenarioError):
            scenarios.parse(text)

    def test_unknown_commands(self, tmp_path: Path) -> None:
        with pytest.raises(scenarios.ScenarioError, match="'rm' is none of the commands"):
            scenarios.run(scenarios.parse("$ rm -r .\n"), tmp_path)


class TestGolden:
    """A golden file is compared to the byte, and rewritten only on demand."""

    def test_missing(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "a.txt"
        with pytest.raises(AssertionError, match=r"no golden file.*make update"):
            compare(path, "a\n", update=False)
        compare(path, "a\r\n", update=True)
        assert path.read_bytes() == b"a\r\n"
        compare(path, "a\r\n", update=False)

    def test_differing(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("a\nb\nc\n")
        with pytest.raises(AssertionError) as failure:
            compare(path, "a\nB\nc", update=False)
        assert "-b\n-c\n+B\n'+c'\n" in str(failure.value)
        assert path.read_text() == "a\nb\nc\n"

    def test_fixture(self, golden: Callable[[Path, str], None], update: bool, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("a")
        golden(tmp_path / "a.txt", "a")
        if not update:
            with pytest.raises(AssertionError, match="differs"):
                golden(tmp_path / "a.txt", "b")


def _stub(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


class TestBinaries:
    """Where binaries are looked for, and what a newcomer reads; apt-get and dpkg are stubs here."""

    @pytest.fixture(autouse=True)
    def nowhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """No binaries anywhere."""
        monkeypatch.delenv("PROMETHEUS", raising=False)
        monkeypatch.delenv("PROMTOOL", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def test_variables_come_first(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        on_path = _stub(tmp_path / "bin", "promtool", "exit 0")
        assert binaries.promtool() == on_path
        chosen = _stub(tmp_path / "mine", "other", "exit 0")
        monkeypatch.setenv("PROMTOOL", str(chosen))
        assert binaries.promtool() == chosen
        chosen.chmod(0o644)
        with pytest.raises(RuntimeError, match=r"\$PROMTOOL is .*no executable"):
            binaries.promtool()

    def test_nothing_works(self, tmp_path: Path) -> None:
        with pytest.raises(RuntimeError, match=r"apt-get download prometheus: .*No such file") as failure:
            binaries.prometheus()
        assert "$PROMETHEUS and $PROMTOOL" in str(failure.value)
        _stub(tmp_path / "bin", "apt-get", "echo >&2 'E: no network'; exit 100")
        with pytest.raises(RuntimeError, match="update: E: no network"):
            binaries.prometheus()
        assert list((tmp_path / "cache" / "sloc").iterdir()) == []

    def test_stale_lists_and_a_lost_race(self, tmp_path: Path) -> None:
        fresh = 'case "$*" in *Dir::State::Lists*) : > prometheus_1_all.deb ;; *) exit 100 ;; esac'
        _stub(tmp_path / "bin", "apt-get", fresh)
        copies = 'for name in prometheus promtool; do cp "$0" "$3/usr/bin/$name"; done'
        made = f'PATH={os.defpath}; mkdir -p "$3/usr/bin"; {copies}'
        winner = binaries.cache_folder()
        # While this process unpacks, another one finishes.
        _stub(tmp_path / "bin", "dpkg", f'{made}; mkdir -p "{winner}"; cp -r "$3/usr" "{winner}"')
        assert binaries.prometheus() == winner / "usr" / "bin" / "prometheus"
        assert [entry.name for entry in winner.parent.iterdir()] == [winner.name]
        _stub(tmp_path / "bin", "apt-get", "exit 1")
        assert binaries.promtool() == winner / "usr" / "bin" / "promtool"

    def test_prometheus_3_on_the_path_is_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PROMTOOL3", raising=False)
        says = "echo 'promtool, version {} (branch: HEAD)'"
        found = _stub(tmp_path / "bin", "promtool", says.format("2.42.0+ds"))
        assert binaries.version(found) == "2.42.0+ds"
        with pytest.raises(RuntimeError, match=r"\(3 or newer\)[^\0]*make servers[^\0]*\$PROMTOOL3"):
            binaries.promtool(binaries.PROMETHEUS_3)
        found = _stub(tmp_path / "bin", "promtool", says.format("10.1.0"))
        assert binaries.promtool(binaries.PROMETHEUS_3) == found

    @pytest.mark.parametrize("says", ["prometheus, version 2.42.0", "NVIM v0.11.2", "GNU Emacs 30.1", "helix 25.01.1"])
    def test_version_of_what_is_on_the_path(self, says: str, tmp_path: Path) -> None:
        assert says.endswith(binaries.version(_stub(tmp_path / "bin", "tool", f"echo '{says}'")) or "none")

    @pytest.mark.parametrize(
        ("name", "entry", "asked"),
        [
            (
                "a.list",
                "deb [arch=amd64] http://{0}/debian {1} main contrib",
                "deb [arch=amd64] http://{0}/debian sid main contrib",
            ),
            (
                "a.sources",
                "Types: deb\nURIs: http://{0}/debian\nSuites: {1} {1}-updates\nComponents: main",
                "Types: deb\nURIs: http://{0}/debian\nSuites: sid \nComponents: main",
            ),
        ],
    )
    def test_another_suite_is_read_where_the_own_is(
        self, name: str, entry: str, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own, host = "bookworm", "mirror.example.org"
        sources, private = tmp_path / "apt", tmp_path / "private"
        (sources / "sources.list.d").mkdir(parents=True)
        private.mkdir()
        other = entry.format("other.example.org", f"{own}-security")
        (sources / "sources.list.d" / name).write_text(f"{other}\n\n{entry.format(host, own)}\n", "utf-8")
        monkeypatch.setattr(binaries, "SOURCES", sources)
        monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"VERSION_CODENAME": own})
        option = binaries._other_suite("sid", private)[1]
        assert Path(option.partition("=")[2]).read_text("utf-8").rstrip("\n") == asked.format(host)
        assert binaries._other_suite(own, private)  # the system has the suite already
        monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"VERSION_CODENAME": "noble"})
        with pytest.raises(RuntimeError, match="names the suite of this system"):
            binaries._other_suite("sid", private)
