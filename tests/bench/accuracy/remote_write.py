"""Writes a sample into a running Prometheus, at any time: the protocol of remote write, version 1."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from http.client import HTTPConnection

from support.server import Prometheus

HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


def write(server: Prometheus, name: str, labels: Mapping[str, str], value: float, at: float) -> None:
    """One sample of a series, at a time in seconds."""
    pairs = sorted({**labels, "__name__": name}.items())
    series = b"".join(_part(1, _part(1, key.encode()) + _part(2, text.encode())) for key, text in pairs)
    sample = b"\x09" + struct.pack("<d", value) + b"\x10" + _number(round(1000 * at))
    connection = HTTPConnection(server.address)
    try:
        connection.request("POST", "/api/v1/write", _snappy(_part(1, series + _part(2, sample))), HEADERS)
        answer = connection.getresponse()
        assert answer.status in (200, 204), answer.read()
    finally:
        connection.close()


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
    return _number(len(content)) + b"\xf4" + struct.pack("<H", len(content) - 1) + content
