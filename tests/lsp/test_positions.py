"""Positions are those of the protocol: in UTF-16 or UTF-8 units, whatever ends a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slocompiler.lsp.positions import Encoding, Positions

TEXTS = st.text(st.sampled_from("a\u00e9\u2028\u4e16\U0001f600\r\n\x0b\x85\ud800"), max_size=20)
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 10), ("utf-16", 5), ("utf-32", 4)])
def test_characters_count_what_the_encoding_needs(encoding: Encoding, units: int) -> None:
    lines = Positions("x\n\u00e9\u4e16\U0001f600a|", encoding)
    assert lines.position(6) == (1, units)
    assert lines.offset(1, units) == 6


def test_lines_end_as_in_the_protocol_and_nowhere_else() -> None:
    text = "a\r\nb\rc\nd\u2028e\x0bf\x85g"
    assert Positions(text, "utf-16").position(len(text)) == (3, 7)


def test_the_offset_between_cr_and_lf_is_the_end_of_the_line() -> None:
    assert Positions("ab\r\n", "utf-16").position(3) == (0, 2)


def test_a_position_inside_of_a_character_or_behind_a_line_is_the_nearest_before() -> None:
    lines = Positions("\U0001f600b\r\nc", "utf-16")
    assert [lines.offset(0, units) for units in (0, 1, 2, 3, 4, 99)] == [0, 0, 1, 2, 2, 2]
    assert lines.offset(1, 99) == lines.offset(7, 0) == 5


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_every_offset_has_a_position_and_this_position_that_offset(text: str, encoding: Encoding) -> None:
    lines = Positions(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":  # no position is between the two
            assert lines.offset(*lines.position(offset)) == offset


@given(TEXTS)
def test_a_column_is_the_length_of_its_encoded_text(text: str) -> None:
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] == "\r\n":
            continue
        line = text[:offset].replace("\r", "\n").rpartition("\n")[2]
        assert Positions(text, "utf-16").position(offset)[1] == len(line.encode("utf-16-le", "surrogatepass")) // 2
        assert Positions(text, "utf-8").position(offset)[1] == len(line.encode("utf-8", "surrogatepass"))
