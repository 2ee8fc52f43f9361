from typing import Any

import pytest

from tests.helpers.functions import Columns, Failed, call

COLUMNS: Columns = {
    "B": ("BYTES", b"Example!"),
    "HIGH": ("BYTES", b"\xc3\x9cb"),
    "INT4": ("BYTES", b"\x00\x00\x07\xe5"),
    "INT8": ("BYTES", b"\x00\x00\x00\x01\x2a\x05\xf2\x00"),
    "N": ("BYTES", None),
    "QUOTED": ("STRING", "X'4578'"),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("TO_BYTES('1aB2', 'hex')", b"\x1a\xb2"),
        ("TO_BYTES('ü', 'utf8')", b"\xc3\xbc"),
        ("TO_BYTES('ü', 'ASCII')", b"?"),
        ("TO_BYTES('IQ==', 'base64')", b"!"),
        ("TO_BYTES('IQ', 'base64')", b"!"),
        ("TO_BYTES(CAST(NULL AS STRING), 'hex')", None),
        ("FROM_BYTES(HIGH, 'hex')", "C39C62"),
        ("FROM_BYTES(HIGH, 'utf8')", "Üb"),
        ("FROM_BYTES(HIGH, 'ascii')", "\ufffd\ufffdb"),
        ("FROM_BYTES(HIGH, 'base64')", "w5xi"),
        ("ENCODE('4578616d706C6521', 'hex', 'utf8')", "Example!"),
        ("ENCODE('0x123', 'hex', 'base64')", "ASM="),
        ("ENCODE('0x', 'hex', 'utf8')", ""),
        ("ENCODE(QUOTED, 'hex', 'ascii')", "Ex"),
        ("ENCODE('Example!', 'ascii', 'hex')", "4578616d706c6521"),
        ("ENCODE('Ελ', 'ascii', 'utf8')", "??"),
        ("ENCODE('Ü', 'utf8', 'base64')", "w5w="),
        ("ENCODE('w5w', 'base64', 'utf8')", "Ü"),
        ("ENCODE('_-8', 'base64', 'hex')", "ffef"),
        ("ENCODE('a', CAST(NULL AS STRING), 'hex')", None),
        ("INT_FROM_BYTES(INT4)", 2021),
        ("INT_FROM_BYTES(INT4, 'little_endian')", -452526080),
        ("BIGINT_FROM_BYTES(INT8, 'BIG_ENDIAN')", 5000000000),
        ("DOUBLE_FROM_BYTES(TO_BYTES('QICm/ZvJ9YI=', 'base64'))", 532.8738323),
        ("INT_FROM_BYTES(N)", None),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("TO_BYTES('abc', 'hex')", "not hexadecimal"),
        ("TO_BYTES('!', 'base64')", "base64|alphabet"),
        ("FROM_BYTES(B, 'utf16')", "Unknown encoding type 'utf16'"),
        ("ENCODE('zz', 'hex', 'utf8')", "not hexadecimal"),
        ("ENCODE('a', 'utf8', 'utf8')", "Supported input and output encodings"),
        ("ENCODE('a', 'utf8', 'latin1')", "Supported input and output encodings"),
        ("INT_FROM_BYTES(B)", "Number of bytes must be equal to 4, but found 8"),
        ("INT_FROM_BYTES(INT4, 'MIDDLE')", "Byte order must be BIG_ENDIAN or LITTLE_ENDIAN"),
    ],
)
def test_what_cannot_be_read(text: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        call(text, COLUMNS)
