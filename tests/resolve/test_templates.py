"""Templates and defaults: what they mean in the IR, and that a mistake in what they make shows both places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from slocompiler import ir
from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.locations import reached
from slocompiler.formats.text import render
from slocompiler.resolve.imports import nothing
from slocompiler.source import Reached
from support.compile import ROOT
from support.markers import Case, cases, diagnostics, files

CORPUS = ROOT / "tests" / "corpus"


def compiled(text: str) -> ir.Program:
    """The program of the last of the files in `text`."""
    sources = files(text)
    known = {source.path: source for source in sources}
    program, found = analyse(sources[-1:], read=lambda path: known.get(path, nothing(path)))
    assert program is not None, "\n".join(render(problem) for problem in found)
    return program


def only(text: str) -> ir.Slo:
    (slo,) = compiled(text).slos
    return slo


# Which of several settings holds

LEVELS = """# file: org.slo
defaults {{
{imported}
}}
# file: checkout.slo
import "org.slo"
defaults {{
{defaults}
}}
template web() {{
{template}
  slo a 99% over 30d {{
    events x{{}}
    bad {{code="5"}}
{slo}
  }}
}}
service checkout {{
  owner "o"
{service}
  use web()
}}
"""
FARTHEST_FIRST = ("imported", "defaults", "service", "template", "slo")
SETTINGS: dict[str, tuple[str, Any]] = {
    "runbook": ('runbook "{}"', lambda slo: slo.runbook),
    "stakeholders": ('stakeholders "{}"', lambda slo: slo.stakeholders[0]),
    "policy": ('policy {{ exhausted "{}" }}', lambda slo: slo.policy[0].action),
    "alerts": ("alerts {{ ticket when no data for {}m }}", lambda slo: str(slo.alerts[0].lasting // 60)),
    "review": ("review every {}d", lambda slo: str(slo.review.every // 86400)),
    "labels": ('labels {{ a = "{}" }}', lambda slo: slo.labels[0].value),
}


def levels(said: dict[str, str]) -> str:
    return LEVELS.format(**{level: said.get(level, "") for level in FARTHEST_FIRST})


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_nearest_setting_holds(setting: str) -> None:
    statement, read = SETTINGS[setting]
    said: dict[str, str] = {}
    for number, level in enumerate(FARTHEST_FIRST):
        said[level] = statement.format(number + 5)
        assert read(only(levels(said))) == str(number + 5), f"{level} is nearer than what is around it"


def test_labels_and_links_add_up() -> None:
    said = {
        level: f'link "{level}" "https://{level}"\n  labels {{ at_{level} = "1", all = "{level}" }}'
        for level in FARTHEST_FIRST
    }
    slo = only(levels(said))
    assert [link.title for link in slo.links] == list(FARTHEST_FIRST)
    assert {label.name: label.value for label in slo.labels} == {
        **{f"at_{level}": "1" for level in FARTHEST_FIRST},
        "all": "slo",
    }


def test_a_link_that_two_blocks_say_is_one() -> None:
    assert len(only(levels(dict.fromkeys(FARTHEST_FIRST, 'link "a" "https://a"'))).links) == 1


def test_every_setting_tells_where_it_was_said() -> None:
    slo = only(levels({"imported": 'runbook "r"', "template": "alerts none", "service": "review every 90d"}))
    places = {origin.setting: origin.place for origin in slo.origins}
    assert places == {"owner": "checkout.slo:14", "runbook": "org.slo:2", "alerts": "checkout.slo:6", "review": "checkout.slo:15"}  # fmt: skip  # a table
    assert (slo.source, slo.used_at) == ("checkout.slo", "checkout.slo:16")


# What texts become


def test_names_in_defaults_are_those_of_each_slo() -> None:
    text = levels({"imported": 'runbook "https://x/${service}/${slo}/$${slo}"'}).replace("use web()", "use web() as b")
    assert only(text).runbook == "https://x/checkout/b-a/${slo}"


NESTED = """template inner(text, more) {
  slo a "${text}" 99% over 30d {
    events x{label=$text, other="${text}{more}$${text}"}
    bad {code="5"}
    because $more
  }
}
template outer(text) {
  use inner(text = "<${text}>", more = $text)
}
service s {
  owner "o"
  use outer(text = "ARGUMENT")
}
"""


@pytest.mark.parametrize(
    ("argument", "means"),
    [
        ("plain", "plain"),
        ("$${text}", "${text}"),
        ("$$${text}", "$${text}"),
        ("${service}", "s"),
        ("$${service} ${service}", "${service} s"),
        ("{text}", "{text}"),
        ("$", "$"),
        ("$$", "$$"),
        ("a $ {text} }", "a $ {text} }"),
        ('\\"\\\\', '"\\'),
    ],
)
def test_an_argument_is_not_read_again(argument: str, means: str) -> None:
    slo = only(NESTED.replace("ARGUMENT", argument))
    assert isinstance(slo.indicator, ir.Ratio)
    assert (slo.title, slo.because) == (f"<{means}>", means)
    assert [matcher.value for matcher in slo.indicator.total[0].all] == [f"<{means}>", f"<{means}>{{more}}${{text}}"]


def test_a_number_a_duration_and_a_date_stand_in_texts_as_they_were_written() -> None:
    text = NESTED.replace('"ARGUMENT"', "99.90%").replace("because $more", 'because "${more}"')
    text = text.replace("label=$text, ", "").replace('"<${text}>"', "$text")
    for written in ("99.90%", "1.50", "090m", "2026-10-01", "5MB"):
        assert only(text.replace("99.90%", written)).because == written


def test_a_parameter_is_escaped_in_the_strings_of_raw_promql_and_a_number_elsewhere() -> None:
    text = """template raw(job, most) {
  slo a 99% over 30d {
    slices 1m
    good when `max(queue{job="$job", a='$job', b=~"x$"}) < $most`
  }
}
service s {
  owner "o"
  use raw(job = "a\\"b\\\\c'd", most = 5e3)
}
"""
    slo = only(text)
    assert isinstance(slo.indicator, ir.Slices)
    expr = r"""max(queue{job="a\"b\\c'd", a='a"b\\c\'d', b=~"x$"}) < 5e3"""
    assert slo.indicator.good_when == ir.RawCondition(expr=expr)


def test_drafts_by_use_have_no_alerts() -> None:
    text = levels({}).replace("use web()", "use web() as a\n  draft use web() as b")
    real, draft = compiled(text).slos
    assert (real.draft, draft.draft) == (False, True)
    assert real.alerts
    assert not draft.alerts


# A mistake in what a template makes shows the template and its use


SERVICE = re.compile(r'^service ([\w-]+)(?: "[^"\n]*")? \{', re.MULTILINE)
USE = 'service one-that-uses {\n  owner "payments"\n  use a-template()\n}\n'


def templated(text: str) -> str:
    """The text with its first service made a template, on the same lines."""
    return SERVICE.sub("template a-template() {", text, count=1)


def wrapped() -> Iterator[Any]:
    """Programs of the corpus whose mistakes are no syntax errors: a template makes the same ones."""
    for page in sorted(CORPUS.glob("*.md")):
        for case in cases(page.read_text("utf-8")):
            known = diagnostics(case.text)
            if SERVICE.search(case.text) and len(files(case.text)) == 1 and all(found.code > "E107" for found in known):
                yield pytest.param(case, id=f"{page.stem}: {case.name}")


def key(found: Diagnostic) -> tuple[str, int]:
    return found.code, found.span.start


@pytest.mark.parametrize("case", list(wrapped()))
def test_whatever_is_wrong_in_what_a_template_makes_shows_both_places(case: Case) -> None:
    text = templated(case.text)
    declared = {key(found) for found in diagnostics(text)}
    made = [found for found in diagnostics(f"{text}\n{USE}") if key(found) not in declared]
    for found in made:
        if found.span.start < len(text):
            assert isinstance(found.span, Reached), render(found)
            assert [*reached(found.span)][-1].span.text == "a-template", render(found)
            assert "the template `a-template` is used here" in render(found)


def test_enough_of_the_corpus_is_made_by_a_template() -> None:
    codes = set()
    for case in (parameter.values[0] for parameter in wrapped()):
        codes |= {
            found.code for found in diagnostics(f"{templated(case.text)}\n{USE}") if isinstance(found.span, Reached)
        }
    assert len(codes) > 30, sorted(codes)


def test_a_mistake_that_uses_share_is_reported_once_and_shows_some_of_them() -> None:
    text = templated('service a {\n  slo a 100% over 30d {\n    events x{}\n    bad {code="5"}\n  }\n}\n')
    uses = "".join(f"  use a-template() as n{number}\n" for number in range(9))
    (found,) = (problem for problem in diagnostics(f'{text}service s {{\n  owner "o"\n{uses}}}\n') if problem.is_error)
    assert render(found).count("use a-template() as n") == 4
    assert "and here, and 5 more" in render(found)


def test_of_many_templates_within_one_another_the_nearest_and_the_outermost_use_are_shown() -> None:
    chain = "".join(f"template t{n}() {{\n  use t{n - 1}()\n}}\n" for n in range(1, 20))
    text = templated('service a {\n  slo a 100% over 30d {\n    events x{}\n    bad {code="5"}\n  }\n}\n')
    whole = text.replace("a-template", "t0") + chain + 'service s {\n  owner "o"\n  use t19()\n}\n'
    (found,) = (problem for problem in diagnostics(whole) if problem.is_error)
    assert re.findall(r"the template `(t\d+)` is used here", render(found)) == ["t0", "t1", "t19"]
