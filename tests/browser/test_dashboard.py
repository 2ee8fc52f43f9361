"""The dashboard in a real Chromium: every panel draws what its searches return, and its controls work."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.integration.conftest import CommandLine, command_line, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENSHOTS = Path(__file__).parent / "screenshots"

CHARTS = [
    "400 error status alert HAVING count(*) > 5",
    "User Sessionisation - resource hits",
    "Page Views using LIKE filtering",
    "Count all Events grouped by time bucket",
    "Website Analytics",
    "Bandwidth use",
    "Detection of high-bandwidth user sessions (graph)",
    "User Sessionisation - bandwidth",
]
TABLES = {
    "Stream-Table JOIN on Clickstream and Web_Users": ["IP Address", "Username", "City", "Site Hits"],
    "TABLE-STREAM JOIN between ClickStream and Codes Table": [
        "Status Code",
        "Definition",
        "Number of events",
    ],
    "Detection of high-bandwidth user sessions (table)": ["Session start", "Username", "Bandwidth"],
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A stack that `up` brought up, with data in every panel."""
    with command_line(tmp_path_factory.mktemp("dashboard")) as line:
        line.ok("up")
        eventually(lambda: line("verify").code == 0, 15, "every table reaches its panels")
        yield line


@pytest.fixture
def page(chromium: Browser, stack: CommandLine) -> Iterator[Page]:
    """The dashboard, loaded; a script error fails the test."""
    page = chromium.new_page(viewport={"width": 1400, "height": 2100})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{stack.url('grafana')}/")
    page.wait_for_selector('#app[data-loaded="true"]')
    yield page
    page.close()
    assert not errors


def panel(page: Page, title: str) -> Locator:
    return page.locator(f'section[aria-label="{title}"]')


def test_all_eleven_panels_and_the_tiles_are_drawn(page: Page) -> None:
    for title in CHARTS:
        assert int(panel(page, title).get_attribute("data-rows") or 0) > 0, title
        assert panel(page, title).locator("canvas").count() == 1
        assert panel(page, title).locator(".legend .series").count() > 0
    for title, columns in TABLES.items():
        table = panel(page, title).locator("table.data")
        assert [text.rstrip(" ▾▴") for text in table.locator("th").all_inner_texts()] == columns
        assert table.locator("tbody tr").count() > 0, title
    for title in ("Hits per minute", "Visitors", "Bandwidth per minute", "Error rate", "Active sessions"):
        assert any(c.isdigit() for c in panel(page, title).locator("output").inner_text()), title
    expect(panel(page, "Sessions over 500 MB").locator("output")).to_have_text("0")
    assert page.locator(".note").all_inner_texts() == [""] * 17
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "dashboard.png")


def test_a_chart_paints_its_series_and_the_500_mb_line(page: Page) -> None:
    painted = """(canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const colours = {};
        for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] > 200) colours[`${data[i]},${data[i + 1]},${data[i + 2]}`] = true;
        }
        return Object.keys(colours);
    }"""
    first_series, threshold = "126,178,109", "224,47,68"
    chart = panel(page, "Website Analytics").locator("canvas")
    assert first_series in chart.evaluate(painted)
    assert threshold not in chart.evaluate(painted)
    sessions = panel(page, "Detection of high-bandwidth user sessions (graph)").locator("canvas")
    assert threshold in sessions.evaluate(painted)


def test_tables_sort_by_a_click_on_a_heading(page: Page) -> None:
    table = panel(page, "TABLE-STREAM JOIN between ClickStream and Codes Table")
    table.locator("th button").first.click()
    descending = table.locator("tbody td:first-child").all_inner_texts()
    table.locator("th button").first.click()
    ascending = table.locator("tbody td:first-child").all_inner_texts()
    assert len(set(ascending)) == len(ascending) > 1
    assert ascending == sorted(ascending)
    assert descending == sorted(descending, reverse=True)
    expect(table.locator("th").first).to_have_attribute("aria-sort", "ascending")


def test_a_click_in_the_legend_leaves_one_series(page: Page) -> None:
    legend = panel(page, "Website Analytics").locator(".legend .series")
    legend.nth(0).click()
    expect(legend.nth(1)).to_have_attribute("aria-pressed", "false")
    expect(legend.nth(0)).to_have_attribute("aria-pressed", "true")
    legend.nth(0).click()
    expect(legend.nth(1)).to_have_attribute("aria-pressed", "true")


def test_the_time_picker_changes_the_range_and_refuses_nonsense(page: Page) -> None:
    page.click(".picker summary")
    page.fill("#from", "yesterday-ish")
    page.click("text=Apply time range")
    expect(page.locator(".wrong")).to_contain_text("now-6h")
    page.fill("#from", "now-40m")
    page.fill("#to", "now-30m")
    page.click("text=Apply time range")
    expect(page).to_have_url(re.compile("from=now-40m"))
    expect(panel(page, "Stream-Table JOIN on Clickstream and Web_Users")).to_contain_text("No data")


def test_a_panel_fills_the_page_and_escape_brings_the_others_back(page: Page) -> None:
    shown = panel(page, "Bandwidth use")
    shown.hover()
    shown.get_by_label("Show Bandwidth use alone").click()
    expect(panel(page, "Website Analytics")).to_be_hidden()
    expect(panel(page, "Bandwidth use")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel(page, "Website Analytics")).to_be_visible()


def test_a_panel_is_exported_as_csv(page: Page) -> None:
    shown = panel(page, "TABLE-STREAM JOIN between ClickStream and Codes Table")
    shown.hover()
    with page.expect_download() as download:
        shown.get_by_label("Export").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "CODE,DEFINITION,Max"
    assert any(line.startswith("404,Page not found,") for line in lines)


def test_on_a_phone_nothing_is_wider_than_the_screen(chromium: Browser, stack: CommandLine) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{stack.url('grafana')}/")
    page.wait_for_selector('#app[data-loaded="true"]')
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_an_unknown_dashboard_says_so(chromium: Browser, stack: CommandLine) -> None:
    page = chromium.new_page()
    page.goto(f"{stack.url('grafana')}/d/none")
    expect(page.locator("main")).to_contain_text("Dashboard not found")
    page.close()
