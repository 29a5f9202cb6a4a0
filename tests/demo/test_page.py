"""The chat page's control over HTTP."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup

import bot.demo
from bot.demo.people import Person
from bot.demo.server import StandIn
from tests.demo.pictures import png

PAGE = Path(bot.demo.__file__).parent / "page"


class Browser:
    """What the page's script does: GET and POST below /demo/, and the stream of events."""

    def __init__(self, server: StandIn, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.server.url}/demo/{path}") as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, body: Any, status: int = 200) -> Any:
        form = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body}
        async with self.session.post(f"{self.server.url}/demo/{path}", **form) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def event(self, stream: aiohttp.ClientResponse) -> dict[str, Any]:
        """The next event of an open stream."""
        while True:
            line = await asyncio.wait_for(stream.content.readline(), 5)
            if line.startswith(b"data: "):
                found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return found


@pytest.fixture
async def browser(server: StandIn) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        yield Browser(server, session)


async def test_the_page_and_all_its_files_are_served(server: StandIn, browser: Browser) -> None:
    for file in PAGE.rglob("*"):
        if file.is_file():
            name = file.relative_to(PAGE)
            async with browser.session.get(f"{server.url}/demo/page/{name}") as response:
                assert response.status == 200, name
                assert await response.read() == file.read_bytes()
                assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    async with browser.session.get(server.url) as response:
        assert "<title>Tiến độ</title>" in await response.text()


async def test_no_other_file_is_served(server: StandIn, browser: Browser) -> None:
    for path in ("page/..%2fserver.py", "page/%2e%2e/spec.json", "page/../../../pyproject.toml", "page/nothing.js"):
        async with browser.session.get(f"{server.url}/demo/{path}") as response:
            assert response.status in (400, 404), path


async def test_other_sites_and_other_names_are_turned_away(server: StandIn, browser: Browser) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        async with browser.session.get(f"{server.url}/demo/state", headers=headers) as response:
            assert response.status == 403


def test_nothing_is_loaded_from_elsewhere_and_the_fonts_are_small() -> None:
    sources = [file for file in PAGE.rglob("*") if file.suffix in (".html", ".css", ".js")]
    assert sources
    for file in sources:
        assert "http" not in file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", ""), file.name
    assert sum(file.stat().st_size for file in PAGE.rglob("*.woff2")) < 600_000
    assert "SIL OPEN FONT LICENSE" in (PAGE / "fonts" / "OFL.txt").read_text(encoding="utf-8")


def test_both_languages_have_the_same_words() -> None:
    source = (PAGE / "words.js").read_text(encoding="utf-8")
    tables = source.split("export const WORDS")[1].split("export function")[0].split("  bn: {")
    names = [[line.split(":")[0].strip() for line in table.splitlines() if line.startswith("    ")] for table in tables]
    assert names[0] == names[1]
    assert len(names[0]) > 20


async def test_people_with_their_notes_and_what_they_have_not_read(server: StandIn, bot: Bot, browser: Browser) -> None:
    lan = server.person("Lan", "Nguyễn", started=True, note="Giám đốc", unit="Sở Y tế")
    await bot.send_message(lan.id, "một")
    await bot.send_message(lan.id, "hai")
    state = await browser.get("state")
    listed = state["people"][0]
    assert (listed["name"], listed["note"], listed["unit"]) == ("Lan Nguyễn", "Giám đốc", "Sở Y tế")
    assert (listed["language"], listed["unread"], listed["last"]) == ("vi", 2, "hai")
    assert (listed["bot"], state["clock"]) == ("Tiến độ", None)
    await browser.get(f"chats/{lan.id}")
    assert (await browser.get("state"))["people"][0]["unread"] == 0


async def test_a_chat_as_the_page_shows_it(server: StandIn, bot: Bot, lan: Person, browser: Browser) -> None:
    await bot.set_my_commands([BotCommand("help", "Trợ giúp")])
    said = lan.send("chào <b>")
    lan.edit(said, "chào anh")
    markup = InlineKeyboardMarkup(
        [[InlineKeyboardButton("Mở", url="https://a.vn"), InlineKeyboardButton("Có", callback_data="y")]]
    )
    await bot.send_message(
        lan.id, "<b>Xin</b> chào", parse_mode="HTML", reply_to_message_id=said.message_id, reply_markup=markup
    )
    await bot.send_document(lan.id, b"x" * 10, filename="a.txt")
    await bot.send_message(lan.id, "chọn", reply_markup=ReplyKeyboardMarkup([["Một", "Hai"]]))
    await bot.set_message_reaction(lan.id, said.message_id, "👍")
    chat = await browser.get(f"chats/{lan.id}")
    first, second, third, _ = chat["messages"]
    assert (first["html"], first["out"], first["edited"], first["reactions"]) == ("chào anh", True, True, ["👍"])
    assert (second["html"], second["out"]) == ("<b>Xin</b> chào", False)
    assert second["reply"]["text"] == "chào anh"
    assert second["buttons"] == [
        [{"label": "Mở", "data": None, "url": "https://a.vn"}, {"label": "Có", "data": "y", "url": None}]
    ]
    assert (third["document"]["name"], third["document"]["size"]) == ("a.txt", 10)
    assert chat["keyboard"] == [["Một", "Hai"]]
    assert chat["commands"] == [{"command": "help", "description": "Trợ giúp"}]
    async with browser.session.get(f"{server.url}/demo/{third['document']['url']}") as response:
        assert await response.read() == b"x" * 10
        assert response.headers["Content-Disposition"].startswith("attachment")


async def test_the_bot_is_called_and_described_in_the_persons_language(
    server: StandIn, bot: Bot, browser: Browser
) -> None:
    rahim = server.person("রহিম", language_code="bn")
    await bot.set_my_name("অগ্রগতি", "bn")
    await bot.set_my_description("কমিটির সহকারী", "bn")
    assert (await browser.get("state"))["people"][0]["bot"] == "অগ্রগতি"
    assert (await browser.get(f"chats/{rahim.id}"))["description"] == "কমিটির সহকারী"


async def test_writing_replying_editing_and_pressing(bot: Bot, lan: Person, browser: Browser) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Có", callback_data="y")]])
    asked = await bot.send_message(lan.id, "Đúng không?", reply_markup=markup)
    path = f"chats/{lan.id}"
    said = await browser.post(f"{path}/send", {"text": "đúng", "reply_to": asked.message_id})
    await browser.post(f"{path}/edit", {"message_id": said["id"], "text": "đúng ạ"})
    await browser.post(f"{path}/press", {"message_id": asked.message_id, "data": "y"})
    await browser.post(f"{path}/press", {"message_id": asked.message_id, "data": "n"}, status=400)
    updates = await bot.get_updates()
    assert updates[0].message is not None and updates[0].message.reply_to_message is not None
    assert updates[0].message.reply_to_message.message_id == asked.message_id
    assert updates[1].edited_message is not None
    assert updates[1].edited_message.text == "đúng ạ"
    assert updates[2].callback_query is not None
    assert len(updates) == 3


async def test_a_photo_and_a_file_are_sent(bot: Bot, lan: Person, browser: Browser) -> None:
    for kind, name, mime, content in (
        ("photo", "a.png", "image/png", png()),
        ("document", "b.pdf", "application/pdf", b"%PDF"),
    ):
        form = aiohttp.FormData()
        form.add_field("file", content, filename=name, content_type=mime)
        form.add_field("caption", "bằng chứng")
        form.add_field("as", kind)
        await browser.post(f"chats/{lan.id}/upload", form)
    photo, document = [update.message for update in await bot.get_updates()]
    assert photo is not None and document is not None and document.document is not None
    assert (photo.caption, len(photo.photo)) == ("bằng chứng", 2)
    assert document.document.file_name == "b.pdf"


async def test_starting_blocking_and_coming_back(server: StandIn, bot: Bot, browser: Browser) -> None:
    minh = server.person("Minh")
    for action in ("start", "block", "unblock"):
        await browser.post(f"chats/{minh.id}/{action}", {})
    updates = await bot.get_updates()
    assert updates[0].message is not None
    assert updates[0].message.text == "/start"
    states = [update.my_chat_member.new_chat_member.status for update in updates[1:] if update.my_chat_member]
    assert states == ["kicked", "member"]
    await browser.post(f"chats/{minh.id}/dance", {}, status=400)
    await browser.post("chats/1/send", {"text": "x"}, status=400)


async def test_what_happens_is_streamed(server: StandIn, bot: Bot, lan: Person, browser: Browser) -> None:
    async with browser.session.get(f"{server.url}/demo/events") as stream:
        assert await stream.content.readline() == b": open\n"
        sent = await bot.send_message(
            lan.id, "chào", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="b")]])
        )
        event = await browser.event(stream)
        assert (event["kind"], event["chat"], event["message"]["html"]) == ("message", lan.id, "chào")
        await sent.edit_text("chào Lan")
        event = await browser.event(stream)
        assert (event["kind"], event["message"]["edited"]) == ("edit", True)
        await bot.answer_callback_query(lan.forge("b", lan.last), "được", show_alert=True)
        event = await browser.event(stream)
        assert (event["kind"], event["answer"]["text"], event["answer"]["alert"]) == ("answer", "được", True)
        await bot.send_chat_action(lan.id, "typing")
        assert (await browser.event(stream))["detail"] == "typing"


async def test_the_clock_is_moved_by_the_one_who_started_the_demo(lan: Person) -> None:
    wishes: list[dict[str, Any]] = []
    now = datetime.fromisoformat("2025-06-18T07:59:50")

    async def control(wish: dict[str, Any]) -> str:
        nonlocal now
        wishes.append(wish)
        now += timedelta(minutes=wish.get("advance_minutes", 0))
        return f"{now.isoformat()}+07:00"

    async with StandIn(clock_control=control) as server, aiohttp.ClientSession() as session:
        browser = Browser(server, session)
        minh = server.person("Minh")
        minh.send("sáng")
        assert (await browser.get("state"))["clock"].startswith("2025-06-18T07:59:5")
        assert (await browser.get(f"chats/{minh.id}"))["messages"][0]["at"].startswith("2025-06-18T07:59:")
        async with session.get(f"{server.url}/demo/events") as stream:
            moved = await browser.post("clock", {"advance_minutes": 60})
            assert moved["clock"].startswith("2025-06-18T08:59:5")
            event = await browser.event(stream)
            assert (event["kind"], event["clock"][:13]) == ("clock", "2025-06-18T08")
        minh.send("trưa")
        times = [message["at"][11:13] for message in (await browser.get(f"chats/{minh.id}"))["messages"]]
        assert times[-1] == "08"
        await browser.post("clock", {"to": "next_working_day"})
    assert wishes == [{"advance_minutes": 0}, {"advance_minutes": 60}, {"to": "next_working_day"}]


async def test_without_a_control_there_is_no_clock(browser: Browser) -> None:
    refused = await browser.post("clock", {"advance_minutes": 60}, status=404)
    assert refused == {"error": "the clock cannot be moved"}


async def test_it_runs_as_its_own_process() -> None:
    command = [sys.executable, "-m", "bot.demo.alone"]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        url, token = (await asyncio.wait_for(process.stdout.readline(), 10)).decode().split()
        async with aiohttp.ClientSession() as session:
            person = {"first_name": "Lan", "user_id": 5, "started": True}
            async with session.post(f"{url}/demo/people", json=person) as response:
                assert await response.json() == {"id": 5}
            fault = {"kind": "server_error", "code": 503, "times": 1}
            async with session.post(f"{url}/demo/faults", json=fault) as response:
                assert await response.json() == {"active": 1}
            statuses = []
            for _ in range(2):
                async with session.post(f"{url}/bot{token}/sendMessage", json={"chat_id": 5, "text": "x"}) as response:
                    statuses.append(response.status)
            async with session.get(f"{url}/demo/counts") as response:
                counts = await response.json()
        assert statuses == [503, 200]
        assert counts["requests"] == {"sendMessage": 2}
        assert counts["violations"] == []
    finally:
        process.terminate()
        await process.wait()
