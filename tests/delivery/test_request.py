"""Requests reach the Bot API whole, and a failure says whether Telegram may have seen them."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.delivery.polling import RawBot
from bot.delivery.request import AiohttpRequest, AnswerLost, NeverSent
from bot.demo.server import TOKEN, StandIn
from tests.delivery.tools import new_bot

BENGALI = "পরিকল্পনা অনুযায়ী <b>১২টি</b> কাজ পিছিয়ে আছে"


async def test_text_and_buttons_arrive_as_they_were_written(api: StandIn, bot: RawBot) -> None:
    lan = api.person("Lan", started=True)
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Hoàn thành", callback_data="done:1")]])
    await bot.send_message(lan.id, BENGALI, parse_mode="HTML", reply_markup=buttons)
    message = await lan.next_message()
    assert message.text == "পরিকল্পনা অনুযায়ী ১২টি কাজ পিছিয়ে আছে"
    assert [[button.label for button in row] for row in message.buttons] == [["Hoàn thành"]]


@pytest.mark.parametrize("name", ["Báo cáo quý II.xlsx", "প্রতিবেদন.pdf", 'a"b\\c.txt', "a\r\nX-Evil: 1.txt"])
async def test_a_file_arrives_with_its_name(api: StandIn, bot: RawBot, name: str) -> None:
    lan = api.person("Lan", started=True)
    await bot.send_document(lan.id, InputFile(b"\x00\xff content", filename=name), caption="Báo cáo")
    (upload,) = api.calls("sendDocument")[0].call.files.values()
    assert upload.content == b"\x00\xff content"
    if "\n" not in name and '"' not in name:
        assert upload.filename == name


async def test_half_a_surrogate_pair_is_sent_as_something(api: StandIn, bot: RawBot) -> None:
    lan = api.person("Lan", started=True)
    await bot.send_message(lan.id, "được \ud83d")
    assert (await lan.next_message()).text == "được ?"


async def refused(bot: RawBot, chat_id: int = 1) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await bot.send_message(chat_id, "xin chào")
    return caught.value


async def test_no_connection_means_never_sent_and_shows_no_token(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    caplog.set_level(logging.DEBUG, logger="aiohttp")
    request = AiohttpRequest()
    await request.initialize()
    bot = RawBot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request)
    problem = await refused(bot)
    await request.shutdown()
    assert isinstance(problem, NeverSent)
    assert TOKEN not in "".join(traceback.format_exception(problem)) + caplog.text


async def test_a_lost_answer_is_perhaps_sent(api: StandIn, bot: RawBot) -> None:
    lan = api.person("Lan", started=True)
    api.faults.lose_answer(method="sendMessage", times=1)
    problem = await refused(bot, lan.id)
    assert isinstance(problem, AnswerLost)
    assert (await lan.next_message()).text == "xin chào"
    assert TOKEN not in "".join(traceback.format_exception(problem))


async def test_a_reset_connection_is_perhaps_sent(api: StandIn, bot: RawBot) -> None:
    api.faults.reset(method="sendMessage", times=1)
    assert isinstance(await refused(bot), AnswerLost)


async def test_an_answer_too_late_is_perhaps_sent(api: StandIn) -> None:
    lan = api.person("Lan", started=True)
    async with new_bot(api, AiohttpRequest(read=0.1), AiohttpRequest()) as bot:
        api.latency = 0.5
        assert isinstance(await refused(bot, lan.id), AnswerLost)
        api.latency = 0.0


async def test_no_free_connection_means_never_sent(api: StandIn) -> None:
    lan = api.person("Lan", started=True)
    async with new_bot(api, AiohttpRequest(1, connect=0.05, pool=0.05), AiohttpRequest()) as bot:
        api.latency = 0.3
        sends = [bot.send_message(lan.id, str(number)) for number in range(2)]
        ends = await asyncio.gather(*sends, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Message", "NeverSent"]


async def test_long_polling_outlasts_the_ordinary_timeout(api: StandIn) -> None:
    async with new_bot(api, AiohttpRequest(), AiohttpRequest(read=0.2)) as bot:
        assert await bot.raw_updates(None, 100, 1, ["message"]) == []


async def test_telegrams_refusals_keep_their_kind(api: StandIn, bot: RawBot) -> None:
    lan = api.person("Lan", started=True)
    api.faults.too_many(7, method="sendMessage", times=1)
    assert isinstance(await refused(bot, lan.id), RetryAfter)
    assert isinstance(await refused(bot, 999), BadRequest)
    lan.block()
    assert isinstance(await refused(bot, lan.id), Forbidden)


Answer = Callable[[web.Request], Awaitable[web.Response]]


async def told_by(answer: Answer) -> TelegramError:
    """The error that a send ends with on a server that answers so."""
    app = web.Application()
    app.router.add_post("/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    request = AiohttpRequest()
    await request.initialize()
    try:
        port = runner.addresses[0][1]
        return await refused(RawBot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request))
    finally:
        await request.shutdown()
        await runner.cleanup()


async def test_a_gateways_error_page_is_not_sent_and_not_quoted() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(status=502, text=f"<h1>cannot reach {request.path}</h1>")

    problem = await told_by(page)
    assert type(problem) is NetworkError
    assert str(problem) == "Bad Gateway (502)"


@pytest.mark.parametrize("body", ["<html>", "[1]", '{"ok": true}', ""])
async def test_an_unreadable_answer_is_perhaps_sent(body: str, caplog: pytest.LogCaptureFixture) -> None:
    async def garbage(_: web.Request) -> web.Response:
        return web.Response(text=body)

    assert isinstance(await told_by(garbage), AnswerLost)
    assert caplog.text == ""


async def test_an_answer_cut_short_is_perhaps_sent() -> None:
    async def cut(request: web.Request) -> web.Response:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b'{"ok": true, ')
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    assert isinstance(await told_by(cut), AnswerLost)
