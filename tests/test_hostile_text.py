"""Whatever text people write arrives as they wrote it: nothing of it is YAML, PromQL or a template of Prometheus."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slocompiler import promql
from slocompiler.compiler import analyse
from slocompiler.source import Source
from support.command import sloc
from support.compile import rules
from support.rendering import render_alerts

NAMED: dict[str, str] = {
    "quotes": """a "b" 'c' \\"d\\" ``e` '' \"\"""",
    "backslashes": "\\ \\\\ \\n \\t \\u0041 \\x41 \\' C:\\dir\\",
    "line ends": "first\nsecond\n\n  fourth\r\nfifth\rsixth\x85seventh\u2028eighth\u2029ninth\n",
    "tabs": "\ta\tb\t",
    "blanks": "  a  b  ",
    "blank lines": "\n\n a\n \n\n",
    "actions": '{{ $value }} {{- .Labels -}} {{ end }} {{`{{`}} {{/* x */}} {{"{"}}',
    "braces": "{ {} }} { { {{{ }}} {",
    "one brace": "{",
    "closing": "}}",
    "holes": "${x} $${y} $$${z} ${ $ $$ {$ ${service}",
    "YAML": "- a: b # c\n? d\n| > & * ! % @ ` [e, f] {g: h} --- ...\n<<: *x",
    "comment": "# comment: here #and there",
    "colon": "a: b: c:",
    "end of a comment\nof the file": "x\ngroups: []",
    "a hexadecimal number": "0x1F",
    "an octal number": "0o17",
    "base 60": "1:30",
    "yes": "yes",
    "no": "No",
    "null": "null",
    "tilde": "~",
    "a date": "2026-10-01",
    "infinity": ".inf",
    "an equals sign": "=",
    "percent": "100% %s %d %% %!s(MISSING) 5%",
    "emoji": "🚨 👩‍👩‍👧‍👦 é é 你好 ﷽",
    "directions": "\u202egnp.exe\u202c \u2066x\u2069 \u200f\u200e\u061c",
    "no width": "a\u200bb\ufeffc\u2060d\u00ade",
    "control": "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f\x1b[31mred",
    "nothing": "\0",
    "no characters": "\ufffe\uffff\U0001fffe\U0010ffff\ue000",
    "markup": "<b>&amp;</b> <script>alert(1)</script> [a](b) **c** _d_",
    "of PromQL": 'x"} or vector(1) # {a=~".*"} [5m] offset 1d `y`',
    "long": "0123456789" * 100,
    "of braces": "{{" * 300,
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), max_size=300) | st.text(
    "{}$\"'\\`%#:- \n\tx", max_size=60
)

SLO = """
  slo NAME TEXT 99.9% over 30d {
    events m_total{job=TEXT, path!=TEXT}
    bad {code=TEXT}
    runbook TEXT stakeholders TEXT, TEXT link TEXT TEXT labels { tier = TEXT } because TEXT
    alerts { page at 2% of budget in 1h notify when budget below 25% ticket when no data for 5m }
    policy { below 25% TEXT notify }
  }
"""


def written(text: str) -> str:
    """A string of the language."""
    for sign, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("${", "$${")):
        text = text.replace(sign, escape)
    return f'"{text}"'


def escaped(text: str) -> str:
    """The same by numbers, where a number does."""
    numbers = "".join(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else char for char in text)
    return '"' + numbers.replace("\\u0024\\u007b", "$${") + '"'


def service(texts: dict[str, str], owner: str) -> str:
    """A service whose SLOs have a text each wherever a text can be, written as a string already."""
    slos = "".join(SLO.replace("NAME", name).replace("TEXT", text) for name, text in texts.items())
    return f"service s {{ owner {owner} {slos} }}"


def compiled(source: str) -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(rules(source))["groups"] for rule in group["rules"]]


def rendered(template: str) -> str:
    """What a template of Prometheus gives where it asks for nothing: a brace is all that an action may be."""
    assert re.sub(r'\{\{"\{"\}\}', "", template).count("{{") == 0, template
    return template.replace('{{"{"}}', "{")


def is_held(text: str, annotation: str) -> bool:
    """Whether the text stands in an annotation, of which the ends of lines of queries do not matter."""
    return text in re.sub(r'\{\{"\{"\}\}', "{", annotation)


@settings(max_examples=60)
@given(TEXTS)
@example("")
def test_any_text_arrives(text: str) -> None:
    owner = text if text.strip() else "team"
    found = compiled(service({"x": written(text)}, written(owner)))
    (info,) = (rule["labels"] for rule in found if rule.get("record") == "slo:info")
    assert (info["title"], info["owner"], info["tier"]) == (text, owner, text)
    for alert in (rule for rule in found if "alert" in rule):
        labels, annotations = alert["labels"], alert["annotations"]
        assert (rendered(labels["owner"]), rendered(labels["tier"])) == (owner, text)
        assert rendered(annotations.get("runbook_url", "")) == text
        promised = f" Agreed with {text}, {text}. {text}\n"
        assert is_held(promised, annotations["description"]) or not text
        assert is_held(f"Runbook: {text}\n{text}: {text}".strip(), annotations["description"]) or not text
        if alert["alert"] == "SLOBudget":
            assert is_held(f"Agreed action: {text}\n", annotations["description"]) or not text


@settings(max_examples=40)
@given(TEXTS)
def test_any_text_is_matched(text: str) -> None:
    found = compiled(service({"x": written(text)}, '"team"'))
    (rate,) = (rule["expr"] for rule in found if rule.get("record") == "slo:events:rate5m")
    selector = re.fullmatch(r"sum\(rate\((.*)\[5m\]\) >= 0\)", rate, re.DOTALL)
    assert selector, rate
    parsed = promql_parser.parse(selector[1])
    assert isinstance(parsed, promql_parser.VectorSelector)
    assert {(m.name, str(m.op), m.value) for m in parsed.matchers.matchers} == {
        ("job", "MatchOp.Equal", text),
        ("path", "MatchOp.NotEqual", text),
    }


@pytest.mark.parametrize("name", NAMED)
def test_is_the_same_by_numbers(name: str) -> None:
    text = NAMED[name]
    assert rules(service({"x": written(text)}, '"team"')) == rules(service({"x": escaped(text)}, '"team"'))


@pytest.mark.parametrize("text", ["a\u202eb", "a\x1bb", "a\x85b", "a\u2028b", "a\ufeffb"])
def test_what_misleads_readers_is_escaped(text: str) -> None:
    """Nothing in a rules file turns the text around, moves the cursor, or ends a line for some readers only."""
    assert text[1] not in rules(service({"x": written(text)}, written(text)))


@pytest.mark.parametrize("command", [["show"], ["explain", "s/x"], ["check", "--strict"]])
def test_no_terminal_acts_on_it(command: list[str], tmp_path: Path) -> None:
    control = NAMED["control"].replace("\n", "") + NAMED["directions"]
    source = service({"x": written(control)}, written(control)).replace("99.9%", "40%")
    (tmp_path / "a.slo").write_bytes(source.encode())
    answer = sloc(tmp_path, *command)
    assert set(answer.out + answer.err) & set(control) <= set("\tredgnp.xcm0139[ ")


def test_what_prometheus_cannot_compare_is_reported() -> None:
    """It prints an expression before it evaluates it, and does not read U+FFFD again."""
    text = 'service s { owner "a" slo x 99% over 30d { events m_total{job="\ufffd"} bad {code="\\ufffd"} } }'
    _, problems = analyse([Source("test.slo", text)])
    assert [problem.code for problem in problems if problem.is_error] == ["E210", "E210"]


def test_quoting_is_of_one_line_and_what_python_reads() -> None:
    for text in NAMED.values():
        quoted = promql.quote(text)
        assert len(quoted.splitlines()) == 1
        assert ast.literal_eval(quoted) == text


def test_a_real_prometheus_shows_them(tmp_path: Path) -> None:
    texts = {f"t{number}": text for number, text in enumerate(NAMED.values())}
    owner = NAMED["actions"] + NAMED["control"] + NAMED["nothing"]
    source = service({name: written(text) for name, text in texts.items()}, written(owner))
    source = source.replace("page at 2% of budget in 1h", "").replace("ticket when no data for 5m", "")
    series = {f'slo:budget_left:ratio{{slo="s/{name}",service="s"}}': 0.1 for name in texts}
    alerts = render_alerts(rules(source), series, tmp_path, hours=1)
    assert {alert["labels"]["slo"] for alert in alerts} == {f"s/{name}" for name in texts}
    for alert in alerts:
        text = texts[alert["labels"]["slo"].removeprefix("s/")]
        description = alert["annotations"]["description"]
        assert (alert["labels"]["tier"], alert["labels"]["owner"]) == (text, owner)
        assert alert["annotations"]["runbook_url"] == text
        assert f" Agreed with {text}, {text}. {text}\n" in description
        assert alert["annotations"]["summary"].startswith(f"s: {text}: ")
        assert f"Agreed action: {text}\n" in description
        assert f"Runbook: {text}\n{text}: {text}".strip() in description
