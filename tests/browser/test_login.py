"""The login in a real Chromium: refused, accepted, ended."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import PATIENCE_MS, shoot
from tests.integration.conftest import CommandLine, command_line

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A stack that asks for a login, its dashboards loaded with it."""
    with command_line(tmp_path_factory.mktemp("login")) as line:
        line.environment["CLICKSTREAM_LOGIN"] = "true"
        line.ok("up", "--no-load")
        line.ok("dashboards", "load")
        yield line


def test_a_wrong_password_is_refused_and_the_shown_one_accepted(
    chromium: Browser, stack: CommandLine
) -> None:
    told = stack("status")
    found = re.search(r"login of the dashboards: (\S+) / (\S+)", told.out + told.err)
    assert found, told
    page = chromium.new_page(viewport={"width": 1000, "height": 600})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{stack.url('grafana')}/flow")
    expect(page).to_have_url(re.compile("/login"))
    page.fill("#user", found[1])
    page.fill("#password", "user")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("User or password is wrong.")
    shoot(page, "login")
    page.fill("#user", found[1])
    page.fill("#password", found[2])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_selector('#app[data-loaded="true"]')
    expect(page.locator("h1")).to_have_text("Flow")
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/login"))
    page.goto(f"{stack.url('grafana')}/flow")
    expect(page).to_have_url(re.compile("/login"))
    page.close()
