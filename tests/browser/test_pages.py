"""The console's pages in a real Chromium: what they show is what the APIs tell, and their controls work."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.console import CLICKS, PATIENCE_MS, cells, open_page, shoot
from tests.integration.conftest import CommandLine, command_line, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

expect.set_options(timeout=PATIENCE_MS)

PAGES = {
    "Dashboards": "Dashboards",
    "Flow": "Flow",
    "Connectors": "Connectors",
    "Topics": "Topics",
    "Query": "Query",
    "Alerts": "Alerts",
    "Processing log": "Processing log",
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A stack that `up` brought up, with clicks coming in."""
    with command_line(tmp_path_factory.mktemp("pages")) as line:
        line.ok("up")
        yield line


@pytest.fixture
def visit(chromium: Browser, stack: CommandLine) -> Iterator[Any]:
    """A function that opens an address; a script error on any page fails the test."""
    opened: list[Page] = []
    errors: list[str] = []

    def go(path: str, **size: int) -> Page:
        page = open_page(chromium, stack, path, **size)
        page.on("pageerror", lambda error: errors.append(str(error)))
        opened.append(page)
        return page

    yield go
    for page in opened:
        page.close()
    assert not errors


def flow(stack: CommandLine) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{stack.url('grafana')}/api/flow", timeout=30).json()
    return found


def ksql(stack: CommandLine, text: str) -> None:
    requests.post(f"{stack.url('ksqldb')}/ksql", json={"ksql": text}, timeout=30).raise_for_status()


def write(page: Page, sql: str) -> None:
    """Put `sql` into the editor, as pasted."""
    editor = page.get_by_label("SQL", exact=True)
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(sql)
    page.keyboard.press("Escape")


def test_the_navigation_leads_to_every_page(visit: Any) -> None:
    page = visit("/dashboards")
    for link, heading in PAGES.items():
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=link, exact=True).click()
        page.wait_for_selector('#app[data-loaded="true"]')
        expect(page.locator("h1")).to_have_text(heading)
        expect(page.locator(".site [aria-current]")).to_have_text(link)


@pytest.mark.parametrize(
    "path", ["/dashboards", "/flow", "/connectors", "/topics", "/query", "/alerts", "/log"]
)
def test_on_a_phone_no_page_is_wider_than_the_screen(visit: Any, path: str) -> None:
    page = visit(path, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, f"phone-{path.strip('/')}")


def test_the_flow_has_everything_and_its_lines_lead_from_clicks_to_documents(
    visit: Any, stack: CommandLine
) -> None:
    page = visit("/flow")
    known = flow(stack)
    for query in known["queries"]:
        expect(page.locator(f'[data-id="query:{query["id"]}"] .figures')).to_contain_text("/s →")
    for index in known["indices"]:
        expect(page.locator(f'[data-id="index:{index["name"]}"]')).to_have_count(1)
    for connector in known["connectors"]:
        expect(page.locator(f'[data-id="connector:{connector["name"]}"]')).to_have_count(1)
    lines = len([s for q in known["queries"] for s in q["sources"]]) + len(known["queries"])
    lines += sum(len(c["topics"]) + len(c["indices"]) for c in known["connectors"])
    expect(page.locator("path.edge")).to_have_count(lines)
    assert page.locator("path.edge.active").count() > 0
    shoot(page, "flow")


def test_a_box_of_the_flow_shows_schema_statement_and_rows(visit: Any, stack: CommandLine) -> None:
    page = visit("/flow")
    expect(page.locator('[data-id="topic:clickstream"]')).to_contain_text("/s")
    page.locator('[data-id="topic:USER_IP_ACTIVITY"]').focus()
    page.keyboard.press("Enter")
    details = page.get_by_label("Details", exact=True)
    expect(details.locator("pre.statement")).to_contain_text("WINDOW TUMBLING ( SIZE 60 SECONDS )")
    assert cells(details.locator("table.rows"), 1) == [
        "K1",
        "K2",
        "K3",
        "USERNAME",
        "EVENT_TS",
        "IP",
        "CITY",
        "COUNT",
    ]
    assert details.locator(".record").count() == 5
    shoot(page, "flow-details")
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()


def test_a_connector_is_paused_and_resumed_from_its_page(visit: Any, stack: CommandLine) -> None:
    def state() -> str:
        url = f"{stack.url('connect')}/connectors/{CLICKS}/status"
        return str(requests.get(url, timeout=30).json()["tasks"][0]["state"])

    page = visit("/connectors")
    page.get_by_role("button", name=CLICKS, exact=True).click()
    page.get_by_role("button", name=f"Pause {CLICKS}", exact=True).click()
    eventually(lambda: state() == "PAUSED", 30, "the task is paused")
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name=CLICKS, exact=True))
    expect(row.locator(".badge")).to_have_text("PAUSED")
    shoot(page, "connectors")
    page.get_by_role("button", name=f"Resume {CLICKS}", exact=True).click()
    eventually(lambda: state() == "RUNNING", 30, "the task runs again")
    expect(row.locator(".badge")).to_have_text("RUNNING")


def test_the_form_refuses_wrong_settings_and_creates_a_connector_that_can_be_deleted(
    visit: Any, stack: CommandLine
) -> None:
    page = visit("/connectors")
    page.get_by_text("New connector").click()
    page.get_by_label("Class", exact=True).select_option(
        "io.confluent.kafka.connect.datagen.DatagenConnector"
    )
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("#connector-name-wrong")).to_have_text("a name is needed")
    expect(page.locator('[id="setting-kafka.topic-wrong"]')).not_to_be_empty()
    page.fill("#connector-name", "more_users")
    page.fill('[id="setting-kafka.topic"]', "more_users")
    page.fill('[id="setting-quickstart"]', "clickstream_users")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("button", name="more_users", exact=True)).to_be_visible()
    assert "more_users" in requests.get(f"{stack.url('connect')}/connectors", timeout=30).json()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete more_users", exact=True).click()
    expect(page.get_by_role("button", name="more_users", exact=True)).to_have_count(0)
    assert "more_users" not in requests.get(f"{stack.url('connect')}/connectors", timeout=30).json()


def test_topics_are_listed_with_what_they_hold(visit: Any, stack: CommandLine) -> None:
    page = visit("/topics")
    table = page.get_by_label("Topics", exact=True).last.locator("table.rows")
    assert set(cells(table, 1)) == {topic["name"] for topic in flow(stack)["topics"]}
    row = page.get_by_role("row").filter(has_text="stream CLICKSTREAM")
    expect(row).to_contain_text("7 day")
    expect(row.locator("td").nth(3)).to_have_text(re.compile(r"[\d.]+/s"))
    shoot(page, "topics")


def test_a_topic_is_followed_live_and_filtered(visit: Any) -> None:
    page = visit("/topics/clickstream")
    records = page.locator(".record")
    expect(records.first).to_contain_text("GET /")
    newest = int(records.first.get_attribute("data-offset") or 0)
    eventually(
        lambda: int(records.first.get_attribute("data-offset") or 0) > newest, 30, "newer records come"
    )
    records.first.locator("summary").click()
    page.get_by_label("Only records with").fill('"status":"404"')
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ records"))
    assert all('"status":"404"' in text for text in page.locator(".record code").all_inner_texts())
    shoot(page, "topic")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("stopped after")


def test_a_push_query_streams_and_stops(visit: Any, stack: CommandLine) -> None:
    page = visit("/query")
    write(page, "SELECT * FROM CLICKSTREAM EMIT CHANGES;")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#query-state")).to_have_text(re.compile(r"running: \d{2,} rows"))
    assert page.locator("#result th").all_inner_texts()[:3] == ["_TIME", "TIME", "IP"]
    assert flow(stack)["node"]["pushQueries"] == 1
    shoot(page, "query")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#query-state")).to_have_text("stopped")
    eventually(lambda: flow(stack)["node"]["pushQueries"] == 0, 30, "the query has ended at the server")


def test_a_push_query_ends_when_its_page_is_left(visit: Any, stack: CommandLine) -> None:
    page = visit("/query")
    write(page, "SELECT * FROM CLICKSTREAM EMIT CHANGES;")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#query-state")).to_contain_text("running:")
    page.goto("about:blank")
    eventually(lambda: flow(stack)["node"]["pushQueries"] == 0, 30, "the query has ended at the server")


def test_a_statement_a_plan_and_a_refusal(visit: Any) -> None:
    page = visit("/query")
    write(page, "SHOW TABLES;")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#result")).to_contain_text("EVENTS_PER_MIN")
    write(page, "SELECT IP, COUNT(*) FROM CLICKSTREAM GROUP BY IP EMIT CHANGES;")
    page.get_by_role("button", name="Explain", exact=True).click()
    steps = page.locator(".plan summary b")
    expect(steps.first).to_have_text("PROJECT")
    assert steps.all_inner_texts()[:2] == ["PROJECT", "AGGREGATE"]
    assert steps.all_inner_texts()[-1] == "SOURCE"
    shoot(page, "explain")
    write(page, "SELECT NOPE FROM CLICKSTREAM EMIT CHANGES;")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#result .wrong")).to_contain_text("NOPE")
    expect(page.locator(".history li").first).to_contain_text("NOPE")
    page.reload()
    expect(page.locator(".history li").first).to_contain_text("NOPE")


def test_the_editor_completes_sources_and_columns(visit: Any) -> None:
    page = visit("/query")
    write(page, "SELECT * FROM ")
    page.keyboard.type("EVENTS_P")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("EVENTS_PER_MIN")
    write(page, "SELECT ")
    page.keyboard.type("TOTAL_B")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("TOTAL_BYTES")


def test_a_bad_record_is_in_the_processing_log_with_its_reason(visit: Any, stack: CommandLine) -> None:
    ksql(
        stack,
        "CREATE STREAM RAW_TEXT (V STRING) WITH (KAFKA_TOPIC='raw', VALUE_FORMAT='KAFKA', PARTITIONS=1);",
    )
    ksql(stack, "CREATE STREAM AS_JSON (X INT) WITH (KAFKA_TOPIC='raw', VALUE_FORMAT='JSON');")
    ksql(stack, "CREATE STREAM GOOD_ONES AS SELECT X FROM AS_JSON;")
    ksql(stack, "INSERT INTO RAW_TEXT (V) VALUES ('<b>no json</b>');")
    page = visit("/log")
    entry = page.locator(".record").first
    expect(entry).to_contain_text("GOOD_ONES")
    expect(entry).to_contain_text("deserialization error")
    entry.locator("summary").click()
    expect(entry.locator("pre.value")).to_have_text("<b>no json</b>")
    expect(page.get_by_label("Bad records since the start")).to_contain_text("CSAS_GOOD_ONES")
    shoot(page, "log")


def test_a_dashboard_is_imported_from_a_file_and_deleted(visit: Any, tmp_path: Any) -> None:
    grid = {"x": 0, "y": 0, "w": 12, "h": 8}
    text = {
        "type": "text",
        "id": 1,
        "title": "Words",
        "gridPos": grid,
        "options": {"content": "Mind <i>this</i>"},
    }
    strange = {"type": "geomap", "id": 2, "title": "Map", "gridPos": grid | {"x": 12}}
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"dashboard": {"uid": "mine", "title": "Mine", "panels": [text, strange]}}))
    page = visit("/dashboards")
    page.get_by_label("Dashboard file").set_input_files(file)
    page.get_by_role("link", name="Mine", exact=True).click()
    page.wait_for_selector('#app[data-loaded="true"]')
    expect(page.locator('section[aria-label="Words"]')).to_contain_text("Mind <i>this</i>")
    expect(page.locator('section[aria-label="Map"]')).to_contain_text("geomap")
    page.goto(page.url.split("/d/")[0] + "/dashboards")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("Delete Mine").click()
    expect(page.get_by_role("link", name="Mine", exact=True)).to_have_count(0)


def test_light_is_remembered_on_every_page(visit: Any) -> None:
    page = visit("/topics")
    page.get_by_label("Light or dark").click()
    page.get_by_role("link", name="Flow", exact=True).click()
    page.wait_for_selector('#app[data-loaded="true"]')
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator('[data-id="topic:clickstream"]')).to_contain_text("/s")
    shoot(page, "flow-light")
