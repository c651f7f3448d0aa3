"""The law of templates: one means what its text means, written by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slocompiler.compiler import analyse
from slocompiler.formats.text import render
from slocompiler.ir import Program
from slocompiler.ir_json import to_json
from slocompiler.source import Source

law = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def meaning(program: Program | None) -> Any:
    """The IR without the places at which it was said."""

    def strip(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: strip(value) for key, value in data.items() if key not in ("source", "used_at", "origins")}
        return [strip(item) for item in data] if isinstance(data, list) else data

    return strip(to_json(program)) if program else None


# A template is its text written by hand


@dataclass(frozen=True)
class Value:
    """A literal, a filter, or a stream: its name and its matchers."""

    text: str
    matchers: tuple[str, ...] = ()
    is_stream: bool = False

    def narrowed(self, matchers: str) -> str:
        if not self.is_stream:
            return self.text
        inside = ", ".join((*self.matchers, *([matchers] if matchers else [])))
        return f"{self.text}{{{inside}}}" if inside or "_total" in self.text else self.text


WORDS = ["/pay", "{a}", "$", "$$", "a b", '\\"', "\\\\", "é", "$${x}", "${service}", "}", "x$$", ".*"]
texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)


def matchers(labels: str, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """One of each label at most: two would leave nothing."""
    values = st.sampled_from(['="1"', '=~"x.*"', '!="${service}"', '="$${x}"'])
    return st.lists(
        st.tuples(st.sampled_from(labels), values), min_size=least, max_size=2, unique_by=lambda m: m[0]
    ).map(lambda found: tuple(map("".join, found)))


def filters(labels: str) -> st.SearchStrategy[Value]:
    return matchers(labels, 1).map(lambda found: Value("{" + ", ".join(found) + "}"))


def streams(*names: str) -> st.SearchStrategy[Value]:
    return st.builds(Value, st.sampled_from(names), matchers("abc"), st.just(True))


KINDS: dict[str, st.SearchStrategy[Value]] = {
    "text": texts.map(lambda text: Value(f'"{text}"')),
    "stream": streams("requests", "x_total"),
    "other": streams("errors", "y_total"),
    "filter": filters("gh"),
    "ours": filters("ij"),
    "target": st.sampled_from(["99%", "99.90%", "95%", "100%"]).map(Value),
    "window": st.sampled_from(["30d", "4w", "2w1d", "90d", "1.5h"]).map(Value),
    "share": st.sampled_from(["2%", "5%", "0.1%"]).map(Value),
    "burn": st.sampled_from(["1h", "30m", "1d"]).map(Value),
    "fast": st.sampled_from(["300ms", "2.5s", "1", "5MB"]).map(Value),
    "many": st.sampled_from(["5", "10", "2.5"]).map(Value),
    "day": st.sampled_from(["2026-10-01", "2024-02-29"]).map(Value),
}
"""What may be given for a parameter of each kind; the name of a parameter is its kind and a number."""
LITERAL = ("text", "target", "window", "share", "burn", "fast", "many", "day")

SETTINGS = {
    "runbook": 'runbook "https://x/@{text}/${slo}"',
    "stakeholders": 'stakeholders @text, "product"',
    "review": "review every @window last @day",
    "labels": 'labels { l = @text, m = "@{many}@{target}" }',
    "link": "link @text @text",
    "alerts": "alerts { page at @share of budget in @burn needs @many bad events and @many events\n ticket when no data for @burn }",
    "policy": 'policy { below @share @text notify\n exhausted "@{text}@{fast}" }',
}
SHAPES = [
    'events @stream{d="4"}\n bad @filter',
    "events @stream\n exclude @ours or {e=@text}\n good @filter or {f=@text}\n because @text",
    "events ~narrowed\n bad {code=@text}",
    'events ~both\n bad @other\n because "@{text} of ${slo}"',
    "events @stream in s\n good @filter below @fast",
    'events @stream\n bad @filter\n per route\n target {route=@text} @target\n exclude when `up{a="x"} < @many`',
    "events @stream\n bad @filter\n slices @burn with @target good",
    'slices 1m\n good when max(@stream{d="4"}) < @fast',
]
HOLE = re.compile(r'@\{(?P<text>\w+)\}|@(?P<value>\w+)(?:\{(?P<matchers>d="4")\})?|~(?P<stream>\w+)')


@dataclass(frozen=True)
class Body:
    """A template's statements, parameters as `@kind` and its own streams as `~name`."""

    settings: tuple[str, ...]
    slos: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Name, what it measures, its own settings."""

    def template(self) -> str:
        """As a template: `@text` is `$text`."""

        def put(match: re.Match[str]) -> str:
            if match["text"]:
                return f"${{{match['text']}}}"
            narrowed = f"{{{match['matchers']}}}" if match["matchers"] else ""
            return match["stream"] or f"${match['value']}{narrowed}"

        streams = 'events narrowed = @stream{d="4"} exclude @ours\nevents both = @stream + @other\n'
        said = "".join(f"{SETTINGS[name]}\n" for name in self.settings)
        slos = "".join(self._slo(name, shape, own, "") for name, shape, own in self.slos)
        return HOLE.sub(put, streams + said + slos)

    def by_hand(self, values: dict[str, Value], prefix: str, draft: str, without: set[str]) -> str:
        """As it is written in a service."""

        def put(match: re.Match[str]) -> str:
            if match["text"]:
                return values[match["text"]].text.removeprefix('"').removesuffix('"')
            if match["stream"]:
                return f"{prefix}own-{match['stream']}"
            return values[match["value"]].narrowed(match["matchers"] or "")

        streams = f'events {prefix}own-narrowed = @stream{{d="4"}} exclude @ours\n'
        streams += f"events {prefix}own-both = @stream + @other\n"
        kept = ((name, shape, own) for name, shape, own in self.slos if name not in without)
        slos = "".join(
            self._slo(prefix + name, shape, (*own, *(s for s in self.settings if s not in own)), draft)
            for name, shape, own in kept
        )
        return HOLE.sub(put, streams + slos)

    def _slo(self, name: str, shape: str, own: tuple[str, ...], draft: str) -> str:
        said = "".join(f" {SETTINGS[setting]}\n" for setting in own)
        return f'{draft}slo {name} "@{{text}}" @target over @window {{\n {shape}\n{said}}}\n'


chosen = st.lists(st.sampled_from(sorted(SETTINGS)), unique=True, max_size=3).map(tuple)
bodies = st.builds(
    Body,
    chosen.map(lambda names: tuple(name for name in names if name not in ("labels", "link"))),
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(SHAPES), chosen), min_size=1, max_size=3, unique_by=lambda slo: slo[0]).map(tuple),
)  # fmt: skip  # read as a table


@st.composite
def uses(draw: st.DrawFn) -> tuple[str, str]:
    """A template, through another one or not, with a service that uses it; and the service by hand."""
    body: Body = draw(bodies)
    values = {kind: draw(strategy) for kind, strategy in KINDS.items()}
    default = {kind for kind in LITERAL if "${service}" not in values[kind].text and draw(st.booleans())}
    prefix, draft, left = draw(st.sampled_from(["", "p-"])), draw(st.sampled_from(["", "draft "])), draw(st.booleans())
    without = {body.slos[0][0]} if left and len(body.slos) > 1 else set()
    given = {kind: value.narrowed("") for kind, value in values.items() if kind not in default}
    nested = draw(st.booleans())
    parameters = [f"{kind} = {values[kind].text}" if kind in default else kind for kind in KINDS]
    made = f"template inner({', '.join(parameters)}) {{\n{body.template()}}}\n"
    if nested:
        passed = ", ".join(f"{kind} = ${kind}" for kind in given)
        made += f"template outer({', '.join(given)}) {{\n use inner({passed})\n}}\n"
    use = f"{draft}use {'outer' if nested else 'inner'}({', '.join(f'{k} = {v}' for k, v in given.items())})"
    use += (f" as {prefix[:-1]}" if prefix else "") + "".join(f" without {name}" for name in without)
    head = (
        'service s "S" {\n owner "o"\n events requests = a_total{}\n events errors = b_total{z="1"} exclude {y="2"}\n'
    )
    return f"{made}{head}{use}\n}}\n", f"{head}{body.by_hand(values, prefix, draft, without)}}}\n"


LENIENT = ("E217", "E218")
"""A filter that matches nothing is no mistake in a template: it may be for other arguments."""


@law
@given(uses())
def test_a_template_means_what_its_text_means_by_hand(texts: tuple[str, str]) -> None:
    (by_use, reported), (by_hand, found) = (analyse([Source("test.slo", text)]) for text in texts)
    shown = "\n".join((*texts, *(render(d) for d in reported), "---", *(render(d) for d in found)))
    used, written = (
        {(d.code, d.message) for d in some if d.is_error and d.code not in LENIENT} for some in (reported, found)
    )
    assert used == written, f"{shown}\n{used ^ written}"
    assert by_use is None or by_hand is None or meaning(by_use) == meaning(by_hand), shown
