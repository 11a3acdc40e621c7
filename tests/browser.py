"""Pages in headless Chromium, with what its console and its network say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import need, need_module

_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--force-prefers-reduced-motion"),
)


class Browser:
    """One window; ``open`` shows a file."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path, *, script: bool = True) -> None:
        """Show a page, perhaps without its script."""
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.driver.get(path.as_uri())

    def all(self, selector: str) -> list[Any]:
        """The elements that a selector finds."""
        found: list[Any] = self.driver.find_elements("css selector", selector)
        return found

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        action = need_module("selenium.webdriver").ActionChains(self.driver)
        for key in keys:
            action.send_keys(key)
        action.perform()

    def click(self, x: int, y: int) -> None:
        """Click with the mouse at a place of the window."""
        action = need_module("selenium.webdriver").ActionChains(self.driver)
        action.w3c_actions.pointer_action.move_to_location(x, y).click()
        action.perform()

    def media(self, kind: str = "", **features: str) -> None:
        """As on paper, or with what a reader prefers."""
        chosen = [{"name": n.replace("_", "-"), "value": v} for n, v in features.items()]
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": kind, "features": chosen}
        )

    def resize(self, width: int, height: int) -> None:
        """The size of the page's own area."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def complaints(self) -> list[str]:
        """What the console has said since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """What has been asked for since this was last called."""
        events = (json.loads(e["message"])["message"] for e in self.driver.get_log("performance"))
        return [
            e["params"]["request"]["url"]
            for e in events
            if e["method"] == "Network.requestWillBeSent"
        ]


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A window of Chromium, which the test needs."""
    webdriver = need_module("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = need("chromium")
    for option in (*_OPTIONS, f"--user-data-dir={profile}", "--window-size=1400,1000"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(need("chromedriver"))
    driver = webdriver.Chrome(options, service)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
