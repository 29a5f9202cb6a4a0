"""The live page in a real browser: phone, desk and projector, both languages, nothing beyond the edge."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browsing import PHONE, WINDOWS, browser, fits, needs_browser, opened
from tests.live.conftest import LiveTown

pytestmark = needs_browser


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


async def enters(page: Page, live: LiveTown) -> None:
    """Open the board by a fresh link, as somebody does who was sent it."""
    await page.goto(await live.link())
    await page.click("button")


@pytest.mark.parametrize(("lang", "title"), [("vi", "Chuyển đổi số năm 2025"), ("bn", "ডিজিটাল রূপান্তর ২০২৫")])
async def test_every_page_fits_the_phone_and_the_projector(
    live: LiveTown, chromium: Browser, lang: str, title: str
) -> None:
    for window in WINDOWS:
        async with opened(chromium, window) as page:
            await enters(page, live)
            for path in (f"/live/?lang={lang}", "/live/items", "/live/items/CT04", "/live/items/CT03"):
                await page.goto(live.url + path)
                assert await fits(page), (path, window)
            await page.goto(f"{live.url}/live/")
            assert await page.text_content("h1") == title
            assert await page.evaluate("document.fonts.check('16px \"Tiendo Sans\"')")


async def test_the_board_follows_a_report_by_itself(live: LiveTown, chromium: Browser) -> None:
    async with opened(chromium, PHONE) as page:
        await enters(page, live)
        done = page.locator(".numbers .panel:nth-child(2) strong")
        await expect(done).to_have_text("18")
        await live.town.says(live.town.leader, "NV13 xong rồi")
        await expect(done).to_have_text("19", timeout=15_000)


async def test_items_are_found_narrowed_and_opened(live: LiveTown, chromium: Browser) -> None:
    async with opened(chromium, PHONE) as page:
        await enters(page, live)
        await page.click("nav a[href='/live/items']")
        async with page.expect_navigation():
            await page.select_option("select[name=status]", "overdue")
        rows = page.locator(".entries > li")
        await expect(rows).to_have_count(10)
        await page.fill("input[name=q]", "lom song")
        await page.press("input[name=q]", "Enter")
        await expect(rows).to_have_count(1)
        await rows.locator("a").first.click()
        await expect(page.locator("h1")).to_contain_text("NV13")
        assert await fits(page)


async def test_a_cell_of_the_table_leads_to_its_items(live: LiveTown, chromium: Browser) -> None:
    async with opened(chromium, PHONE) as page:
        await enters(page, live)
        cell = page.locator(".heat td a").first
        total = (await cell.text_content() or "").split("/")[1]
        await cell.click()
        await expect(page.locator(".entries > li")).to_have_count(int(total))


async def test_the_language_is_changed_by_a_tap_and_stays(live: LiveTown, chromium: Browser) -> None:
    async with opened(chromium, PHONE) as page:
        await enters(page, live)
        await page.click(".languages a[lang=bn]")
        await expect(page.locator("h1")).to_have_text("ডিজিটাল রূপান্তর ২০২৫")
        await page.goto(f"{live.url}/live/items/CT04")
        await expect(page.locator("main")).to_contain_text("২৬৮")
