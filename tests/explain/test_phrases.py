"""Matchers in plain words."""

from __future__ import annotations

import pytest

from slocompiler.explain.phrases import matching, plain
from slocompiler.ir import Matcher

WORDS = {
    ("code", "=~", "5.."): "code is 5xx",
    ("code", "!~", "5.."): "code is not 5xx",
    ("http.response.status_code", "=~", "5.*"): "http.response.status_code is 5xx",
    ("status", "=~", "5[0-9]{2}"): "status is 5xx",
    ("status", "=~", r"5\d\d"): "status is 5xx",
    ("code", "=~", "[45].."): "code is 4xx or 5xx",
    ("code", "=~", "5..|429"): "code is 5xx or 429",
    ("verb", "!~", "WATCH|CONNECT|PROXY"): "verb is not WATCH, CONNECT or PROXY",
    ("code", "=~", "500"): "code is 500",
    ("code", "=", "5.."): "code is 5..",
    ("path", "=~", "/debug/.+"): "path matches /debug/.+",
    ("region", "=~", "5.."): "region matches 5..",
    ("code", "=~", "5..|"): "code matches 5..|",
    ("code", "!~", "(4|5).."): "code does not match (4|5)..",
    ("code", "=~", "5.?"): "code matches 5.?",
    ("code", "!~", ""): "code does not match ",
    ("code", "=", ""): "code is empty",
    ("code", "!=", ""): "code is not empty",
}


@pytest.mark.parametrize(("matcher", "words"), WORDS.items())
def test_a_pattern_that_lists_values_is_written_as_values(matcher: tuple[str, str, str], words: str) -> None:
    label, op, value = matcher
    assert plain(matching(Matcher(label, op, value))) == words  # type: ignore[arg-type]  # op is one of four
