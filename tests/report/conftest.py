"""A headless Chromium, and pages to open in it."""

import os
import shutil
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WITHOUT = "no Chromium here (apt-get install chromium chromium-driver; pip install -e '.[browser]')"


def _missing():
    required = os.environ.get("NEXUS_TESTKIT_REQUIRE_BROWSER")
    (pytest.fail if required else pytest.skip)(WITHOUT)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """The driver of a browser that reaches nothing but files and the driver's own socket on loopback."""
    try:
        from selenium import webdriver
    except ImportError:
        _missing()
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver_binary = shutil.which("chromedriver")
    if binary is None or driver_binary is None:
        _missing()
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    profile = tmp_path_factory.mktemp("chromium")
    for argument in (
        "--headless=new",
        "--no-sandbox",  # which needs rights that a container lacks
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-proxy-server",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_binary))
    yield driver
    driver.quit()


class Opened:
    """One page in the browser."""

    def __init__(self, driver):
        self.driver = driver

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def one(self, selector):
        return self.driver.find_element("css selector", selector)

    def text(self, selector):
        return self.one(selector).text

    def js(self, script, *args):
        return self.driver.execute_script(f"return {script}", *args)

    def rows(self):
        """The operations of the lines that are in the document."""
        return [each.text for each in self.all(".row .said b")]

    def button(self, label):
        (found,) = [each for each in self.all("button") if each.text.split("\n")[0].startswith(label)]
        return found

    def choose(self, number):
        """Click the line of a call, which must be one of those that can be seen."""
        (row,) = [
            each
            for each in self.all(".row")
            if each.find_elements("css selector", ".n") and each.find_element("css selector", ".n").text == str(number)
        ]
        row.click()

    def complaints(self):
        """What the console says is wrong."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]


@pytest.fixture
def opened(chromium):
    """Opens a file at a size, light or dark, with a clean console."""

    def open_page(path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> Opened:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        chromium.get("about:blank")
        chromium.get_log("browser")
        chromium.get(path.resolve().as_uri())
        return Opened(chromium)

    yield open_page
    chromium.get("about:blank")
