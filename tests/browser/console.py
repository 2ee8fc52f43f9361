"""Pages of the console in a browser, and what they must agree with."""

from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from tests.integration.conftest import CommandLine, eventually

SCREENSHOTS = Path(__file__).parent / "screenshots"
PATIENCE_MS = 30_000
CLICKS = "DATAGEN_CLICKSTREAM"


def open_page(
    browser: Browser, line: CommandLine, path: str, *, width: int = 1400, height: int = 900
) -> Page:
    """Return a page that has loaded; `page.script_errors` collects what its scripts threw."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{line.url('grafana')}{path}")
    page.wait_for_selector('#app[data-loaded="true"]')
    return page


def shoot(page: Page, name: str) -> None:
    """Save what the page looks like."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def cells(table: Locator, column: int) -> list[str]:
    """Return the texts of a table's column, counted from 1."""
    return table.locator(f"tbody td:nth-child({column})").all_inner_texts()


def settle(line: CommandLine) -> None:
    """Pause the clicks and wait until every table's rows are documents."""
    line.ok("connectors", "pause", CLICKS)
    seen: list[int] = []

    def quiet() -> bool:
        seen.append(line.hits())
        rows = line.rows("SELECT EVENTS FROM EVENTS_PER_MIN;")
        return len(seen) > 2 and seen[-1] == seen[-2] == sum(int(row["EVENTS"]) for row in rows)

    eventually(quiet, 60, "documents are as the tables")
