"""The chat page in a real browser, with the bot at work: writing, pressing, choosing, in both languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browsing import DESK, PHONE, WINDOWS, browser, fits, needs_browser, opened
from tests.scenarios.conftest import Town, database, prepared, town

__all__ = ["database", "prepared", "town"]
pytestmark = needs_browser


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is looked at, what they ask, what the answer has in it, how the list of people begins."""

    person: str
    asks: str
    answer: str
    people: str


VISITS = {
    "vi": Visit("Phạm Đăng Khoa", "chỉ tiêu 4 tới đâu rồi?", "268 tin, bài", "Chọn một người"),
    "bn": Visit("Đặng Thị Lan Phương", "CT13-এর অবস্থা কী?", "৯৯.৩%", "একজনকে বেছে নিন"),
}


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


async def chooses(page: Page, town: Town, name: str) -> None:
    """Open the page and the chat of somebody."""
    await page.goto(f"{town.server.url}/demo/")
    await page.locator("#list button", has_text=name).click()
    await page.locator("#start:visible, #composer:visible").wait_for()
    if await page.locator("#start").is_visible():
        await page.click("#start")
        await expect(page.locator("#messages li.in").last).to_be_visible()


@pytest.mark.parametrize("lang", VISITS)
async def test_somebody_asks_and_presses_on_every_screen(town: Town, chromium: Browser, lang: str) -> None:
    visit = VISITS[lang]
    for window in WINDOWS:
        async with opened(chromium, window) as page:
            await chooses(page, town, visit.person)
            await page.fill("#text", visit.asks)
            await page.click("#send")
            answer = page.locator("#messages li.in").last
            await expect(answer).to_contain_text(visit.answer)
            assert await fits(page), window
            await answer.locator("button.button").first.click()
            await expect(page.locator(".waiting")).to_have_count(0)
            assert await fits(page), window
            await expect(page.locator("#people-title")).to_contain_text(visit.people)


async def test_a_picture_is_shown_within_the_bubble(town: Town, chromium: Browser) -> None:
    async with opened(chromium, PHONE) as page:
        await chooses(page, town, "Trịnh Quang Hiển")
        await page.fill("#text", "/card")
        await page.press("#text", "Enter")
        picture = page.locator("#messages .photo img")
        await expect(picture).to_have_js_property("complete", True)
        box = await picture.bounding_box()
        assert box is not None
        assert 200 < box["width"] < 360
        assert await picture.evaluate("img => img.naturalWidth") == 1080


async def test_commands_are_narrowed_by_typing_and_sent_by_a_tap(town: Town, chromium: Browser) -> None:
    choice = await town.says(town.leader, "/language")
    await town.presses(town.leader, choice, "Tiếng Việt")  # with the language come the commands in it
    async with opened(chromium, PHONE) as page:
        await chooses(page, town, "Phạm Đăng Khoa")
        await page.click("#menu")
        await expect(page.locator("#commands")).to_contain_text("/behind")
        await page.fill("#text", "/he")
        await expect(page.locator("#commands button")).to_have_count(1)
        await page.locator("#commands button").click()
        await expect(page.locator("#messages li.out").last).to_contain_text("/help")
        await expect(page.locator("#messages li.in").last).to_be_visible()


async def test_on_a_phone_one_goes_back_to_the_list(town: Town, chromium: Browser) -> None:
    async with opened(chromium, PHONE) as page:
        await chooses(page, town, "Phạm Đăng Khoa")
        await expect(page.locator("#people")).to_be_hidden()
        await page.click("#back")
        await expect(page.locator("#people")).to_be_visible()
        await chooses(page, town, "Đặng Thị Lan Phương")
        await expect(page.locator("html")).to_have_attribute("lang", "bn")


async def test_what_comes_meanwhile_is_counted_in_the_readers_digits(town: Town, chromium: Browser) -> None:
    async with opened(chromium, DESK) as page:
        await chooses(page, town, "Phạm Đăng Khoa")
        await town.until("2025-06-19T08:00")
        bengali = page.locator("#list button", has_text="Đặng Thị Lan Phương")
        await expect(bengali.locator(".unread")).to_have_text("১")
        await expect(page.locator("#messages li.in").last).to_be_visible()
