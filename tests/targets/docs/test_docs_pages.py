"""The paths of pages, the links to them, and the files that a build writes."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from pathlib import Path

import cmarkgfm
import markdown

from slocompiler.ir import Program
from slocompiler.targets import render
from slocompiler.targets.docs.options import Options as DocsOptions
from slocompiler.targets.shared import Options, documentation_url
from support.command import files, sloc
from support.compile import EXAMPLES, ROOT, compile_files, compile_text
from support.documents import documents, page_of, section

LIMIT = 60_000
"""Bytes of the page of an SLO."""
COMMON = 20
"""A sentence that stands on this many pages is an explanation; one of fewer than five words is a label."""
MOST_COMMON = 0.15
"""The share of a page's words that may stand in such sentences."""


def test_a_policy_shows_which_steps_stop_deployments() -> None:
    """Only where one says so; then an exhausted budget stops them, too."""
    steps = 'below 50% "Look." below 25% "Wait." {} exhausted "Stop."'
    body = 'events x{} bad {code="500"} alerts none policy { %s }'
    gated, plain = (section(page_of(body % steps.format(word)), "When the budget runs low") for word in ("gate", ""))
    assert "Deployments wait" not in plain
    assert re.findall(r"\| (Look|Wait|Stop)\. \| no \| (yes|no) \|", gated) == [
        ("Look", "no"),
        ("Wait", "yes"),
        ("Stop", "yes"),
    ]


class TestPages:
    def test_each_has_the_path_that_alerts_link_to(self) -> None:
        program = compile_files(*EXAMPLES)
        made = documents(program)
        for slo in program.slos:
            url = documentation_url(slo, Options(docs_url="https://slo.example.org"))
            page = made[url.replace("https://slo.example.org", "site")]
            assert len(page.encode()) <= LIMIT
            assert slo.id in page

    def test_paths_are_unique(self) -> None:
        slos = " ".join(
            f'slo {name} 99% over 30d {{ events a_total{{}} bad {{c="1"}} }}' for name in ("index", "readme", "site")
        )
        program = compile_text(f'service index {{ owner "a" {slos} }} service reading {{ owner "a" {slos} }}')
        made = documents(program)
        assert len({name.lower() for name in made}) == len(made)
        assert "site/index/index.html" in made
        assert "Owner" in made["site/index/_index.html"]
        assert 'href="_index.html"' in made["site/index/index.html"]

    def test_long_rules_are_elsewhere(self) -> None:
        long = (
            "events `" + " + ".join(f"rate(a{n}_total[$window])" for n in range(230)) + "` bad `rate(b_total[$window])`"
        )
        page = page_of(long, format="site")
        assert " rules, in <code>prometheus/shop.rules.yaml</code>." in page
        assert len(page) < LIMIT

    def test_deployments_are_named(self, tmp_path: Path) -> None:
        """The page names all deployments; the rules are in the folder of each."""
        where = "{name: eu, where: {cluster: eu}}, {name: test, where: {cluster: test}, alerts: none}"
        (tmp_path / "sloc.yaml").write_text(f"deployments: [{where}]")
        (tmp_path / "a.slo").write_text(TestBuild.SOURCE)
        assert sloc(tmp_path, "build", "--target", "docs").code == 0
        page = files(tmp_path)["generated/docs/markdown/s/x.md"].decode()
        assert "Each deployment has its own budget: eu, test. Deployments without alerts: test." in page
        assert "The events are counted by `a_total{}`." in page
        assert " rules, in `prometheus/eu/s.rules.yaml`, `prometheus/test/s.rules.yaml`." in page

    def test_the_rules_are_those_of_the_file(self) -> None:
        program = compile_files(ROOT / "examples" / "checkout.slo")
        (rules,) = render(program, "prometheus", Options()).values()
        made = documents(program)
        parts = [re.search(r"```yaml\n(.*?)\n```", made[f"markdown/{slo.id}.md"], re.DOTALL) for slo in program.slos]
        assert [part for part in parts if part and part[1] in rules] == parts

    def test_a_search_knows_every_page(self) -> None:
        program = compile_files(*EXAMPLES)
        text = documents(program)["site/search.js"]
        rows = json.loads(text[text.index("[\n") : text.rindex(";")])
        assert len(rows) == len(program.slos) + len(program.services)
        assert {path for *_, path in rows} <= {name.removeprefix("site/") for name in documents(program)}

    def test_links_of_markdown_lead_somewhere(self) -> None:
        made = {
            name: text for name, text in documents(compile_files(*EXAMPLES)).items() if name.startswith("markdown/")
        }
        count = 0
        for name, text in made.items():
            for to, part in re.findall(r"\]\(([^<)#]+)#?([^)]*)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
                path = Path("markdown") / Path(name).relative_to("markdown").parent / to
                target = made[posixpath.normpath(path.as_posix())]
                headings = {
                    re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-")
                    for h in re.findall(r"^## (.*)$", target, re.M)
                }
                assert not part or part in headings, f"{name}: {to}#{part}"
                count += 1
        assert count > 150


def test_lists_stay_lists() -> None:
    """On GitHub and in MkDocs: each item is an item, numbers stay numbers, and no list joins the one before it."""
    for name, page in documents(compile_files(*EXAMPLES)).items():
        if not name.startswith("markdown/"):
            continue
        text = re.sub(r"^(`{3,}).*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
        counts = [len(re.findall(rf"^{mark} ", text, re.MULTILINE)) for mark in ("-", r"\d+\.")]
        for html in (cmarkgfm.github_flavored_markdown_to_html(text), markdown.markdown(text, extensions=["tables"])):
            lists = [re.findall(rf"<{kind}>(.*?)</{kind}>", html, re.DOTALL) for kind in ("ul", "ol")]
            assert [sum(one.count("<li>") for one in found) for found in lists] == counts, name
            assert not re.search(r"<li>\s*<p>", html), name


def sentences(page: str) -> list[str]:
    """The sentences of a page in Markdown, without code, headings, tables and the addresses of links."""
    prose = re.sub(r"<!--.*?-->|```.*?```|^#.*?$|^\|.*?$", "", page, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"\]\([^)]*\)", "]", prose)
    return [part for line in prose.splitlines() for part in re.split(r"(?<=[.?!:;])\s", line.strip()) if part]


def test_explanations_are_in_the_guide() -> None:
    """Most pages have few sentences in common, because "How to read this" explains once."""
    program = compile_files(*EXAMPLES)
    made = documents(program, targets={"docs": DocsOptions(formats=("markdown",))})
    pages = [sentences(made[f"markdown/{slo.id}.md"]) for slo in program.slos]
    assert len(pages) > COMMON
    on = Counter(sentence for page in pages for sentence in set(page))
    words = Counter[bool]()
    for sentence in (sentence for page in pages for sentence in page):
        count = len(re.findall(r"\w+", sentence))
        words[on[sentence] >= COMMON and count >= 5] += count
    assert words[True] / words.total() <= MOST_COMMON


class TestBuild:
    SOURCE = 'service s { owner "a" slo x 99% over 30d { events a_total{} bad {c="1"} } }\n'

    def test_by_default_and_not_where_turned_off(self, tmp_path: Path) -> None:
        (tmp_path / "a.slo").write_text(self.SOURCE)
        (tmp_path / "sloc.yaml").write_text("targets: {docs: {formats: [markdown]}, grafana: {build: false}}")
        assert sloc(tmp_path, "build").code == 0
        made = {name for name in files(tmp_path) if "/docs/" in name}
        assert "generated/docs/markdown/s/x.md" in made
        assert not any(name.startswith("generated/docs/site") for name in made)
        (tmp_path / "sloc.yaml").write_text("targets: {docs: {build: false}, grafana: {build: false}}")
        answer = sloc(tmp_path, "build")
        assert "removed generated/docs/markdown/s/x.md" in answer.out
        assert not [name for name in files(tmp_path) if "/docs/" in name]

    def test_a_build_recognizes_its_files(self, tmp_path: Path) -> None:
        """Every kind of file has the header of generated files."""
        (tmp_path / "a.slo").write_text(self.SOURCE)
        assert sloc(tmp_path, "build", "--target", "docs").code == 0
        for path in (tmp_path / "generated" / "docs").rglob("*.*"):
            path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert sloc(tmp_path, "build", "--target", "docs").code == 0, "no file is foreign"
        assert sloc(tmp_path, "build", "--target", "docs", "--check").code == 0


def test_formats() -> None:
    program: Program = compile_files(ROOT / "examples" / "cart.slo")
    only = documents(program, targets={"docs": DocsOptions(formats=("site",))})
    assert only == {name: text for name, text in documents(program).items() if name.startswith("site/")}


def test_queries_hold_what_people_wrote() -> None:
    """A dashboard escapes dollar signs, which begin its variables; a page has no variables."""
    page = page_of('events requests_total{job="shop"} bad {code=~"5..$"}')
    assert page.count('code=~"5..$"}[5m]') >= 2
    assert r"\x24" not in page
