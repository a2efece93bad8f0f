"""Take the picture of docs/failing-tests.md: the trace page of the newsletter's seeded failure.

    python docs/trace_page.py [FOLDER]

It needs Chromium and its driver (`apt-get install chromium chromium-driver`) and selenium (`pip install -e '.[browser]'`). The picture is `docs/images/trace-page.png`;
in FOLDER, where one is named, there are more: light and dark, wide and narrow.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "trace-page.png"
SIZES = {"wide": (1280, 980), "narrow": (700, 1100)}


def page(folder: Path) -> Path:
    """The trace page of the failing test."""
    shutil.copy(ROOT / "tests" / "report" / "newsletter_race.py", folder / "test_newsletter.py")
    shutil.copy(ROOT / "examples" / "newsletter" / "newsletter.py", folder)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--nexus-report=out",
        "test_newsletter.py",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = [path for path in (folder / "out").glob("*.html") if path.name != "index.html"]
    if len(found) != 1:
        sys.exit(f"the test did not fail as it should:\n{done.stdout}\n{done.stderr}")
    return found[0]


def photograph(source: Path, target: Path, *, size: tuple[int, int], dark: bool) -> None:
    """A picture of a page."""
    from selenium import webdriver  # noqa: PLC0415  # not needed to import this module

    binary, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if binary is None or driver is None:
        sys.exit("no Chromium here: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.get(source.resolve().as_uri())
        browser.find_element("css selector", ".row.selected")
        browser.save_screenshot(str(target))
    finally:
        browser.quit()


def main() -> None:
    """Take the pictures."""
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        source = page(Path(folder))
        photograph(source, PICTURE, size=SIZES["wide"], dark=False)
        if len(sys.argv) > 1:
            for name, size in SIZES.items():
                for dark in (False, True):
                    target = Path(sys.argv[1]) / f"{name}-{'dark' if dark else 'light'}.png"
                    photograph(source, target, size=size, dark=dark)


if __name__ == "__main__":
    main()
