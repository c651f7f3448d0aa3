"""Completion inside raw PromQL: metrics, and in braces the labels and the values of the metric before them."""

from __future__ import annotations

import re

from slocompiler.lsp.known import Known
from slocompiler.lsp.situation import Item

_MOST = 2000
"""The characters before the word that are looked at."""
_PART = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[{}]')
_VALUE = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"\\]*)\Z')
_LABEL = re.compile(r"(?:\A|,)\s*(\w*)\Z")
_BEFORE = re.compile(r"([A-Za-z_:][\w:]*)?\s*\Z")
_METRIC = re.compile(r"(?<![\w:$])((?:[A-Za-z_:][\w:]*)?)\Z")


def promql(text: str, begin: int, at: int, known: Known) -> tuple[int, list[Item]]:
    """The offset of the word that is being written at `at`, and what it may be; the back-quote is at `begin`."""
    query = text[max(begin + 1, at - _MOST) : at]
    brace, last = 0, ""
    for part in _PART.finditer(query):
        last = part[0]
        brace = part.end() if last == "{" else 0 if last == "}" else brace
    if brace:
        named = _BEFORE.search(query[: brace - 1])
        return _in_braces(query[brace:], at, (named and named[1]) or "", known)
    is_open = last == '"' or (last.startswith('"') and not last.endswith('"'))
    if is_open or not (found := _METRIC.search(query)):
        return at, []
    return at - len(found[1]), [Item(metric, "metric") for metric in sorted(known.metrics)]


def _in_braces(inside: str, at: int, metric: str, known: Known) -> tuple[int, list[Item]]:
    """The labels of a metric, or the values of one."""
    if found := _VALUE.search(inside):
        values = known.of_metric.get(metric, {}).get(found[1]) or known.values.get(found[1], set())
        return at - len(found[2]), [Item(value, "string") for value in sorted(values)]
    if found := _LABEL.search(inside):
        labels = known.metrics.get(metric) or known.values.keys()
        return at - len(found[1]), [Item(label, "label") for label in sorted(labels)]
    return at, []
