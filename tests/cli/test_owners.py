"""`sloc owners`: who reviews which file, as a parser of CODEOWNERS files and git's own patterns understand it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from codeowners import CodeOwners

from slocompiler.owners import pattern
from slocompiler.project import load
from slocompiler.source import Source
from support.command import sloc

PROJECT = """owners:
  storefront: "@acme/storefront"
  payments: "@acme/payments @lead"
  product: product@example.org
"""


def a_service(name: str, owner: str, *imports: str, stakeholders: str = "") -> str:
    agreed = f"stakeholders {stakeholders}" if stakeholders else ""
    return "".join(f'import "{path}"\n' for path in imports) + (
        f'service {name} {{\n  owner "{owner}"\n  slo x 99% over 30d {{\n'
        f'    events t{{}} bad {{c="5"}} alerts none because "so" {agreed}\n  }}\n}}\n'
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project below the root of a repository: three services, their imports, and a file without importers."""
    folder = tmp_path / "slo"
    (folder / "teams").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (folder / "sloc.yaml").write_text(PROJECT)
    files = {
        "org.slo": 'import "base.slo"\n',
        "base.slo": "",
        "alone.slo": "",
        "teams/cart.slo": a_service("cart", "storefront", "../org.slo", stakeholders='"product", "nobody"'),
        "teams/pay.slo": a_service("pay", "payments", "../base.slo", "std/http.slo"),
        "two.slo": a_service("one", "payments") + a_service("two", "storefront"),
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def owners(text: str, path: str) -> set[str]:
    return {name for _, name in CodeOwners(text).of(path)}


class TestFiles:
    def test_reach_the_owners_of_all_that_is_made_of_them(self, project: Path) -> None:
        answer = sloc(project, "owners")
        assert (answer.code, answer.err.count("error")) == (0, 0)
        cart, pay = {"@acme/storefront", "product@example.org"}, {"@acme/payments", "@lead"}
        assert {path: owners(answer.out, f"slo/{path}") for path in files(project)} == {
            "teams/cart.slo": cart,
            "teams/pay.slo": pay,
            "two.slo": pay | {"@acme/storefront"},
            "org.slo": cart,
            "base.slo": cart | pay,
            "alone.slo": set(),
        }
        assert owners(answer.out, "elsewhere/slo/two.slo") == set(), "it is anchored"
        assert "std" not in answer.out

    def test_are_sorted_and_each_owner_stands_once(self, project: Path) -> None:
        lines = sloc(project, "owners").out.splitlines()[2:-1]
        assert lines == sorted(lines)
        assert all(len(set(line.split())) == len(line.split()) for line in lines)

    def test_without_a_repository_count_from_the_project(self, project: Path) -> None:
        (project.parent / ".git").rmdir()
        assert "\n/two.slo " in sloc(project, "owners").out

    def test_an_owner_without_a_handle_is_asked_for(self, project: Path) -> None:
        (project / "more.slo").write_text(a_service("more", 'a "team": of two'.replace('"', '\\"')))
        (project / "again.slo").write_text(a_service("again", "b"))
        answer = sloc(project, "owners")
        assert (answer.code, answer.out) == (1, "")
        assert "2 owners have no handle; add to slo/sloc.yaml:\n\nowners:\n" in answer.err
        keys = answer.err.partition("\nowners:\n")[2]
        (project / "sloc.yaml").write_text(PROJECT + keys.replace("@…", "@them"))
        assert sloc(project, "owners").code == 0, "what it says can be pasted"

    def test_a_mistake_ends_it(self, project: Path) -> None:
        (project / "two.slo").write_text("service {")
        answer = sloc(project, "owners")
        assert (answer.code, answer.out) == (1, "")


def files(project: Path) -> list[str]:
    return [path.relative_to(project).as_posix() for path in project.rglob("*.slo")]


HARD = [
    "a b.slo",
    "a#b.slo",
    "#.slo",
    "[x].slo",
    "a*b.slo",
    "a?b.slo",
    "!a.slo",
    "a\tb.slo",
    "ü😀.slo",
    " a .slo",
    "a\\b.slo",
]


class TestPatterns:
    @pytest.mark.parametrize("name", HARD)
    def test_match_the_file_in_git(self, tmp_path: Path, name: str) -> None:
        """CODEOWNERS has the patterns of gitignore; the folder's and the file's name are hard alike."""
        subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
        path = f"{name}/{name}"
        (tmp_path / ".gitignore").write_text(f"{pattern(path)}\n")
        near = [f"x{name}/{name}", f"{name}/x{name}", f"{name}/x/{name}", name.replace("*", "xx").replace("?", "x")]
        for candidate, matched in ((path, 0), *((other, 1) for other in near if other != path)):
            command = ["git", "check-ignore", "--no-index", "--quiet", "--", f"./{candidate}"]
            done = subprocess.run(command, cwd=tmp_path, check=False)
            assert done.returncode == matched, candidate

    @pytest.mark.parametrize("name", HARD)
    def test_are_one_word_and_no_comment(self, name: str) -> None:
        """A parser splits at blanks that no backslash stands before, and begins a comment at `#` in spite of one."""
        line = f"{pattern(f'folder/{name}')} @team"
        assert "#" not in line
        assert owners(line, f"folder/{name}") == {"@team"}


class TestSection:
    def test_is_kept_up_to_date_in_a_file(self, project: Path) -> None:
        file = project.parent / "CODEOWNERS"
        file.write_text("* @all\n")
        assert sloc(project, "owners", "--check", "../CODEOWNERS").code == 1
        assert sloc(project, "owners", "--write", "../CODEOWNERS").out == "../CODEOWNERS\n"
        written = file.read_text()
        assert written == f"* @all\n\n{sloc(project, 'owners').out}"
        assert owners(written, "slo/teams/cart.slo") == {"@acme/storefront", "product@example.org"}
        assert sloc(project, "owners", "--check", "../CODEOWNERS").code == 0
        file.write_text(f"{written}\n/docs/ @writers\n")
        (project / "new.slo").write_text(a_service("new", "payments"))
        answer = sloc(project, "owners", "--check", "../CODEOWNERS")
        assert (answer.code, "\n+/slo/new.slo @acme/payments @lead\n" in answer.out) == (1, True)
        assert "`sloc owners --write ../CODEOWNERS`" in answer.err
        sloc(project, "owners", "--write", "../CODEOWNERS")
        assert sloc(project, "owners", "--check", "../CODEOWNERS").code == 0
        after = file.read_text()
        assert (after.startswith("* @all\n"), after.endswith("\n/docs/ @writers\n")) == (True, True)
        before = file.stat().st_mtime_ns
        sloc(project, "owners", "--write", "../CODEOWNERS")
        assert file.stat().st_mtime_ns == before

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_every_byte_around_it_stays(self, project: Path, end: str) -> None:
        """Line ends, bytes that are not UTF-8, and characters at which only Python ends lines."""
        above = f"# by hand \x0b\u2028 \x85{end}* @all{end}".encode() + b"# caf\xe9"
        below = f"/docs/ @writers{end}# the end".encode()
        file = project / "CODEOWNERS"
        file.write_bytes(above + end.encode())
        assert sloc(project, "owners", "--write", "CODEOWNERS").code == 0
        file.write_bytes(file.read_bytes() + below)
        (project / "new.slo").write_text(a_service("new", "payments"))
        assert sloc(project, "owners", "--write", "CODEOWNERS").code == 0
        section = sloc(project, "owners").out.replace("\n", end).encode()
        assert file.read_bytes() == above + (end * 2).encode() + section + below
        assert sloc(project, "owners", "--check", "CODEOWNERS").code == 0

    def test_a_last_line_without_an_end_gets_that_of_the_file(self, project: Path) -> None:
        file = project / "CODEOWNERS"
        above = b"# top\r\n/form\x0cfeed @y\r\n/ls\xe2\x80\xa8sep @z\r\n/bad\xff @q"
        file.write_bytes(above)
        for _ in range(2):
            assert sloc(project, "owners", "--write", "CODEOWNERS").code == 0
            section = sloc(project, "owners").out.replace("\n", "\r\n").encode()
            assert file.read_bytes() == above + b"\r\n\r\n" + section

    def test_a_byte_order_mark_stays_and_hides_no_section(self, project: Path) -> None:
        file = project / "CODEOWNERS"
        section = sloc(project, "owners").out
        for text in (f"\ufeff{section}", f"\ufeff{section.replace('@lead', '@other')}* @all\n"):
            file.write_text(text)
            assert sloc(project, "owners", "--write", "CODEOWNERS").code == 0
            assert file.read_text() == f"\ufeff{section}" + "* @all\n" * ("@all" in text)
            assert sloc(project, "owners", "--check", "CODEOWNERS").code == 0

    def test_a_link_out_of_the_repository_is_refused(
        self, project: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        outside = tmp_path_factory.mktemp("outside") / "CODEOWNERS"
        outside.write_text("* @all\n")
        (project.parent / "CODEOWNERS").symlink_to(outside)
        for option in ("--check", "--write"):
            answer = sloc(project, "owners", option, "../CODEOWNERS")
            assert (answer.code, answer.out) == (2, "")
            assert answer.err.endswith("sloc: ../CODEOWNERS: a link that leads out of the repository\n")
        assert outside.read_text() == "* @all\n"
        assert sloc(project, "owners", "--write", str(outside)).code == 0, "the user named it"

    def test_each_project_of_a_repository_has_its_own(self, project: Path) -> None:
        other = project.parent / "other"
        other.mkdir()
        (other / "sloc.yaml").write_text(PROJECT)
        (other / "a.slo").write_text(a_service("a", "payments"))
        for folder in (project, other):
            assert sloc(folder, "owners", "--write", "../.github/CODEOWNERS").code == 0
        for folder in (project, other):
            assert sloc(folder, "owners", "--check", "../.github/CODEOWNERS").code == 0

    @pytest.mark.parametrize("broken", ["{begin}\n", "{end}\n{begin}\n", "{begin}\n{begin}\n{end}\n"])
    def test_broken_marks_are_no_guess(self, project: Path, broken: str) -> None:
        begin, *_, end = sloc(project, "owners").out.splitlines()
        (project / "CODEOWNERS").write_text(broken.format(begin=begin, end=end))
        for option in ("--check", "--write"):
            answer = sloc(project, "owners", option, "CODEOWNERS")
            assert (answer.code, "needs one `begin` line and one `end` line" in answer.err) == (1, True)
        assert (project / "CODEOWNERS").read_text() == broken.format(begin=begin, end=end)

    def test_a_file_that_cannot_be_read_or_written(self, project: Path) -> None:
        assert sloc(project, "owners", "--check", "nowhere").code == 2
        assert sloc(project, "owners", "--check", ".").code == 2
        assert sloc(project, "owners", "--write", "org.slo/CODEOWNERS").code == 2
        assert sloc(project, "owners", "--check", "a", "--write", "b").code == 2


@pytest.mark.parametrize(
    "handle", ["@a", "@a/b-c_d.e", "@group/sub/team", "someone@example.org", "@a @b someone@x.org"]
)
def test_handles(handle: str) -> None:
    project, problems = load(Source("sloc.yaml", f'owners: {{payments: "{handle}"}}'))
    assert (problems, project.owners) == ([], {"payments": handle})


HANDLES = "A handle is @user, @organization/team or an email address; separate several by a blank"


@pytest.mark.parametrize("handle", ["", "a", "@", "@a  @b", "@a,@b", "@a # b", "@a\\n", "@-a", "a@b#c"])
def test_what_is_no_handle(handle: str) -> None:
    (problem,) = load(Source("sloc.yaml", f'owners: {{payments: "{handle}"}}'))[1]
    assert problem.code == "E503"
    assert problem.help in ('write `payments: "@a"`', HANDLES)
