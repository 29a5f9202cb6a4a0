"""The pace of sending: Telegram's limits hold, answers come first, and nobody waits longer than needed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.delivery.limiter import Limiter, Pace, Pacer, is_paced, sending_notice
from bot.delivery.request import AnswerLost, NeverSent
from tests.delivery.tools import VirtualTime

Send = tuple[float, int, bool]  # when, to which chat, bulk


def play(wishes: list[Send], pace: Pace) -> list[tuple[float, Send]]:
    """When each wish is granted, in the order of granting; time moves from event to event."""
    pacer, now, granted = Pacer(pace), 0.0, []
    waiting: dict[int, Send] = {}
    coming = sorted(wishes)
    while coming or waiting:
        while coming and coming[0][0] <= now:
            wish = coming.pop(0)
            waiting[pacer.add(wish[1], wish[2], now)] = wish
        while (number := pacer.due(now)) is not None:
            granted.append((now, waiting.pop(number)))
        pause = pacer.wait(now)
        arrival = coming[0][0] - now if coming else None
        steps = [step for step in (pause, arrival) if step is not None]
        now += max(min(steps), 1e-6) if steps else 0
    return granted


def most_within(times: list[float], window: float) -> int:
    return max((sum(start <= time < start + window - 1e-9 for time in times) for start in times), default=0)


wishes = st.lists(
    st.tuples(
        st.floats(0, 30).map(lambda time: round(time, 3)),
        st.sampled_from([1, 2, 3, 4, 5, *range(100, 140), -7, -8]),
        st.booleans(),
    ),
    max_size=120,
)


@settings(max_examples=60, deadline=None)
@given(wishes)
def test_no_limit_is_ever_broken_and_nothing_is_forgotten(wishes: list[Send]) -> None:
    granted = play(wishes, Pace())
    assert sorted(wish for _, wish in granted) == sorted(wishes)
    assert most_within([time for time, _ in granted], 1.0) <= 29
    chats: dict[int, list[float]] = defaultdict(list)
    for time, (_, chat, _) in granted:
        chats[chat].append(time)
    for chat, times in chats.items():
        if chat < 0:
            assert most_within(times, 60.0) <= 20
        else:
            assert all(most_within(times, seconds) <= seconds + 3 for seconds in (1, 2, 5, 10))


def test_six_hundred_notices_take_little_more_than_the_ideal_time() -> None:
    granted = play([(0.0, 1000 + number, True) for number in range(600)], Pace())
    assert granted[-1][0] <= 600 / 30 * 1.05
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(granted)]
    assert min(gaps) > 0.03, "bulk sends are spaced evenly"


def test_an_answer_goes_before_every_notice_that_waits() -> None:
    broadcast = [(0.0, 1000 + number, True) for number in range(600)]
    answers = [(5.0 + number / 2, 10 + number, False) for number in range(10)]
    waits = [at - wish[0] for at, wish in play(broadcast + answers, Pace()) if not wish[2]]
    assert len(waits) == 10
    assert max(waits) < 0.05


def test_a_dialogue_may_be_quick_for_a_moment() -> None:
    times = [at for at, _ in play([(0.0, 5, False)] * 5, Pace())]
    assert times[:3] == [0.0, 0.0, 0.0]
    assert 1.0 <= times[3] < 1.1
    assert 2.0 <= times[4] < 2.2


def test_one_busy_chat_does_not_hold_up_the_others() -> None:
    flood = [(0.0, 5, False)] * 30
    others = [(0.5, 6, False), (0.5, 7, True)]
    waits = {wish[1]: at - wish[0] for at, wish in play(flood + others, Pace())}
    assert waits[6] < 0.05
    assert waits[7] < 0.05


def test_a_dropped_send_takes_nobodys_turn() -> None:
    pacer = Pacer(Pace())
    gone, stays = pacer.add(1, False, 0.0), pacer.add(2, False, 0.0)
    pacer.drop(gone)
    assert pacer.due(0.0) == stays
    assert pacer.due(0.0) is None


def test_what_counts_as_a_send() -> None:
    assert is_paced("sendMessage")
    assert is_paced("editMessageText")
    assert not is_paced("sendChatAction")
    assert not is_paced("answerCallbackQuery")
    assert not is_paced("deleteMessage")


class Api:
    """Answers in turn with the given errors, then with success; knows when it was asked, and for what."""

    def __init__(self, time: VirtualTime, *errors: Exception) -> None:
        self._time, self._errors = time, list(errors)
        self.asked: list[tuple[float, Any]] = []

    async def call(self, endpoint: str, data: dict[str, Any]) -> bool:
        self.asked.append((self._time.now, data.get("chat_id")))
        if self._errors:
            raise self._errors.pop(0)
        return True


class Line:
    """A limiter on virtual time with an API behind it."""

    def __init__(self, *errors: Exception) -> None:
        self.time = VirtualTime()
        self.api = Api(self.time, *errors)
        self.limiter = Limiter(Pace(), now=self.time.read, sleep=self.time.sleep, jitter=lambda: 1.0)

    async def ask(self, endpoint: str = "sendMessage", chat_id: int | None = 1) -> Any:
        data = {"chat_id": chat_id} if chat_id else {}
        return await self.limiter.process_request(self.api.call, (endpoint, data), {}, endpoint, data, None)

    async def notice(self, chat_id: int = 1, *, bulk: bool = True) -> Any:
        with sending_notice(bulk=bulk):
            return await self.ask(chat_id=chat_id)


async def ends(work: Any) -> str:
    try:
        return str(await work)
    except TelegramError as problem:
        return type(problem).__name__


async def test_a_halt_lasts_for_everybody_until_its_time_has_passed() -> None:
    line = Line(RetryAfter(17))
    start = line.time.now

    async def work() -> list[Any]:
        first = asyncio.create_task(line.ask(chat_id=1))
        await asyncio.sleep(0)
        others = [line.ask(chat_id=2), line.notice(3), line.ask("answerCallbackQuery", None)]
        return await asyncio.gather(first, *others)

    assert await line.time.until(work()) == [True] * 4
    assert line.api.asked[0] == (start, 1)
    assert all(at >= start + 17 for at, _ in line.api.asked[1:])
    assert {chat for _, chat in line.api.asked[1:]} == {1, 2, 3, None}


async def test_an_answer_overtakes_a_broadcast_on_the_way() -> None:
    line = Line()

    async def work() -> float:
        broadcast = [asyncio.create_task(line.notice(1000 + number)) for number in range(100)]
        await line.time.sleep(1.0)
        asked = line.time.now
        await line.ask(chat_id=5)
        waited = line.time.now - asked
        await asyncio.gather(*broadcast)
        return waited

    assert await line.time.until(work()) < 0.05
    assert len(line.api.asked) == 101


async def test_an_answer_is_repeated_until_telegram_has_it() -> None:
    line = Line(NeverSent("x"), NetworkError("Bad Gateway (502)"), NetworkError("x"), RetryAfter(1))
    assert await line.time.until(line.ask()) is True
    assert len(line.api.asked) == 5


async def test_repeating_an_answer_ends_somewhere() -> None:
    line = Line(*[NetworkError("Bad Gateway (502)")] * 50)
    assert await line.time.until(ends(line.ask())) == "NetworkError"
    assert len(line.api.asked) == 9


async def test_an_answer_that_perhaps_arrived_is_sent_three_times_more_only() -> None:
    line = Line(*[AnswerLost("x")] * 5)
    assert await line.time.until(ends(line.ask())) == "AnswerLost"
    assert len(line.api.asked) == 4


async def test_what_will_never_work_is_not_repeated() -> None:
    for problem in (BadRequest("Message is too long"), Forbidden("bot was blocked by the user")):
        line = Line(problem)
        assert await line.time.until(ends(line.ask())) == type(problem).__name__
        assert len(line.api.asked) == 1


async def test_nothing_left_to_do_is_no_error() -> None:
    unchanged = "Message is not modified: specified new message content is the same"
    stale = "Query is too old and response timeout expired or query id is invalid"
    assert await line_with(BadRequest(unchanged), "editMessageText") == "True"
    assert await line_with(BadRequest(stale), "answerCallbackQuery") == "True"
    assert await line_with(BadRequest(stale), "sendMessage") == "BadRequest"


async def line_with(problem: Exception, endpoint: str) -> str:
    line = Line(problem)
    return str(await line.time.until(ends(line.ask(endpoint))))


async def test_a_notice_is_left_to_the_outbox_to_repeat() -> None:
    for problem in (AnswerLost("x"), NetworkError("x"), NeverSent("x")):
        line = Line(problem)
        assert await line.time.until(ends(line.notice())) == type(problem).__name__
        assert len(line.api.asked) == 1


async def test_a_cancelled_send_lets_the_next_one_through() -> None:
    line = Line()

    async def work() -> None:
        sends = [asyncio.create_task(line.ask()) for _ in range(5)]
        await asyncio.sleep(0)
        sends[3].cancel()
        await asyncio.wait(sends)

    await line.time.until(work())
    assert len(line.api.asked) == 4
