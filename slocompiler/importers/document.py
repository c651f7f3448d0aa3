"""Reads YAML as fields with their locations, and knows of each value whether the import used it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from slocompiler.diagnostics import Diagnostic
from slocompiler.source import Source, Span

DEEPEST = 64
"""Mappings and lists within one another."""
MOST_VALUES = 400_000
"""Values of one document, with those that aliases repeat."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})(?:[eE][+-]?[0-9]{1,2})?\Z")
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_TAG = "tag:yaml.org,2002:"
Fate = Literal["used", "lost", "refused"]


class Field:
    """A value in a document. `items` are those of a mapping by their keys, those of a list by their indices.

    A missing value is a field too: it has the location of what should contain it, and is false. The fate of a value
    changes while it is read: nothing is lost in silence, because a value is lost until something uses it.
    """

    __slots__ = ("code", "fate", "is_plain", "items", "kind", "path", "size", "span", "text")

    def __init__(self, kind: Literal["text", "mapping", "list", "missing"], path: str, span: Span) -> None:
        self.kind = kind
        self.path = path
        self.span = span
        self.text = ""
        self.is_plain = False
        """Whether a text has no quotes, so that it may stand for null, a boolean or a number."""
        self.items: dict[str, Field] = {}
        self.size = 1
        self.fate: Fate = "lost"
        self.code = ""
        """The code of the diagnostic that says why it is lost or refused; "" if it has no counterpart."""

    def __bool__(self) -> bool:
        is_null = self.is_plain and self.text in ("", "~", "null", "Null", "NULL")
        return self.kind != "missing" and not is_null

    def get(self, *names: str) -> Field:
        """The field at a path of keys; a missing one if there is none."""
        found = self
        for name in names:
            found = found.items.get(name) or Field("missing", f"{found.path}.{name}".lstrip("."), found.span)
        return found

    def first(self, *names: str) -> Field:
        """The first of several keys that has a value, such as `runbook` or `runbook_url`."""
        return next((self.items[name] for name in names if self.items.get(name)), self.get(names[0]))

    def elements(self) -> list[Field]:
        """The items of a list; those of a list with one item for any other value."""
        return list(self.items.values()) if self.kind == "list" else [self] if self else []

    def pairs(self) -> Iterator[tuple[str, Field]]:
        """The keys of a mapping with the texts at them. They are used from now on."""
        for name, field in self.items.items() if self.kind == "mapping" else ():
            if field.kind == "text":
                field.use()
                yield name, field

    def string(self) -> str:
        """The text; "" for anything else. It is used from now on."""
        return self.use().text if self.kind == "text" and self else ""

    def decimal(self) -> Decimal | None:
        """The number, exactly as it is written; None for anything else."""
        return Decimal(self.use().text) if self.kind == "text" and _NUMBER.match(self.text) else None

    def boolean(self) -> bool | None:
        """True or false; None for anything else."""
        found = _BOOLEANS.get(self.text.lower()) if self.kind == "text" and self.is_plain else None
        if found is not None:
            self.use()
        return found

    def use(self) -> Field:
        """Everything in it is used."""
        for leaf in self.leaves():
            leaf.fate, leaf.code = "used", ""
        return self

    def lose(self, code: str) -> None:
        """Everything in it is lost, for the reason of a code."""
        for leaf in self.leaves():
            leaf.fate, leaf.code = "lost", code

    def refuse(self, code: str) -> None:
        """Everything in it is refused, for the reason of a code."""
        for leaf in self.leaves():
            leaf.fate, leaf.code = "refused", code

    def leaves(self) -> list[Field]:
        """The texts in it, each once: an alias is the field that it repeats. What is empty, or null, says nothing."""
        found, ahead, known = list[Field](), [self], set[int]()
        while ahead:
            field = ahead.pop()
            if id(field) not in known:
                known.add(id(field))
                ahead += reversed(field.items.values())
                found += [field] if field.kind == "text" and field else []
        return found


class _Unreadable(Exception):
    """A document is no plain YAML."""

    def __init__(self, message: str, span: Span, help: str = "") -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic("E601", message, span, help=help)


def documents(source: Source) -> tuple[list[Field], list[Diagnostic]]:
    """The documents of a file, without empty ones, and an E601 where one is no YAML. Those behind it are not read."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # that of C is ten times as fast
    found = list[Field]()
    try:
        reader = _Reader(source)
        for event in yaml.parse(source.text, loader):
            root = reader.take(event)
            if root:
                found.append(root)
    except _Unreadable as error:
        return found, [error.diagnostic]
    except yaml.YAMLError as error:
        return found, [_not_yaml(source, error)]
    return found, []


def _not_yaml(source: Source, error: Any) -> Diagnostic:
    mark = getattr(error, "problem_mark", None)
    at = min(mark.index if mark else getattr(error, "position", 0), len(source.text))
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Diagnostic("E601", f"this is not YAML: {what}", Span(source, at, at), help=_template(source.text))


def _template(text: str) -> str:
    """The help for a text that a program renders first."""
    return "render the template first, for example with `helm template`" if "{{" in text or "{%" in text else ""


class _Reader:
    """Makes fields of the events of a YAML parser. Nothing recurses, and the number of values is bounded."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open: list[Field] = []
        self._keys: list[str | None] = []
        """The key that waits for its value, for each open field."""
        self._anchors: dict[str, Field] = {}

    def take(self, event: Any) -> Field | None:
        """Take an event, and return the root of a document at its end."""
        name = type(event).__name__
        if name == "DocumentStartEvent":
            self._anchors = {}
        elif name == "AliasEvent":
            field = self._anchors.get(event.anchor)
            if field is None:
                raise _Unreadable(f"nothing is called `&{event.anchor}`", self._span(event))
            return self._put(field, event)
        elif name == "ScalarEvent":
            return self._scalar(event)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            if len(self._open) >= DEEPEST:
                raise _Unreadable("the nesting is too deep", self._span(event))
            if self._awaits_key():
                raise _Unreadable("a key that is no text", self._span(event), _template(self._source.text))
            self._open.append(Field("mapping" if name[0] == "M" else "list", self._path(), self._span(event)))
            self._keys.append(None)
            self._anchor(event)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            field = self._open.pop()
            self._keys.pop()
            field.span = Span(self._source, field.span.start, max(event.end_mark.index, field.span.start))
            return self._put(field, event)
        return None

    def _anchor(self, event: Any) -> None:
        """An anchor names a field when it has ended, so that nothing contains itself."""
        self._open[-1].code = event.anchor or ""

    def _scalar(self, event: Any) -> Field | None:
        field = Field("text", self._path(), self._span(event))
        field.text, field.is_plain = event.value, not event.style and event.tag != f"{_TAG}str"
        field.code = event.anchor or ""
        return self._put(field, event)

    def _awaits_key(self) -> bool:
        """Whether a key comes next."""
        return bool(self._open) and self._open[-1].kind == "mapping" and self._keys[-1] is None

    def _put(self, field: Field, event: Any) -> Field | None:
        """Put a finished field into the one around it, as a key or as a value; return it if there is none."""
        if field.code:
            self._anchors[field.code], field.code = field, ""
        if not self._open:
            return field
        around, key = self._open[-1], self._keys[-1]
        if self._awaits_key():
            if field.kind != "text":  # an alias of something else
                raise _Unreadable("a key that is no text", self._span(event), _template(self._source.text))
            self._keys[-1] = field.text
            return None
        around.size += field.size
        if around.size > MOST_VALUES:
            raise _Unreadable(f"a document of more than {MOST_VALUES:,} values", self._span(event))
        if around.kind == "list":
            around.items[str(len(around.items))] = field
            return None
        assert key is not None
        self._keys[-1] = None
        if key == "<<" and field.kind in ("mapping", "list"):
            merged = field.elements() if field.kind == "list" else [field]
            for name, one in (pair for part in merged for pair in part.items.items()):
                around.items.setdefault(name, one)
            return None
        if key in around.items and around.items[key].path == self._path(key):
            raise _Unreadable(f"the key `{key}` is given twice", field.span, "keep one of them")
        around.items[key] = field
        return None

    def _path(self, key: str | None = None) -> str:
        """The path of the value that comes next, such as `slos[0].name`."""
        if not self._open:
            return ""
        around = self._open[-1]
        if around.kind == "list":
            return f"{around.path}[{len(around.items)}]"
        return f"{around.path}.{key or self._keys[-1]}".lstrip(".")

    def _span(self, event: Any) -> Span:
        """The location of an event: of a block of text, its first line."""
        start, end = event.start_mark.index, event.end_mark.index
        if getattr(event, "style", None) in ("|", ">"):
            begin = re.compile(r"[|>][^\n]*\n\s*").match(self._source.text, start)
            start = min(begin.end(), end) if begin else start
        return Span(self._source, start, max(end, start))
