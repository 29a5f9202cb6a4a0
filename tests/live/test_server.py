"""The live page over HTTP: who gets in, what is shown, that it follows what is reported."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import aiohttp

from tests.live.conftest import LiveTown
from tests.live.test_gate import signed
from tests.scenarios.conftest import Town


def browser() -> aiohttp.ClientSession:
    """A client that keeps cookies, of addresses without a name as well."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def entered(live: LiveTown, session: aiohttp.ClientSession, person: str = "chair") -> str:
    """The board, after the link of a person was opened."""
    async with session.post(await live.link(person)) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_link_opens_once_and_looking_at_it_does_not_use_it_up(live: LiveTown) -> None:
    link = await live.link()
    async with browser() as session:
        for _ in range(2):
            async with session.get(link) as door:
                assert door.status == 200
                assert "Mở bảng theo dõi" in await door.text()
        async with session.post(link) as board:
            assert board.status == 200
            assert "9</strong>" in await board.text()
    async with browser() as another:
        async with another.post(link) as refused:
            assert refused.status == 403
            assert "/live" in await refused.text()
        async with another.get(f"{live.url}/live/") as refused:
            assert refused.status == 403


async def test_a_link_runs_out_and_a_guess_opens_nothing(live: LiveTown) -> None:
    link = await live.link()
    live.town.clock.move(timedelta(minutes=11))
    async with browser() as session:
        for url in (link, f"{live.url}/live/open/guess", f"{live.url}/live/open/%ff"):
            async with session.post(url) as refused:
                assert refused.status == 403, url


async def test_a_mini_app_lets_in_whom_telegram_names_and_nobody_else(live: LiveTown) -> None:
    now = datetime.now(UTC)
    token = live.town.server.token
    async with browser() as session:
        stranger = signed(token, now, user='{"id":6666}')
        for raw in (stranger, signed("1:other", now), "nonsense"):
            async with session.post(f"{live.url}/live/app", data={"data": raw}) as refused:
                assert refused.status == 403
        async with session.post(f"{live.url}/live/app", data={"data": signed(token, now)}) as board:
            assert board.status == 200
            assert "Chuyển đổi số năm 2025" in await board.text()


async def test_the_headers_allow_nothing_from_elsewhere(live: LiveTown) -> None:
    async with browser() as session:
        page = await entered(live, session)
        for path in ("/live/", "/live/items", "/live/items/CT04", "/live/static/live.css", "/live/nothing"):
            async with session.get(live.url + path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not re.findall(r'(?:src|href)="(?!/live/|\?lang=)', page)
        assert "style=" not in page
        assert "<script>" not in page


async def test_items_are_searched_and_filtered(live: LiveTown) -> None:
    async with browser() as session:
        await entered(live, session)
        for said in ("báo, đài", "dai bao,", "সংবাদপত্র"):
            async with session.get(f"{live.url}/live/items", params={"q": said}) as answer:
                found = await answer.text()
            assert "CT04" in found, said
            assert "CT41" not in found, said
        async with session.get(f"{live.url}/live/items", params={"status": "overdue", "kind": "task"}) as answer:
            found = await answer.text()
        assert "7 nội dung" in found
        assert "NV13" in found
        async with session.get(f"{live.url}/live/items", params={"q": "<script>alert(1)</script>"}) as answer:
            found = await answer.text()
        assert "0 nội dung" in found
        assert "<script>alert" not in found


async def test_one_item_has_its_course_and_its_reports(live: LiveTown) -> None:
    async with browser() as session:
        await entered(live, session)
        async with session.get(f"{live.url}/live/items/CT04") as answer:
            page = await answer.text()
        assert "268 tin, bài" in page
        assert page.count("<circle") == 3
        assert "Võ Thị Ngọc Hân" in page
        async with session.get(f"{live.url}/live/items/CT99") as answer:
            assert answer.status == 404


async def test_a_bengali_reader_sees_bengali_and_can_change_it(live: LiveTown) -> None:
    async with browser() as session:
        page = await entered(live, session, "office_bn")
        assert "ডিজিটাল রূপান্তর ২০২৫" in page
        async with session.get(f"{live.url}/live/?lang=vi") as answer:
            assert "Chuyển đổi số năm 2025" in await answer.text()


async def test_a_report_changes_the_state_and_the_page(live: LiveTown) -> None:
    async with browser() as session:
        page = await entered(live, session)
        shown = re.search(r'data-state="([^"]+)"', page)
        assert shown is not None

        async def state() -> str:
            async with session.get(f"{live.url}/live/state") as answer:
                assert answer.status == 200
                return await answer.text()

        assert await state() == shown[1]
        await live.town.says(live.town.leader, "NV13 xong rồi")
        assert await state() != shown[1]
        async with session.get(f"{live.url}/live/") as answer:
            assert "19</strong>" in await answer.text()


async def test_whoever_leaves_sees_nothing_more(live: LiveTown) -> None:
    async with browser() as session:
        await entered(live, session, "deputy")
        asked = await live.town.says(live.town.deputy, "/leave")
        await live.town.presses(live.town.deputy, asked, asked.labels[0])
        for path in ("/live/", "/live/state"):
            async with session.get(live.url + path) as answer:
                assert answer.status == 403


async def test_the_card_leads_to_the_board(live: LiveTown) -> None:
    card = await live.town.says(live.town.chair, "/card")
    told = await live.town.presses(live.town.chair, card, "🖥 Bảng theo dõi trực tiếp")
    assert any(button.url for row in told.buttons for button in row)


async def test_without_the_setting_there_is_no_page(town: Town) -> None:
    told = await town.says(town.chair, "/live")
    assert "chưa bật" in told.text
    card = await town.says(town.chair, "/card")
    assert "🖥 Bảng theo dõi trực tiếp" not in card.labels
