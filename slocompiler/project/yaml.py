"""Reads YAML as plain data, with the location of every value and key, and reports syntax errors at theirs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.project.schema import Path
from slocompiler.source import Source, Span

MAX_LENGTH = 64 * 1024
"""The size limit of a project file, in characters: far more than any needs, and still read in a moment."""

LONGEST = 9
"""The most digits of a number."""

Places = dict[Path, Span]
"""The location of every value and every key."""

_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": lambda text: text,
    "null": lambda _: None,
    "bool": lambda text: text.lower() in ("true", "yes", "on"),
}


def read_yaml(source: Source) -> tuple[Any, Places, list[Diagnostic]]:
    """The data (None if there is none, or no YAML), the locations, and E501 for syntax or E502 for keys given twice."""
    places: Places = {}
    problems: list[Diagnostic] = []
    if len(source.text) > MAX_LENGTH:
        message = f"the project file has more than {MAX_LENGTH:,} characters"
        return None, {}, [Diagnostic("E501", message, Span(Source(source.path, "", source.shown_as), 0, 0))]
    try:
        return _data(source, _compose(source, problems), (), places, problems), places, problems
    except RecursionError:
        return None, {}, [Diagnostic("E501", "the nesting is too deep", Span(source, 0, 0))]


def _compose(source: Source, problems: list[Diagnostic]) -> Any:
    """The tree of nodes; None for an empty file, and with E501 if the text is not YAML."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Rejects aliases: a few lines of them can expand to more than fits into memory."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # so in types-pyyaml
                raise yaml.composer.ComposerError(None, None, "an alias is not supported here", mark)
            return super().compose_node(parent, index)

    try:
        return Loader(source.text).get_single_node()
    except yaml.YAMLError as error:
        problems.append(_not_yaml(source, error))
        return None


def _not_yaml(source: Source, error: Exception) -> Diagnostic:
    mark = getattr(error, "problem_mark", None)
    at = min(mark.index if mark else getattr(error, "position", 0), len(source.text))
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    here = Span(source, at, at)
    begin = getattr(error, "context_mark", None)
    opened = source.text[begin.index : begin.index + 1] if begin else ""
    if "alias" in what:
        return Diagnostic("E501", what, here, help="repeat the value")
    if source.text[at : at + 1] == "\t":
        return Diagnostic("E501", "this is not YAML: a tab", here, help="indent with spaces")
    if begin and opened and opened in "\"'[{" and "\n" in f"{source.text}\n"[begin.index : at + 1]:
        message = f"this is not YAML: nothing closes this `{opened}`"
        return Diagnostic("E501", message, Span(source, begin.index, begin.index + 1), help="close it")
    if "single document" in what:
        return Diagnostic("E501", "this is not YAML: a second document", here, help="remove the line `---`")
    if "expected <block end>" in what:
        help = "indent the keys of a mapping alike"
        return Diagnostic("E501", f"this is not YAML: {what}", here, help=help)
    sign = any(part in what for part in ("cannot start any token", "not allowed here", "expected chomping"))
    return Diagnostic("E501", f"this is not YAML: {what}", here, help=_quoted(source, at) if sign else "")


def _quoted(source: Source, at: int) -> str:
    """The help to put the value at an offset in quotes."""
    line = source.line(source.line_number(at))
    column = at - source.line_start(source.line_number(at))
    value = re.match(r"\s*(?:- +)?[\w-]+: +(.*\S)|", line)
    text = value[1] if value and value[1] and column >= value.start(1) and not set(value[1]) & set("\"'[]{}#,") else ""
    return f'put it in quotes: `"{text}"`' if text else "put a text with this character in quotes"


def _data(source: Source, node: Any, path: Path, places: Places, problems: list[Diagnostic]) -> Any:
    """Data for the schema: mappings with text keys, lists, strings, booleans, null, small integers. Other scalars stay nodes."""
    if node is None:
        return None
    places[path] = Span(source, node.start_mark.index, node.end_mark.index)
    if node.id == "scalar":
        kind = node.tag.rpartition(":")[2]
        if kind == "int" and node.value.isdecimal() and node.value.isascii() and len(node.value) <= LONGEST:
            return int(node.value)
        read = _SCALARS.get(kind)
        return read(node.value) if read else node
    if node.id == "sequence":
        return [_data(source, child, (*path, index), places, problems) for index, child in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        place = Span(source, key.start_mark.index, key.end_mark.index)
        name = key.value if key.id == "scalar" else place.text  # `on` and `1` are text too
        if name in found:
            first = (Label(places[(*path, None, name)], "the first is here"),)
            problems.append(Diagnostic("E502", f"the key `{name}` is given twice", place, first, "keep one of them"))
        places[(*path, None, name)] = place
        found[name] = _data(source, value, (*path, name), places, problems)
    return found
