"""docs/ leaves nothing out: every statement, command, option, key, limit, series and kind of change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from lark import Lark

from slocompiler import grammar
from slocompiler.cli import declared
from slocompiler.cli.connection import connection
from slocompiler.cli.group import COMMANDS, find
from slocompiler.cli.http_config import SCHEMA as HTTP_CONFIG
from slocompiler.cli.http_config import read_http_config
from slocompiler.cli.sources import MAX_FILE
from slocompiler.diff.change import KINDS
from slocompiler.ir import Alert, Burn
from slocompiler.project import load
from slocompiler.record import replace
from slocompiler.resolve import templates
from slocompiler.source import Source
from slocompiler.syntax import limits, values
from slocompiler.targets import render
from slocompiler.targets.shared import ALERTNAMES, Options
from support.compile import EXAMPLES, ROOT, compile_files, compile_text
from support.pages import page
from support.textmate import KEYWORDS, LARK

DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def headings(name: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", text(name), re.MULTILINE)


def section(name: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level."""
    level = heading.partition(" ")[0]
    (found,) = re.findall(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text(name), re.MULTILINE | re.DOTALL
    )
    return str(found)


# The language


def statements() -> set[str]:
    """The words with which a statement, a line of alerts or a step of a policy begins, from the grammar."""
    parser = Lark(LARK, parser="lalr", keep_all_tokens=True)
    begins: dict[str, set[str]] = {}
    for rule in parser.rules:
        begins.setdefault(rule.origin.name, set()).add(rule.expansion[0].name if rule.expansion else "")
    rules = {rule.origin.name for rule in parser.rules}

    def first(name: str) -> Iterator[str]:
        for symbol in begins[name] - {name}:
            yield from first(symbol) if symbol in rules else [symbol]

    found = {
        symbol
        for name in ("start", "defaults", "_service_item", "_slo_item", "_journey_item", "alert", "step")
        for symbol in first(name)
    }
    found |= {symbol.name for rule in parser.rules for symbol in rule.expansion if symbol.name in ("SLO", "USE")}
    return {word for name in found & KEYWORDS.keys() for word in KEYWORDS[name]}


def test_every_statement_has_its_section() -> None:
    known = statements()
    assert {"import", "owner", "slo", "draft", "use", "no", "page", "exhausted", "per"} <= known
    titled = {
        word
        for heading in headings("language.md")
        for code in re.findall(r"`([^`]*)`", heading)
        for word in code.split()
    }
    assert known - titled == set()


def test_every_word_of_the_grammar_is_shown() -> None:
    shown = re.findall(r"`[^`\n]+`|^```slo.*?^```", text("language.md"), re.MULTILINE | re.DOTALL)
    words = {word for code in shown for word in re.findall(r"[a-z]+", code)}
    assert {word for found in KEYWORDS.values() for word in found} - words == set()


@pytest.mark.parametrize(("days", "row"), [(30, "28 days and more"), (7, "7 days and more"), (1, "1 day and more")])
def test_the_standard_alerts_are_as_they_are(days: int, row: str) -> None:
    def alerts(statement: str) -> list[Alert]:
        head = f'service a {{ owner "b" slo c 99.9% over {days}d {{'
        (slo,) = compile_text(f'{head} events x{{}} bad {{c="1"}} {statement} }} }}').slos
        return [replace(line, ceiling=None) if isinstance(line, Burn) else line for line in slo.alerts]

    rows = [re.search(rf"^\| {name} \| (.*) \|$", text("language.md"), re.MULTILINE) for name in (row, "all of these")]
    lines = [line for found in rows if found for line in re.findall("`([^`]*)`", found[1])]
    assert alerts(f"alerts {{ {' '.join(lines)} }}") == alerts("")


def test_limits_are_as_they_are() -> None:
    table = section("language.md", "### Limits")
    reported = (
        f"{MAX_FILE >> 20} MiB",
        f"{limits.MOST_WORDS:,} words",
        f"{limits.LONGEST_LINE >> 10} KiB",
        f"| {limits.LONGEST_STRING >> 10} KiB",
        f"{limits.LARGEST_BLOCK >> 10} KiB",
        f"parentheses within one another | {limits.DEEPEST} |",
        f"| {values.MAX_DIGITS} |",
        f"templates within one another | {templates.DEEPEST} |",
    )
    assert [limit for limit in reported if limit not in table] == []


# The project file


def test_project_file_shows_every_key_with_its_default() -> None:
    (shown,) = re.findall(
        r"^```yaml\n(.*?)^```$", section("operate.md", "## The project file"), re.MULTILINE | re.DOTALL
    )
    assert load(Source("sloc.yaml", shown))[1] == []
    schema = json.loads(grammar.text("project.schema.json"))["properties"]
    data = yaml.safe_load(shown)
    targets, live = (schema.pop(name)["properties"] for name in ("targets", "live"))
    assert data.pop("live") == {key: entry["default"] for key, entry in live.items()}
    assert data.pop("targets") == {
        name: {key: entry["default"] for key, entry in target["properties"].items()} for name, target in targets.items()
    }
    assert data == {key: entry["default"] for key, entry in schema.items()}
    keys = schema["deployments"]["items"]["properties"]
    assert re.findall(r"^\| `(\w+)` \|", section("operate.md", "## Deployments"), re.MULTILINE) == list(keys)


def test_every_option_of_a_connection_is_explained() -> None:
    params = declared.command("ask")(connection(lambda: None)).parameters
    lines = re.findall(r"^\|(.*)\|$", section("live.md", "## Which server"), re.MULTILINE)
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    assert {flag for param in params for flag in param.flags} == set(
        re.findall(r"`(--[\w-]+)", " ".join(map(str, rows)))
    )
    variables = {param.words["envvar"] for param in params if "envvar" in param.words}
    assert variables | {"SLOC_HOSTS"} == set(re.findall(r"`(SLOC_\w+)`", " ".join(row[1] for row in rows)))
    keys = {row[2].strip("`"): row[3].strip("` ") for row in rows if row[2].startswith("`")}
    schema = json.loads(grammar.text("project.schema.json"))["properties"]["live"]["properties"]
    assert keys == {key: str(entry["default"] or "") for key, entry in schema.items()}


def test_every_key_of_http_config_is_explained(tmp_path: Path) -> None:
    about = section("live.md", "## Credentials")
    rows = "\n".join(re.findall(r"^\| (.*?) \|$", about, re.MULTILINE))
    named = set(re.findall(r"`(\w+)`", rows))
    keys = {key for name, entry in HTTP_CONFIG["properties"].items() for key in (name, *entry.get("properties", ()))}
    assert keys - named == set()
    (shown,) = re.findall(r"^```yaml file=http.yaml\n(.*?)^```$", about, re.MULTILINE | re.DOTALL)
    (tmp_path / "http.yaml").write_text(
        shown.replace("/run/secrets/mimir-token", "token").replace("ca_file: ca.pem", "server_name: x")
    )
    (tmp_path / "token").write_text("abc")
    config = read_http_config(str(tmp_path / "http.yaml"))
    assert (config.headers, config.proxy) == ({"Authorization": "Bearer abc"}, "http://proxy.example.org:3128")


# What is generated


def test_every_series_is_explained() -> None:
    rendered = render(compile_files(*EXAMPLES), "prometheus", Options()).values()
    recorded = {name for rules in rendered for name in re.findall(r"- record: (\S+)", rules)}
    explained = section("operate.md", "## What is recorded")
    known = set(re.findall(r"`(slo:[\w:]+)`", explained))
    windows = {name for name in recorded if re.fullmatch(r"slo:error_ratio:rate\w+", name)}
    assert recorded - windows == known - {"slo:error_ratio:rate5m", "slo:error_ratio:rate1h"}
    assert all(f"`{name}`" in explained for name in ALERTNAMES)


# The command line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name: str) -> None:
    explained = section("commands.md", f"## `sloc {name}`")
    command = find(name)
    assert command
    options = [one for one in command.parameters if one.flags]
    common = text("commands.md").partition("## `sloc")[0]
    for option in options:
        assert any(flag in explained + common for flag in option.flags), option.flags


def test_every_kind_of_change_is_explained() -> None:
    assert re.findall(r"^\| `(\w+)` \|", section("ci.md", "### Kinds of changes"), re.MULTILINE) == list(KINDS)


def test_every_page_is_linked_from_the_readme() -> None:
    linked = re.findall(r"\]\((docs/[\w-]+\.md)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert set(linked) == {path.relative_to(ROOT).as_posix() for path in DOCS.glob("*.md")}


def test_the_readme_fits_two_screens() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("\n") <= 120


# Sloth


def test_the_converted_example_says_the_same() -> None:
    found = page(DOCS / "coming-from-sloth.md")
    sloth = yaml.safe_load(next(block.text for block in found.blocks if block.file.startswith("sloth/")))
    program, _ = found.compile(next(block for block in found.blocks if block.kind == "slo"))
    assert program
    (service,) = program.services
    assert service.name == sloth["service"]
    assert [(slo.name, float(slo.target * 100)) for slo in service.slos] == [
        (slo["name"], slo["objective"]) for slo in sloth["slos"]
    ]
    for slo, other in zip(service.slos, sloth["slos"], strict=True):
        assert bool(slo.alerts) == (not other["alerting"]["page_alert"].get("disable"))
        assert slo.title == other["description"].rstrip(".")


def test_pictures_are_shown() -> None:
    shown = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *DOCS.glob("*.md")))
    assert {path.name for path in (DOCS / "pictures").glob("*.png")} == {
        Path(name).name for name in re.findall(r"\]\(([\w/]*\.png)\)", shown)
    }
