"""Writes samples, with their times, into the data of a Prometheus before it starts, or into one that runs."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPConnection
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


class Written(NamedTuple):
    """A sample of a series, at a time in seconds."""

    name: str
    labels: Mapping[str, str]
    value: float
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
        assert not _LABEL.sub("", labels), f"not labels: {line}"
        found = {label: _ESCAPE.sub(_unescaped, text) for label, text in _LABEL.findall(labels)}
        yield Written(name, found, float(value), float(at))


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
    return series + _part(2, b"\x09" + struct.pack("<d", of.value) + b"\x10" + _number(round(1000 * of.at)))


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
