"""Requests against the Bot API's own specification."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo import derive_spec, spec
from bot.demo.forms import Call, Upload
from bot.demo.people import Person
from bot.demo.server import StandIn
from tests.demo.conftest import Wire

MESSAGE: dict[str, Any] = {"chat_id": 1, "text": "x"}


def found(method: str, given: dict[str, Any], **files: Upload) -> list[str]:
    return spec.load().violations(Call(method, given, files))


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("sendMessage", {"chat_id": "-100123", "text": "x", "disable_notification": "true"}),
        ("sendMessage", {**MESSAGE, "reply_markup": '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}'}),
        ("sendMessage", {**MESSAGE, "reply_markup": {"keyboard": [["a", {"text": "b"}]], "resize_keyboard": True}}),
        (
            "sendMessage",
            {**MESSAGE, "reply_parameters": {"message_id": 5}, "link_preview_options": {"is_disabled": True}},
        ),
        ("sendDocument", {"chat_id": 1, "document": "file-id"}),
        ("sendMediaGroup", {"chat_id": 1, "media": [{"type": "photo", "media": "a"}, {"type": "photo", "media": "b"}]}),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": "b"}], "scope": {"type": "chat", "chat_id": 5}},
        ),
        ("setMessageReaction", {"chat_id": 1, "message_id": 2, "reaction": [{"type": "emoji", "emoji": "👍"}]}),
        ("getUpdates", {"offset": 5, "timeout": 10, "allowed_updates": '["message"]'}),
    ],
)
def test_right_requests(method: str, given: dict[str, Any]) -> None:
    assert found(method, given) == []


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("sendMessage", {**MESSAGE, "colour": "red"}, "unknown parameter colour"),
        ("sendMessage", {"chat_id": 1}, "parameter text is missing"),
        ("sendMessage", {**MESSAGE, "message_thread_id": "five"}, "message_thread_id is not Integer"),
        ("sendMessage", {**MESSAGE, "disable_notification": "maybe"}, "disable_notification is not Boolean"),
        ("sendMessage", {"chat_id": 1, "text": 5}, "text is not String"),
        (
            "sendMessage",
            {**MESSAGE, "reply_parameters": {"message_id": "5"}},
            "reply_parameters.message_id is not Integer",
        ),
        ("sendMessage", {**MESSAGE, "reply_parameters": {}}, "field message_id is missing"),
        ("sendMessage", {**MESSAGE, "reply_markup": "{"}, "can't parse reply markup"),
        (
            "sendMessage",
            {**MESSAGE, "reply_markup": {"inline_keyboard": [{"text": "a"}]}},
            "inline_keyboard[0] is not an array",
        ),
        (
            "sendMessage",
            {**MESSAGE, "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b" * 65}]]}},
            "callback_data has 65 bytes, allowed are 1-64",
        ),
        (
            "sendMessage",
            {**MESSAGE, "reply_markup": {"inline_keyboard": [[{"text": "a", "callback": "b"}]]}},
            "unknown field callback",
        ),
        (
            "sendMediaGroup",
            {"chat_id": 1, "media": [{"type": "photo", "media": "a"}]},
            "media has 1 items, allowed are 2-10",
        ),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "text has 201 characters"),
        (
            "setMyCommands",
            {"commands": [{"command": "x" * 33, "description": "b"}]},
            "commands[0].command has 33 characters",
        ),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": "chat"}},
            "(BotCommandScopeChat): field chat_id is missing",
        ),
        (
            "setMessageReaction",
            {"chat_id": 1, "message_id": 2, "reaction": [{"type": "emoji", "emoji": "🐟"}]},
            "none of the known",
        ),
        ("setChatMenuButton", {"menu_button": {"type": "web_app", "text": "x"}}, "field web_app is missing"),
    ],
)
def test_wrong_requests(method: str, given: dict[str, Any], words: str) -> None:
    problems = found(method, given)
    assert len(problems) == 1, problems
    assert words in problems[0]
    assert problems[0].startswith(f"{method}: ")


def test_files_stand_where_a_file_is_expected() -> None:
    file = Upload("a.txt", "text/plain", b"x")
    assert found("sendDocument", {"chat_id": 1}, document=file) == []
    assert found("sendDocument", {"chat_id": 1, "document": "attach://f"}, f=file) == []
    assert found("sendMessage", MESSAGE, text=file) == ["sendMessage: text cannot be a file"]
    assert found("sendDocument", {"chat_id": 1, "document": "x"}, f=file) == ["sendDocument: file f is not spoken of"]


async def test_violations_are_collected_and_the_request_goes_on(server: StandIn, wire: Wire, lan: Person) -> None:
    await wire.result("sendMessage", chat_id=lan.id, text="x", colour="red")
    assert server.violations == ["sendMessage: unknown parameter colour"]
    assert len(lan.messages) == 1


async def test_strict_mode_refuses_them(server: StandIn, wire: Wire, lan: Person) -> None:
    server.strict = True
    refused = await wire.refusal("sendMessage", chat_id=lan.id, text="x", colour="red")
    assert refused == (400, "Bad Request: sendMessage: unknown parameter colour")
    assert lan.messages == []


async def test_checking_can_be_switched_off(server: StandIn, wire: Wire, lan: Person) -> None:
    server.check = False
    await wire.result("sendMessage", chat_id=lan.id, text="x", colour="red")
    assert server.violations == []


def test_a_specification_is_derived_with_limits_and_only_what_is_needed() -> None:
    field = {
        "name": "text",
        "types": ["String"],
        "required": True,
        "description": "1-4096 characters after entities parsing",
    }
    data = {"name": "data", "types": ["String"], "required": False, "description": "Optional. 1-64 bytes"}
    markup = {"name": "markup", "types": ["Array of Array of Button"], "required": False, "description": ""}
    api = {
        "version": "Bot API 1",
        "methods": {"sendMessage": {"fields": [field, markup]}, "sendPoll": {"fields": [field]}},
        "types": {"Button": {"name": "Button", "fields": [data]}, "Poll": {"name": "Poll", "fields": [field]}},
    }
    derived = derive_spec.derive(api)
    assert list(derived["methods"]) == ["sendMessage"]
    assert derived["methods"]["sendMessage"]["text"] == {"types": ["String"], "required": True, "parsed": [1, 4096]}
    assert derived["types"] == {"Button": {"fields": {"data": {"types": ["String"], "bytes": [1, 64]}}}}


def test_every_method_of_the_stand_in_is_in_the_specification(server: StandIn) -> None:
    assert {name for name in server._methods if found(name, {}) == [f"{name}: no such method"]} == set()
