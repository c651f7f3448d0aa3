"""How live commands reach servers, as the project file says it: `live`, and `url` and `tenant` of deployments.

A pull request may change the project file. So nothing in it is secret, reads a file or reads the environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from slocompiler.diagnostics import Diagnostic
from slocompiler.pattern import lazy_pattern
from slocompiler.project.schema import Path, Schema
from slocompiler.project.yaml import Places
from slocompiler.promql import seconds
from slocompiler.record import EMPTY, value
from slocompiler.source import Source, Span

MOST_CONCURRENCY = 64
"""A change of the project file cannot have a server answer more questions at a time."""
_SECRET = lazy_pattern(
    r"auth(?!ors?$)|pas*wo?r?d|passphrase|pwd|secret|token|credential|username|api_?key|tls|header|cookie|proxy|http_config|_(file|env)$",
    re.I,
)
"""Parts of keys that hold a secret, or read a file or the environment."""


@value(kw_only=True)
class Live:
    """The section `live`, and the keys of deployments that are about servers."""

    url: str | None = None
    tenant: str | None = None
    """The value of the header `X-Scope-OrgID`."""
    timeout: int = 30
    """Seconds until a question counts as unanswered."""
    concurrency: int = 4
    """How many questions are asked at a time."""
    max_samples: int = 500_000_000
    """How many samples a command may have servers read."""
    deployments: Mapping[str, Mapping[str, str]] = EMPTY
    """The `url` and the `tenant` of the deployments that have their own, by name."""


def read(data: dict[str, Any]) -> Live:
    """The settings of a project file that has no mistakes."""
    section: dict[str, Any] = {
        key: seconds(own) if key == "timeout" else own for key, own in data.get("live", {}).items()
    }
    own = {
        entry["name"]: {key: entry[key] for key in ("url", "tenant") if entry.get(key)}
        for entry in data.get("deployments", ())
    }
    return Live(**section, deployments={name: keys for name, keys in own.items() if keys})


def mistakes(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """E503 for figures that a schema cannot judge."""
    live = data.get("live", {})
    if "timeout" in live and not seconds(live["timeout"]):
        yield Diagnostic("E503", "`timeout` is zero", places["live", "timeout"])
    if live.get("concurrency", 1) > MOST_CONCURRENCY:
        help = f"{MOST_CONCURRENCY} is the most; the default is {Live().concurrency}"
        yield Diagnostic("E503", "`concurrency` is too high", places["live", "concurrency"], help=help)


def secrets(data: Any, places: Places, top: Schema) -> list[Diagnostic]:
    """E505 for keys that hold a secret or read a file or the environment, and for addresses with a password or a token.

    What they show of the project file has no secret either.
    """
    found = list(_found(data, top))
    if not found:
        return []
    source = places[()].source
    text = source.text
    for path, _ in found:
        hidden = places[path]
        text = text[: hidden.start] + re.sub(r"\S", "*", hidden.text) + text[hidden.end :]
    shown = Source(source.path, text, source.shown_as)
    problems = []
    for path, is_key in found:
        place = places[(*path[:-1], None, path[-1])] if is_key else places[path]
        message, help = f"`{path[-1]}` does not belong in the project file", _FORMS
        if not is_key:
            has_user = "@" in places[path].text
            message = f"this address has {'a user name' if has_user else 'parameters'}"
            help = "give an address with a user name with `--url` or SLOC_URL" if has_user else "end it with its path"
            help = (
                "leave the user name out: git asks your credential helper" if has_user and path[-1] == "git" else help
            )
        problems.append(Diagnostic("E505", message, Span(shown, place.start, place.end), help=help))
    return problems


_FORMS = "write it to a file that `--http-config` or SLOC_HTTP_CONFIG names, or to SLOC_HEADERS"


def _found(data: Any, top: Schema) -> Iterator[tuple[Path, bool]]:
    """The path of each such value, and whether its key is the mistake."""
    keys = top["properties"]
    sections: list[tuple[Path, Any, Schema]] = [((), data, keys)]
    if isinstance(data, dict):
        sections.append((("live",), data.get("live"), keys["live"]["properties"]))
        entries = data.get("deployments")
        own = keys["deployments"]["items"]["properties"]
        listed = enumerate(entries) if isinstance(entries, list) else ()
        sections += [(("deployments", index), entry, own) for index, entry in listed]
        fetched = data.get("libraries")
        own = keys["libraries"]["additionalProperties"]["properties"]
        named = fetched.items() if isinstance(fetched, dict) else ()
        sections += [(("libraries", name), entry, own) for name, entry in named]
    for path, section, known in sections:
        for key, inner in section.items() if isinstance(section, dict) else ():
            if key not in known and _SECRET.search(key):
                yield (*path, key), True
            elif path and key in _ADDRESSES and isinstance(inner, str) and _ADDRESSES[key].search(inner):
                yield (*path, key), False


_ADDRESSES = {"url": lazy_pattern("[@?]"), "git": lazy_pattern(r"\?|^(?!ssh://[\w.-]*@[^@]*$)\w+://.*@")}
"""What an address must not have: a user name, which may come with a password, or parameters. `ssh://git@…` is no secret."""
