from datetime import date

import pytest

from clickstream.core.java_simple_dates import parse_simple_date


@pytest.mark.parametrize(
    ("pattern", "text", "day"),
    [
        ("yyyy-MM-dd", "2021-03-04", date(2021, 3, 4)),
        ("yyyy-MM-dd", "2021-3-4 and more", date(2021, 3, 4)),
        ("yyyyMMdd", "20210304", date(2021, 3, 4)),
        ("yyyy-MM-dd", "2021-13-31", date(2022, 1, 31)),
        ("yyyy-MM-dd", "2021-02-30", date(2021, 3, 2)),
        ("d MMM yyyy", "4 march 2021", date(2021, 3, 4)),
        ("EEE, MMMM d, yyyy", "Thu, Mar 4, 2021", date(2021, 3, 4)),
        ("yyyy-DDD", "2021-063", date(2021, 3, 4)),
        ("dd/MM/yy", "04/03/21", date(2021, 3, 4)),
        ("dd/MM/yy", "04/03/1921", date(1921, 3, 4)),
        ("yyyy''MM", "2021'03", date(2021, 3, 1)),
        ("yyyy 'of' G", "2021 of AD", date(2021, 1, 1)),
        ("yyyy-MM-dd hh a", "2021-03-04 12 AM", date(2021, 3, 4)),
        ("yyyy-MM-dd HH:mm Z", "2021-03-04 02:00 +0200", date(2021, 3, 4)),
        ("yyyy-MM-dd HH:mm z", "2021-03-03 19:00 EST", date(2021, 3, 4)),
    ],
)
def test_dates(pattern: str, text: str, day: date) -> None:
    assert parse_simple_date(pattern, text) == (day - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("pattern", "text", "wording"),
    [
        ("yyyy-MM-dd", "soon", "Unparseable date: soon"),
        ("yyyy-MM-dd HH", "2021-03-04 05", "contains time field"),
        ("yyyy-MM-dd'T", "2021-03-04T", "Unterminated quote"),
        ("yyyy-b", "2021-1", "not supported"),
    ],
)
def test_refusals(pattern: str, text: str, wording: str) -> None:
    with pytest.raises(ValueError, match=wording):
        parse_simple_date(pattern, text)
