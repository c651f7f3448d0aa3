"""Writes samples, with their times, into the data of a Prometheus before it starts, or into one that runs."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from support import binaries

BLOCKS = "--max-block-duration=744h"
"""It reads all for each block: with the usual two hours a month would be read 372 times."""
HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
_TIMED = re.compile(r"^[^#\n].* (\d+)$", re.MULTILINE)
_LINE = re.compile(r"([\w:]+)(?:\{(.*)\})? (\S+) (\d+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)",?')
_ESCAPE = re.compile(r"\\(.)")


class Native(NamedTuple):
    """A native histogram: how many events each bucket has, those from `offset` on, one after the other."""

    schema: int
    offset: int
    buckets: tuple[int, ...]


class Written(NamedTuple):
    """A sample of a series, at a time in seconds."""

    name: str
    labels: Mapping[str, str]
    value: float | Native
    at: float


def block(source: Path, data: Path, openmetrics: str, now: float) -> list[Written]:
    """Make blocks of the data folder of what was until now, by way of the file `source`; return what is to come."""
    ahead = [match[0] for match in _TIMED.finditer(openmetrics) if int(match[1]) > now]
    if ahead:
        later = {*ahead}
        openmetrics = "\n".join(line for line in openmetrics.split("\n") if line not in later)
    source.write_text(openmetrics, encoding="utf-8")
    command = [binaries.promtool(), "tsdb", "create-blocks-from", BLOCKS, "openmetrics"]
    done = subprocess.run([*command, source, data], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"backfilling fails:\n{done.stdout}{done.stderr}"
    return list(_parsed(ahead))


def _parsed(lines: Iterable[str]) -> Iterator[Written]:
    """The samples of lines."""
    for line in lines:
        match = _LINE.fullmatch(line)
        assert match, f"not a sample: {line}"
        name, labels, value, at = match.groups(default="")
        yield Written(name, _labels(labels), float(value), float(at))


def named(series: str) -> tuple[str, dict[str, str]]:
    """The name and the labels of `name{label="value"}`."""
    name, _, labels = series.removesuffix("}").partition("{")
    return name, _labels(labels)


def _labels(text: str) -> dict[str, str]:
    assert not _LABEL.sub("", text), f"not labels: {text}"
    return {label: _ESCAPE.sub(_unescaped, value) for label, value in _LABEL.findall(text)}


def _unescaped(escape: re.Match[str]) -> str:
    return "\n" if escape[1] == "n" else escape[1]


def write(address: str, samples: Iterable[Written]) -> None:
    """Write samples into the server that listens at host:port, by the protocol of remote write, version 1."""
    content = b"".join(_part(1, _series(one)) for one in samples)
    if not content:
        return
    connection = HTTPConnection(address)
    try:
        connection.request("POST", "/api/v1/write", _snappy(content), HEADERS)
        answer = connection.getresponse()
        assert answer.status in (200, 204), answer.read()
    finally:
        connection.close()


def _series(of: Written) -> bytes:
    pairs = sorted({**of.labels, "__name__": of.name}.items())
    series = b"".join(_part(1, _part(1, key.encode()) + _part(2, text.encode())) for key, text in pairs)
    time = _number(round(1000 * of.at))
    if isinstance(of.value, Native):
        return series + _part(4, _histogram(of.value) + b"\x78" + time)
    return series + _part(2, b"\x09" + struct.pack("<d", of.value) + b"\x10" + time)


def _histogram(of: Native) -> bytes:
    """Its count, its sum, its schema, where its buckets begin, and by how much each differs from the one before."""
    total = sum(of.buckets)
    spans = _part(11, b"\x08" + _zigzag(of.offset) + b"\x10" + _number(len(of.buckets)))
    deltas = b"".join(_zigzag(after - before) for before, after in pairwise((0, *of.buckets)))
    begin = b"\x08" + _number(total) + b"\x19" + struct.pack("<d", total) + b"\x20" + _zigzag(of.schema)
    return begin + spans + _part(12, deltas)


def _zigzag(value: int) -> bytes:
    """A signed varint."""
    return _number(2 * value if value >= 0 else -2 * value - 1)


def _part(number: int, content: bytes) -> bytes:
    """A field of a message in protobuf, with its length."""
    return _number(number << 3 | 2) + _number(len(content)) + content


def _number(value: int) -> bytes:
    """A varint: seven bits a byte, the lowest first."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def _snappy(content: bytes) -> bytes:
    """As one literal: the format need not compress."""
    return _number(len(content)) + b"\xfc" + struct.pack("<I", len(content) - 1) + content
