"""A Chromium from Debian and one embedded stack with known data, for all browser tests."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Without these Chromium asks hosts elsewhere at every start."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a headless Chromium; skip without one, fail in CI.

    No longer than a module: Playwright leaves an event loop running in this thread for as long as it is
    open, and later tests that run a loop of their own would fail.
    """
    path = shutil.which("chromium")
    if path is None:
        reason = "no chromium on the PATH (`apt-get install chromium`)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
