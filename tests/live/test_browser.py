"""The live page in a real browser: phone and projector, both languages, nothing refused, nothing beyond the edge."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.live.conftest import LiveTown

CHROMIUM = os.environ.get("TIENDO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install the package chromium to run this")
SCREENS: tuple[tuple[int, int, Literal["light", "dark"]], ...] = ((360, 740, "light"), (1920, 1080, "dark"))


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


async def fits(page: Page) -> bool:
    """Whether nothing lies beyond the right edge of the window."""
    found: bool = await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found


@pytest.mark.parametrize(("lang", "title"), [("vi", "Chuyển đổi số năm 2025"), ("bn", "ডিজিটাল রূপান্তর ২০২৫")])
async def test_every_page_fits_the_phone_and_the_projector(
    live: LiveTown, chromium: Browser, lang: str, title: str
) -> None:
    refused: list[str] = []
    for width, height, scheme in SCREENS:
        page = await chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda problem: refused.append(str(problem)))
        await page.goto(await live.link())
        await page.click("button")
        for path in (f"/live/?lang={lang}", "/live/items", "/live/items/CT04", "/live/items/CT03"):
            await page.goto(live.url + path)
            assert await fits(page), (path, width)
        await page.goto(f"{live.url}/live/")
        assert await page.text_content("h1") == title
        assert await page.evaluate("document.fonts.check('16px \"Tiendo Sans\"')")
        await page.close()
    assert refused == []


async def test_the_board_follows_a_report_by_itself(live: LiveTown, chromium: Browser) -> None:
    page = await chromium.new_page(viewport={"width": 360, "height": 740})
    await page.goto(await live.link())
    await page.click("button")
    assert "18" in (await page.text_content(".numbers .panel:nth-child(2) strong") or "")
    await live.town.says(live.town.leader, "NV13 xong rồi")
    await expect(page.locator(".numbers .panel:nth-child(2) strong")).to_have_text("19", timeout=15_000)


async def test_a_filter_chosen_narrows_the_list(live: LiveTown, chromium: Browser) -> None:
    page = await chromium.new_page(viewport={"width": 360, "height": 740})
    await page.goto(await live.link())
    await page.click("button")
    await page.goto(f"{live.url}/live/items")
    async with page.expect_navigation():
        await page.select_option("select[name=status]", "overdue")
    assert await page.locator(".entries > li").count() == 10
