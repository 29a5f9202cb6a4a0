"""Faults that can be switched on, and Telegram's rates."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter

from bot.demo.people import Person
from bot.demo.rates import Limits, Rates
from bot.demo.server import StandIn
from tests.demo.conftest import Wire


@pytest.fixture(autouse=True)
def new_style(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot tells `retry_after` as a timedelta, without a warning."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


async def test_too_many_requests_for_one_method_so_many_times(server: StandIn, bot: Bot, lan: Person) -> None:
    server.faults.too_many(7, method="sendMessage", times=2)
    await bot.get_me()
    for _ in range(2):
        with pytest.raises(RetryAfter) as refused:
            await bot.send_message(lan.id, "x")
        assert refused.value.retry_after == timedelta(seconds=7)
    await bot.send_message(lan.id, "x")
    assert len(lan.messages) == 1


async def test_a_server_error_changes_nothing(server: StandIn, wire: Wire, lan: Person) -> None:
    server.faults.server_error(502, chat_id=lan.id, times=1)
    assert await wire.refusal("sendMessage", chat_id=lan.id, text="x") == (502, "Bad Gateway")
    assert lan.messages == []


async def test_a_reset_changes_nothing_and_a_lost_answer_has_its_effect(
    server: StandIn, wire: Wire, lan: Person
) -> None:
    server.faults.reset(times=1)
    with pytest.raises(aiohttp.ClientError):
        await wire("sendMessage", chat_id=lan.id, text="mất")
    assert lan.messages == []
    server.faults.lose_answer(times=1)
    with pytest.raises(aiohttp.ClientError):
        await wire("sendMessage", chat_id=lan.id, text="đến nơi")
    assert [message.text for message in lan.messages] == ["đến nơi"]
    assert [request.status for request in server.calls("sendMessage")] == [0, 0]


async def test_python_telegram_bot_sees_a_network_error(server: StandIn, bot: Bot, lan: Person) -> None:
    server.faults.lose_answer(method="sendMessage", times=1)
    with pytest.raises(NetworkError):
        await bot.send_message(lan.id, "x")
    assert len(lan.messages) == 1


async def test_polling_fails_only_when_it_is_named(server: StandIn, wire: Wire, lan: Person) -> None:
    lan.send("x")
    fault = server.faults.server_error(500)
    assert len(await wire.result("getUpdates")) == 1
    server.faults.remove(fault)
    server.faults.server_error(500, method="getUpdates", times=1)
    assert await wire.refusal("getUpdates") == (500, "Internal Server Error")
    assert len(await wire.result("getUpdates")) == 1


async def test_a_share_of_the_requests_fails(server: StandIn, wire: Wire, lan: Person) -> None:
    fault = server.faults.server_error(500, share=0.3)
    answers = [await wire("sendMessage", chat_id=lan.id, text="x") for _ in range(100)]
    failed = sum(not answer["ok"] for answer in answers)
    assert 15 <= failed <= 45
    assert failed == fault.hits
    assert len(lan.messages) == 100 - failed
    server.faults.clear()
    assert (await wire("sendMessage", chat_id=lan.id, text="x"))["ok"]


def test_one_private_chat_gets_a_burst_then_one_a_second() -> None:
    rates = Rates(enforced=True, limits=Limits(burst=3))
    assert [rates.wait(1, 0.1 * n) for n in range(3)] == [0, 0, 0]
    assert rates.wait(1, 0.3) == 1
    assert rates.wait(2, 0.3) == 0
    assert rates.wait(1, 1.05) == 0
    assert rates.wait(1, 1.1) == 1
    assert (rates.refused, rates.busiest(chat_id=1)) == (2, 3)


def test_thirty_a_second_over_all_chats() -> None:
    rates = Rates(enforced=True)
    assert [rates.wait(chat, 0.01 * chat) for chat in range(1, 31)] == [0] * 30
    assert rates.wait(99, 0.5) == 1
    assert rates.wait(99, 1.02) == 0
    assert rates.busiest() == 30


def test_twenty_a_minute_in_a_group() -> None:
    rates = Rates(enforced=True)
    assert [rates.wait(-5, 2.0 * n) for n in range(20)] == [0] * 20
    assert rates.wait(-5, 40.0) == 20
    assert rates.wait(-6, 40.0) == 0
    assert rates.wait(-5, 60.0) == 0


async def test_enforced_rates_answer_with_the_seconds_to_wait(
    lan: Person, server: StandIn, bot: Bot, wire: Wire
) -> None:
    server.rates.enforced = True
    for _ in range(3):
        await bot.send_message(lan.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(lan.id, "x")
    await bot.send_chat_action(lan.id, "typing")
    body = await wire("sendMessage", chat_id=lan.id, text="x")
    assert body["error_code"] == 429
    assert body["parameters"] == {"retry_after": 1}
    assert body["description"] == "Too Many Requests: retry after 1"
    assert len(lan.messages) == 3
    assert server.rates.refused == 2


async def test_latency_is_added_to_every_request(server: StandIn, wire: Wire, lan: Person) -> None:
    server.latency = 0.05
    await wire.result("sendMessage", chat_id=lan.id, text="x")
    request = server.requests[-1]
    assert lan.messages[-1].text == "x"
    assert (await wire.result("getMe"))["is_bot"]
    assert server.requests[-1].at - request.at >= 0.05
