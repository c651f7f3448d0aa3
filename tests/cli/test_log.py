"""`sloc log`: the record of what SLOs promised, from the commits of a repository."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

from slocompiler import grammar
from support.command import Answer, sloc
from support.repository import commit, git, isolate, slo

Days = list[tuple[str, dict[str, str | None]]]


def repository(folder: Path, monkeypatch: pytest.MonkeyPatch, days: Days) -> list[str]:
    """A project in a repository with a commit on each day; their hashes."""
    isolate(monkeypatch, folder)
    git(folder, "init", "--quiet")
    found = []
    for day, files in days:
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2026-{day}T12:00:00Z")
        found.append(commit(folder, {"sloc.yaml": "{}", **files})[:12])
    return found


def shop(target: str, because: str, name: str = "shop", people: str = '"product"', bad: str = '{code="5"}') -> str:
    more = f"    stakeholders {people}\n"
    return slo(target, name, more, because).replace('bad {code="5"}', f"bad {bad}").replace(f'"{name}"}}', '"shop"}')


def printed(folder: Path, *arguments: str) -> str:
    answer = sloc(folder, "log", *arguments)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


CALLS, AGAIN = "They call.", "They call again."
STEPS: Days = [
    ("01-05", {"a.slo": shop("99", "A guess.")}),
    ("02-03", {"a.slo": shop("99.9", CALLS)}),
    ("02-04", {"a.slo": shop("99.5", CALLS)}),
    ("02-05", {"a.slo": "service shop {"}),
    ("02-06", {"a.slo": "# as before\n" + shop("99.5", CALLS)}),
    ("02-07", {"a.slo": None, "b.slo": shop("99.5", CALLS, "store")}),
    ("02-08", {"b.slo": shop("99.5", AGAIN, "store", '"product", "support"')}),
    ("02-09", {"b.slo": shop("99.5", AGAIN, "store", bad='{code="5"} or {code="6"}')}),
]
LOG = """store/a  99.5% over 30d since 2026-02-04

2026-02-09  {7}  A
  harder        also bad: {{code="6"}}
  because       They call again.
  agreed by     product

2026-02-08  {6}  A
  stakeholders  product → product, support
  because       They call. → They call again.

2026-02-07  {5}  A
  renamed       shop/a → store/a
  because       They call.
  agreed by     product

2026-02-04  {2}  A
  loosened      target 99.9% → 99.5%, ×5 looser, with the same reason
                budget 43m12s → 3h36m of full outage in 30d; 1,000 → 5,000 bad events in a million
  because       They call.
  agreed by     product

2026-02-03  {1}  A
  tightened     target 99% → 99.9%, ×10 stricter
                budget 7h12m → 43m12s of full outage in 30d; 10,000 → 1,000 bad events in a million
  because       They call.
  agreed by     product

2026-01-05  {0}  A
  added         99% over 30d
                budget 7h12m of full outage in 30d; 10,000 bad events in a million
  because       A guess.
  agreed by     product
"""


def test_every_change_of_a_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Across a new name, another file, a commit that does not compile, and one that changes no promise."""
    commits = repository(tmp_path, monkeypatch, STEPS)
    assert printed(tmp_path, "store/a") == LOG.format(*commits)
    assert printed(tmp_path, "shop") == printed(tmp_path, "s*/a") == printed(tmp_path), "a former name, a pattern, all"
    data = json.loads(printed(tmp_path, "--format", "json"))
    jsonschema.validate(data, json.loads(grammar.text("log.schema.json")))
    ((id, entries),) = [(one["id"], one["entries"]) for one in data["slos"]]
    assert (id, [(one["id"], one["day"][5:], one["target"]) for one in entries]) == (
        "store/a",
        [
            *(("shop/a", "01-05", "0.99"), ("shop/a", "02-03", "0.999"), ("shop/a", "02-04", "0.995")),
            *(("store/a", "02-07", "0.995"), ("store/a", "02-08", "0.995"), ("store/a", "02-09", "0.995")),
        ],
    )


def test_an_slo_that_is_gone_keeps_its_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [{"a.slo": slo("99")}, {"a.slo": None, "b.slo": slo("95", "cart", because="x | <b>y</b>")}]
    one, two = repository(tmp_path, monkeypatch, [("01-05", files[0]), ("02-03", files[1])])
    assert printed(tmp_path, "--format", "markdown").splitlines() == [
        "### `cart/a`",
        "",
        "95% over 30d since 2026-02-03",
        "",
        "| Day | Commit | Author | Change | Reason | Agreed by |",
        "|---|---|---|---|---|---|",
        f"| 2026-02-03 | {two} | A | **added** 95% over 30d; budget 1d12h of full outage "
        "| x &#124; &#60;b&#62;y&#60;/b&#62; | nobody named |",
        "",
        "### `shop/a`",
        "",
        "removed on 2026-02-03",
        "",
        "| Day | Commit | Author | Change | Reason | Agreed by |",
        "|---|---|---|---|---|---|",
        f"| 2026-02-03 | {two} | A | **removed** 99% over 30d; budget 7h12m of full outage | b | nobody named |",
        f"| 2026-01-05 | {one} | A | **added** 99% over 30d; budget 7h12m of full outage | b | nobody named |",
    ]


def test_a_merge_counts_on_its_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path, monkeypatch, [("01-05", {"a.slo": slo("99")})])
    git(tmp_path, "checkout", "--quiet", "-b", "stricter")
    commit(tmp_path, {"a.slo": slo("99.5")})
    commit(tmp_path, {"a.slo": slo("99.9")})
    git(tmp_path, "checkout", "--quiet", "main")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-08T12:00:00Z")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Merger")
    git(tmp_path, "merge", "--quiet", "--no-ff", "-m", "merge", "stricter")
    heads = [line for line in printed(tmp_path).splitlines() if line.startswith("2026")]
    assert [(line[:10], line.split()[-1]) for line in heads] == [("2026-03-08", "Merger"), ("2026-01-05", "A")]


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_nothing_of_a_commit_acts_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """A commit that somebody wrote by hand: control characters, bytes that are no UTF-8, other lines, no valid date."""
    repository(tmp_path, monkeypatch, [("01-05", {"a.slo": slo("99")})])
    (tmp_path / "a.slo").write_text(slo("99.9"), encoding="utf-8")
    git(tmp_path, "add", "--all")
    tree, parent = git(tmp_path, "write-tree"), git(tmp_path, "rev-parse", "HEAD")
    author = "Ev\x1b[31m\r\x0b\x85\u2028\u202e\x9b1m\tl| ".encode() + b"\xff\xfe <e@example.org>"
    raw = f"tree {tree}\nparent {parent}\n".encode() + b"author %b 99999999999999999999 +0000\n" % author
    raw += b"committer x <x> never +0000\n\nchange\n"
    done = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
        cwd=tmp_path, input=raw, capture_output=True, check=True, env=dict(os.environ),
    )  # fmt: skip  # one command
    git(tmp_path, "update-ref", "refs/heads/main", done.stdout.decode().strip())
    out = printed(tmp_path, "--format", form)
    assert all(char.isprintable() or char == "\n" for char in out)
    assert "Ev" in out
    assert "0.999" in out if form == "json" else "tightened" in out
    assert '"day": null' in out if form == "json" else "no date" in out


def test_what_is_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ends(*arguments: str) -> Answer:
        answer = sloc(tmp_path, "log", *arguments)
        assert (answer.code, answer.out) == (2, "")
        return answer

    isolate(monkeypatch, tmp_path)
    assert "git repository: the history comes from git" in ends().err
    repository(tmp_path, monkeypatch, [("01-05", {"README": "no SLOs"})])
    assert ends().err == "sloc: no commit has an SLO\n"
    commit(tmp_path, {"a.slo": slo("99")})
    assert ends("shop/b").err == "sloc: no commit has an SLO or a service `shop/b`; did you mean `shop/a`?\n"


def test_a_rename_with_formerly_keeps_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may change what is measured too, which a rename without the word could not be told from another SLO."""
    renamed = shop("99.9", "They call.", bad='{code="6"}').replace("service shop {", "service store {\n  formerly shop")
    repository(tmp_path, monkeypatch, [("02-03", {"a.slo": shop("99", "x")}), ("02-04", {"a.slo": renamed})])
    text = printed(tmp_path)
    assert "continued     shop/a → store/a" in text
    assert "2026-02-03" in text
