import pytest

from clickstream.server.elasticsearch.cat import size_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0b"),
        (1023, "1023b"),
        (1024, "1kb"),
        (40_550, "39.6kb"),
        (72_704, "71kb"),
        (3 * 1024**3, "3gb"),
        (2**52, "4096tb"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text
