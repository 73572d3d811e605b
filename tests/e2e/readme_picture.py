"""Take the picture of the flow map that README shows, from a running service.

    NMIS_TOKEN=nmis_... python -m tests.e2e.readme_picture http://127.0.0.1:8000

A ministry's token shows the whole country between states.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.browsing import DESKTOP, FLAGS, Visit, program

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "flow-map.png"


def main() -> None:
    """Sign in with ``NMIS_TOKEN`` at the address given, and take the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program(), args=list(FLAGS)
        )
        page = browser.new_context(viewport=DESKTOP, locale="en-IN").new_page()
        visit = Visit(page, sys.argv[1].rstrip("/"), troubles=[], foreign=[])
        visit.sign_in(os.environ["NMIS_TOKEN"])
        visit.settle()
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
