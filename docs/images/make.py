"""Take the picture at the top of the README anew: ``python docs/images/make.py``.

A gradient as ``tracer solve --to html`` has it, in Chromium, in light and in dark; it needs
playwright and a Chromium. ``gradient.txt`` says what the picture shows: a test compares it with
what the tool writes now, and so tells when the picture has to be taken again.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import tracer
from tracer.blocks import Figure

HERE = Path(__file__).resolve().parent
SHOWN = "dloss/dw1[1,2]"
WIDTH = 760


def solution() -> tracer.Solution:
    """What the picture shows."""
    return tracer.solve(tracer.load(tracer.DECK), only=SHOWN)


def content() -> str:
    """The same in words."""
    found = solution()
    drawn = [block.drawing.description for block in found.page.blocks if isinstance(block, Figure)]
    return "\n".join([*drawn, "", found.render("text")])


def main() -> None:
    """Write the pictures and what they show."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        page_file = Path(name) / "page.html"
        page_file.write_text(solution().render("html"), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": WIDTH, "height": 600},
                color_scheme=scheme,
                device_scale_factor=2,
            )
            page = context.new_page()
            page.goto(page_file.as_uri())
            # the derivation alone, without what can be opened below it
            page.add_style_tag(content="main { padding: 1rem } details, .tools { display: none }")
            page.locator("main").screenshot(path=HERE / f"gradient-{scheme}.png")
        browser.close()
    (HERE / "gradient.txt").write_text(content(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
