"""The laws: what holds for every program and every project file, however broken. A law that is broken raises."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from zlib import crc32

import yaml

from slocompiler.cli.files import stays_in
from slocompiler.cli.fix import MAX_ROUNDS, apply_fixes
from slocompiler.cli.sources import decoded, reader
from slocompiler.compiler import analyse, render, unfit
from slocompiler.diagnostics import Diagnostic
from slocompiler.diff.change import Side
from slocompiler.diff.compare import compare
from slocompiler.diff.render import markdown
from slocompiler.diff.render import text as diff_text
from slocompiler.formats import text, write
from slocompiler.ir import Program
from slocompiler.ir_json import from_json, to_json
from slocompiler.project import Project, load
from slocompiler.promql.parse import parsed
from slocompiler.promql.refused import version
from slocompiler.resolve.imports import SHIPPED, nothing
from slocompiler.source import Source
from slocompiler.targets import TARGETS
from support.compile import ROOT
from support.edited import changed
from support.layouts import fmt, meaning, read
from support.markers import files

TODAY = date(2026, 10, 1)
PROJECTS = (
    "{}",
    "targets: {prometheus: {ruler: operator, server: '3.0', profile: economy}, grafana: {schema: v2}}",
    "targets: {prometheus: {ruler: mimir, limits: {rules_per_group: 10}}, docs: {formats: [markdown]}}",
    "{grafana_url: 'https://g.example.org', docs_url: 'https://d.example.org', retention: 30d, targets: {prometheus: "
    "{ruler: thanos, server: '3.5', severities: {page: critical}, labels: {team: 'a {{ b'}}}}",
    "{scrape_interval: 1m, evaluation_interval: 20s, deployments: [{name: eu, where: {region: eu}, labels: {at: eu}}, "
    "{name: us, where: {region: us}, labels: {at: us}, severity: {page: urgent}, only: ['*'], target: 95%}], "
    "targets: {prometheus: {late_series: true}}}",
)
"""Project files with which programs are compiled: every ruler, both schemas of dashboards, deployments."""
FORMS = (*("json", "github", "gitlab") * 16, "sarif")
"""Formats besides text, one for each input; SARIF takes as long as ten others."""
MANY = 60
"""Templates may ask for hundreds of SLOs, whose files take seconds to read."""
EXAMPLE = """service a { owner "o" runbook "https://r.example.org" slo x 99% over 30d {
  events x_total{job="a"} bad {code="500"} per route stakeholders "s" because "b" review every 90d last 2026-10-01
  alerts { page at 2% of budget in 1h notify when budget below 20% } policy { below 5% "Stop." } } }"""
"""What is compiled with every project file."""
LAST = {"E506"}
"""What is looked for in programs without another error: there is no SLO of a name, or none at all."""
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def program(data: bytes) -> None:
    """The laws of a program, with the project file that its bytes choose."""
    source, chosen = decoded(data, "a.slo", "a.slo"), crc32(data)
    if isinstance(source, Diagnostic):
        _reports([source], chosen)
        return
    sources = [Source(one.path.replace("\0", "?"), one.text) for one in files(source.text)]  # no file has such a name
    project = _project(PROJECTS[chosen % len(PROJECTS)])
    found, problems = _analysed(sources, project)
    assert (found is None) == any(problem.is_error for problem in problems)
    _reports(problems, chosen)
    _fixes(sources, problems, project)
    if any(problem.code < "E2" for problem in problems):
        return
    laid_out = [Source(one.path, _layout(one.text)) for one in sources]
    if found:
        _same(found, _analysed(sources, project)[0])
        _same(found, _analysed(laid_out, project)[0])
        _same(found, from_json(json.loads(json.dumps(to_json(found)))))
        _outputs(found, project, chosen)


def project(data: bytes) -> None:
    """The laws of a project file."""
    source, chosen = decoded(data, "sloc.yaml", "sloc.yaml"), crc32(data)
    if isinstance(source, Diagnostic):
        _reports([source], chosen)
        return
    found, problems = load(source)
    _reports(problems, chosen)
    if not problems:
        example, problems = _analysed([Source("a.slo", EXAMPLE)], found)
        _reports(problems, chosen)
        if example:
            _outputs(example, found, chosen)


LAWS = {".slo": program, ".yaml": project}
"""The laws of a file, by the ending of its name."""


def _analysed(sources: list[Source], project: Project) -> tuple[Program | None, list[Diagnostic]]:
    """The program of the last file, which may import the others and the library."""
    known = {source.path: source for source in sources}

    def read(path: str) -> Source | str:
        return known.get(path) or (_library(path) if path.startswith(SHIPPED) else nothing(path))

    return analyse(sources[-1:], project, read, TODAY)


@cache
def _project(text: str) -> Project:
    found, problems = load(Source("sloc.yaml", text))
    assert not problems, problems
    return found


@cache
def _library(path: str) -> Source | str:
    return reader(ROOT)(path)


def _reports(problems: list[Diagnostic], chosen: int) -> None:
    """Every span lies in its file, and the text and one of the other formats, which takes longer, can be written."""
    for one in problems:
        edits = [edit.span for fix in one.fixes for edit in fix.edits]
        for span in (one.span, *(label.span for label in one.labels), *edits):
            assert 0 <= span.start <= span.end <= len(span.source.text), (one.code, span.start, span.end)
    text.write(problems)
    form = FORMS[chosen % len(FORMS)]
    printed = write(form, problems, lambda source: source.path)
    printed.encode()
    if form != "github":
        json.loads(printed)


def _fixes(sources: list[Source], problems: list[Diagnostic], project: Project) -> None:
    """A safe fix adds no error; all together end with no safe fix left, and leave a program where there is one.

    What a syntax error hid may appear after its fix, and what only a program without errors can have.
    """
    safe = [(one, fix) for one in problems for fix in one.fixes if fix.safe]
    syntax = any(problem.code < "E2" for problem in problems)
    for one, fix in () if syntax else safe:
        path = fix.edits[0].span.source.path
        now = [Source(s.path, changed(s.text, fix.edits) if s.path == path else s.text) for s in sources]
        left, before = _counted(_analysed(now, project)[1]), _counted(problems)
        new = [code for code in left - before if code.startswith("E") and code not in LAST]
        assert not new, f"{one.code}: {fix.title}: makes {new}"
    if safe:
        named = {str(ROOT / source.path): source for source in sources}
        fixed, _ = apply_fixes(named, lambda now: _analysed(list(now), project)[1], ROOT)
        found, after = _analysed(list(fixed.values()), project)
        ours = (one for one in after if stays_in(ROOT / one.span.source.path, ROOT))  # others are not changed
        assert not any(fix.safe for one in ours for fix in one.fixes), f"{MAX_ROUNDS} rounds of fixes did not suffice"
        assert found or any(problem.is_error for problem in problems), "fixes made an error"


def _counted(problems: list[Diagnostic]) -> Counter[str]:
    return Counter(one.code for one in problems)


def _layout(text: str) -> str:
    """The layout of a text, which is its own layout and has the text's meaning; with syntax errors, the text."""
    if read(text)[1]:
        return text
    once = fmt(text)
    assert fmt(once) == once, "the layout has another layout"
    assert meaning(once) == meaning(text), "the layout has another meaning"
    return once


def _same(one: Program, other: Program | None) -> None:
    """The comparison of two programs that mean the same is empty."""
    assert other is not None
    found = compare(one, other)
    assert found.kinds == (), found.kinds
    for render_diff in (diff_text.render, markdown.render):
        render_diff(found, Side("main", "0" * 40), Side("working tree")).encode()


def _outputs(found: Program, project: Project, chosen: int) -> None:
    """The rules and one other target are rendered, that one twice, and what reads their files can read them.

    All targets for each input would take most of the time of a run. A run of 10,000 inputs has some 1,000 programs
    that are rendered, so it comes to every target often. Of many SLOs only the rules are made.
    """
    options = project.options()
    other = list(TARGETS)[chosen // len(PROJECTS) % len(TARGETS)]
    for name in dict.fromkeys(("prometheus", other if len(found.slos) <= MANY else "prometheus")):
        if unfit(found, name, options):
            continue
        made = render(found, name, options)
        if name == other:
            assert made == render(found, name, options), "two builds differ"
        for path, content in made.items():
            _readable(path, content)
            if name == "prometheus":
                for expression in _expressions(yaml.load(content, yaml.CSafeLoader)):
                    parsed(expression, version(project.server))


def _readable(path: str, content: str) -> None:
    content.encode()
    match Path(path).suffix:
        case ".yaml":
            assert None not in yaml.load_all(content, yaml.CSafeLoader), path
        case ".json":
            json.loads(content)
        case ".html":
            _Nesting(path).check(content)


def _expressions(rules: Mapping[str, object] | list[object]) -> Iterable[str]:
    """The expressions of a file of rules, in whatever frame it has."""
    for key, value in rules.items() if isinstance(rules, dict) else enumerate(rules):
        if key == "expr":
            yield str(value)
        elif isinstance(value, dict | list):
            yield from _expressions(value)


class _Nesting(HTMLParser):
    """Holds that every element of a page is closed where it was opened."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.open = path, list[str]()

    def check(self, content: str) -> None:
        self.feed(content)
        self.close()
        assert not self.open, f"{self.path}: {self.open} is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1:] == [tag], f"{self.path}: </{tag}> closes {self.open[-1:]}"
        self.open.pop()
