"""What the dashboards show is what pull queries answer: same rows, same figures."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.console import cells, open_page, settle, shoot
from tests.integration.conftest import CommandLine, command_line, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

Row = dict[str, Any]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A stack with some hundred clicks, and no more coming: figures stand still."""
    with command_line(tmp_path_factory.mktemp("figures")) as line:
        line.ok("up")
        eventually(lambda: line("verify").code == 0, 60, "every table reaches its panels")
        settle(line)
        yield line


@pytest.fixture(scope="module")
def page(chromium: Browser, stack: CommandLine) -> Iterator[Page]:
    page = open_page(chromium, stack, "/d/clickstream-analysis?from=now-1h&refresh=", height=2100)
    yield page
    page.close()


def exported(page: Page, title: str) -> list[Row]:
    """Return what a panel draws, by its CSV export."""
    panel = page.locator(f'section[aria-label="{title}"]')
    panel.hover()
    with page.expect_download() as download:
        panel.get_by_label("Export").click()
    with Path(download.value.path()).open(newline="") as lines:
        return list(csv.DictReader(lines))


def drawn(page: Page, title: str, series: str) -> Counter[float]:
    """Return the values of one series, without gaps, whatever their times."""
    return Counter(float(r["value"]) for r in exported(page, title) if r["series"] == series and r["value"])


def summed(rows: list[Row], column: str) -> Counter[float]:
    """Return the sums of a column by window."""
    sums: Counter[int] = Counter()
    for row in rows:
        sums[row["WINDOWSTART"]] += row[column]
    return Counter(float(value) for value in sums.values())


def greatest(rows: list[Row], column: str, *keys: str) -> dict[tuple[str, ...], float]:
    """Return the largest value of a column by the columns `keys`."""
    found: dict[tuple[str, ...], float] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in keys)
        found[key] = max(found.get(key, 0), float(row[column]))
    return found


def test_hits_and_visitors_a_minute(page: Page, stack: CommandLine) -> None:
    rows = stack.rows("SELECT * FROM EVENTS_PER_MIN;")
    assert drawn(page, "Website Analytics", "hits") == summed(rows, "EVENTS")
    visitors = Counter(row["WINDOWSTART"] for row in rows)
    assert drawn(page, "Website Analytics", "visitors") == Counter(map(float, visitors.values()))


def test_bytes_a_minute_do_not_over_count(page: Page, stack: CommandLine) -> None:
    rows = stack.rows("SELECT * FROM BANDWIDTH_PER_MIN;")
    assert drawn(page, "Bandwidth use", "bandwidth") == summed(rows, "TOTAL_BYTES")


def test_error_codes_with_their_meaning(page: Page, stack: CommandLine) -> None:
    title = "TABLE-STREAM JOIN between ClickStream and Codes Table"
    rows = stack.rows("SELECT * FROM ENRICHED_ERROR_CODES_COUNT;")
    shown = greatest(exported(page, title), "Max", "CODE", "DEFINITION")
    assert shown == greatest([r for r in rows if r["DEFINITION"]], "COUNT", "CODE", "DEFINITION")
    assert cells(page.locator(f'section[aria-label="{title}"]').locator("table.data"), 1) == [
        code for code, _ in shown
    ]


def test_alerts_are_the_statuses_with_more_than_five_errors(page: Page, stack: CommandLine) -> None:
    rows = stack.rows("SELECT * FROM ERRORS_PER_MIN_ALERT;")
    shown = exported(page, "400 error status alert HAVING count(*) > 5")
    assert greatest([r for r in shown if r["value"]], "value", "series") == greatest(rows, "ERRORS", "STATUS")


def test_sessions_by_their_bytes(page: Page, stack: CommandLine) -> None:
    rows = stack.rows("SELECT * FROM USER_SESSION_BANDWIDTH;")
    shown = exported(page, "Detection of high-bandwidth user sessions (table)")
    assert greatest(shown, "Max", "USERNAME", "EVENT_TS") == greatest(
        rows, "TOTAL_BYTES", "USERNAME", "EVENT_TS"
    )


def test_hits_of_sessions_by_user(page: Page, stack: CommandLine) -> None:
    rows = stack.rows("SELECT * FROM CLICK_USER_SESSIONS;")
    shown = greatest(
        [r for r in exported(page, "User Sessionisation - resource hits") if r["value"]], "value", "series"
    )
    wanted = greatest(rows, "EVENTS", "USERNAME")
    assert shown
    assert shown == {user: wanted[user] for user in shown}


def test_the_tables_show_the_exported_rows(page: Page, stack: CommandLine) -> None:
    title = "Stream-Table JOIN on Clickstream and Web_Users"
    best = max(float(r["Sum"]) for r in exported(page, title))
    first = cells(page.locator(f'section[aria-label="{title}"]').locator("table.data"), 4)[0]
    assert float(first) == best
    shoot(page, "dashboard")


def test_one_user_is_chosen_and_shown_alone(chromium: Browser, stack: CommandLine) -> None:
    rows = stack.rows("SELECT * FROM USER_IP_ACTIVITY;")
    user = sorted({r["USERNAME"] for r in rows if r["USERNAME"]})[1]
    page = open_page(chromium, stack, "/d/clickstream-user?from=now-1h&refresh=", height=1100)
    page.get_by_label("User", exact=True).select_option(user)
    expect(page).to_have_url(re.compile(f"var-username={user}"))
    expect(page.get_by_label("User", exact=True)).to_have_value(user)
    hits = sum(r["COUNT"] for r in rows if r["USERNAME"] == user)
    expect(page.locator('section[aria-label="Hits"] output')).to_have_text(str(hits), timeout=30_000)
    shown = {r["IP"]: float(r["Sum"]) for r in exported(page, "Addresses")}
    wanted: Counter[str] = Counter()
    for row in rows:
        if row["USERNAME"] == user:
            wanted[row["IP"]] += row["COUNT"]
    assert shown == {ip: float(count) for ip, count in wanted.items()}
    shoot(page, "user")
    page.close()
