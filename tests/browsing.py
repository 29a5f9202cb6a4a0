"""A real browser for tests, and a page of it that keeps what it had to complain about."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = os.environ.get("TIENDO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: install the package chromium to run this"
)


@dataclass(frozen=True, slots=True)
class Window:
    """A browser's window in pixels, and whether the device is light or dark."""

    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"


PHONE, DESK, PROJECTOR = Window(360, 740), Window(1280, 800), Window(1920, 1080, "dark")
WINDOWS = (PHONE, DESK, PROJECTOR)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    async with async_playwright() as play:
        started = await play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield started
        finally:
            await started.close()


@asynccontextmanager
async def opened(within: Browser, window: Window) -> AsyncIterator[Page]:
    """A page that must end without an error in its console; a breach of the content security policy is one too."""
    size = {"width": window.width, "height": window.height}
    page = await within.new_page(viewport=size, color_scheme=window.scheme)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield page
    await page.close()
    assert complaints == []


async def fits(page: Page) -> bool:
    """Whether nothing lies beyond the right edge of the window, but for what scrolls by itself."""
    found: bool = await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found
