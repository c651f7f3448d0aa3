"""Whether Prometheus compiles a regular expression: by the own parser, and by RE2 for what that does not read."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import Any

from slocompiler.pattern import lazy_pattern
from slocompiler.regex.parse import Node, parsed, read, takes_nothing

LONGEST = 16 * 1024
"""The longest pattern, in characters."""
DEEPEST = 100
"""The most groups inside one another: Go takes a tree of 1000 levels, and a group can have four."""
_PARTS = lazy_pattern(
    r"\\Q.*?(?:\\E|\Z)|\\[pP]\{\^?(?P<script>[^}]*)\}|\\x\{[^}]*\}|\\(?P<escape>.)"
    r"|\[\^?\]?(?:\[:\^?\w*:\]|\\[pP]\{\^?(?P<inner>[^}]*)\}|\\.|[^\]\\])*\]"
    r"|\(\?(?P<named>P?)<(?P<name>[^>=!][^>]*)>|\{(?P<count>[0-9]{9,})(?:,[0-9]*)?\}",
    re.DOTALL,
)
"""The parts of a pattern that RE2 and Go can read in two ways."""
_UNICODE = lazy_pattern(r"\\(?:[pP](?:\{[^}]{0,40}\}|.)|.)", re.DOTALL)
"""The escapes of a pattern, among them classes such as `\\pL` and `\\p{Greek}`."""
_NEW_SCRIPTS = ("Cypro_Minoan", "Kawi", "Nag_Mundari", "Old_Uyghur", "Tangsa", "Toto", "Vithkuqi")
"""Scripts of Unicode 14 and 15. RE2 and Prometheus 3 know them."""
_LARGEST = 3_300_000
"""The size at which Go gives up, in characters with their counts expanded: 128 MiB of instructions."""


@lru_cache(maxsize=4096)
def regex_fault(pattern: str, is_version_3: bool = False) -> str:
    """What is wrong with a regular expression, such as `does not compile: …`; "" if Prometheus compiles it."""
    if any("\ud800" <= char <= "\udfff" for char in pattern):
        return "is no UTF-8"
    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST // 1024} KiB"
    if _depth(pattern) > DEEPEST:
        return f"has more than {DEEPEST} levels of brackets"
    node = read(pattern)
    if node is not None:
        return _counted(pattern) if _repeats(node, 1000) else "has counts of more than 1000 together"
    texts = (pattern,) if is_version_3 else (pattern, f"^(?:{pattern})$")  # `\Qa` is only wrong inside
    return next(filter(None, map(_by_re2, texts)), "") or _by_go(pattern, is_version_3)


def _depth(pattern: str) -> int:
    """How many groups are inside one another, at most."""
    if pattern.count("(") <= DEEPEST:
        return 0
    depths = accumulate(1 if char == "(" else -1 for char in re.findall(r"[()]", re.sub(r"\\.", "", pattern)))
    return max(depths, default=0)


def _repeats(node: Node, limit: int) -> bool:
    """Whether the counts of a pattern, multiplied where they are nested, are at most a limit, as Go and RE2 count."""
    least, most = node.repeat
    count = least if most is None else most
    if node.kind == "repeat" and count:
        if count > limit:
            return False
        limit //= count
    return node.repeat[1] == 0 or all(_repeats(part, limit) for part in node.parts)


def _by_re2(pattern: str) -> str:
    """Why RE2 does not read a pattern.

    A Unicode class has hundreds of ranges, so a valid one is read once, and stands as `\\d` in the pattern.
    """
    import re2  # type: ignore[import-untyped]  # it has no types; imported only for the few unusual patterns

    return _re2_error(_UNICODE.sub(lambda part: _short(part[0]), pattern), re2)


@lru_cache(maxsize=4096)
def _short(escape: str) -> str:
    import re2

    return r"\d" if escape[1] in "pP" and not _re2_error(escape, re2) else escape


def _re2_error(pattern: str, re2: Any) -> str:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.Set.SearchSet(options).Add(pattern)  # reads the pattern; to compile it takes much longer
        return ""
    except re2.error:
        pass
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        why = error.args[0]
        text = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        return f"does not compile: {text if len(text) < 80 else text[:79] + '…'}"
    return "does not compile"


def _by_go(pattern: str, is_version_3: bool) -> str:
    """Why Go, in which Prometheus is written, does not read a pattern that RE2 reads. A differential test found these."""
    for part in _PARTS.finditer(pattern):
        if part["escape"] == "C":
            return "does not compile: `\\C` is not supported"
        if part["name"] is not None and not re.fullmatch(r"\w+", part["name"], re.ASCII):
            return f"does not compile: `{part['name']}` is no name of a group"
        if part["named"] == "" and not is_version_3:
            return "does not compile: a group is named by `(?P<name>…)`"
        if (part["script"] or part["inner"]) in _NEW_SCRIPTS and not is_version_3:
            return f"does not compile: only Prometheus 3 knows the script `{part['script'] or part['inner']}`"
        if part["count"]:
            return f"does not compile: `{{{part['count'][:12]}` is more than 1000 times"
    return _counted(pattern)


def _counted(pattern: str) -> str:
    counts = max((int(count[:9]) for count in re.findall(r"[{,]([0-9]+)", pattern)), default=1)
    return "is too large" if len(pattern) * min(counts, 1000) > _LARGEST else ""


@lru_cache(maxsize=1024)
def takes_empty(pattern: str) -> bool:
    """Whether a pattern that compiles matches the empty string."""
    node = parsed(pattern)
    if node is not None:
        return takes_nothing(node)
    import re2

    try:
        return re2.fullmatch(pattern, "") is not None
    except re2.error:
        return False  # it compiles in Go, but takes more memory than RE2 is given
