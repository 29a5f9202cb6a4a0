"""Who floods is told once; a stranger who floods is answered once a minute; everybody else notices nothing."""

from __future__ import annotations

from bot.delivery.floods import MANY, REMEMBERED, Floods


def test_a_flood_is_told_of_once_and_again_after_a_calm() -> None:
    floods = Floods()
    assert [floods.begins(1, float(n) / 2) for n in range(200)].count(True) == 1
    assert [floods.begins(1, 2000 + n / 2) for n in range(200)].count(True) == 1


def test_whoever_writes_briskly_is_no_flood() -> None:
    floods = Floods()
    assert not any(floods.begins(1, n * 1.1) for n in range(500))
    assert not any(floods.begins(chat, 0.0) for chat in range(2, 500))


def test_a_stranger_is_answered_until_they_flood_and_then_once_a_minute() -> None:
    floods = Floods()
    answered = [n / 10 for n in range(6000) if floods.may_answer(7, n / 10)]
    assert answered[: MANY - 1] == [n / 10 for n in range(MANY - 1)]
    gaps = [b - a for a, b in zip(answered[MANY:], answered[MANY + 1 :], strict=False)]
    assert len(answered) < MANY + 11
    assert min(gaps) >= 60
    assert floods.may_answer(8, 600.0), "somebody else is answered"


def test_memory_is_bounded() -> None:
    floods = Floods()
    for chat in range(REMEMBERED + 500):
        floods.may_answer(chat, 0.0)
    assert len(floods._chats) == REMEMBERED
