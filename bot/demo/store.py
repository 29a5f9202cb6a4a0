"""What the stand-in knows: chats, messages, events in their order, button presses, and the bot's own profile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.demo import refusals
from bot.demo.files import FileStore
from bot.demo.updates import UpdateQueue

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said to a button press: a toast, or an alert that has to be closed."""

    query_id: str
    user_id: int
    text: str
    alert: bool
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a chat, in the order of `number`.

    `kind` is message, edit, delete, reaction, answer, action, keyboard, pin or state; `message` is the Bot API Message
    concerned, as it was at that moment.
    """

    number: int
    kind: str
    chat_id: int
    message: Json | None = None
    answer: Answer | None = None
    detail: str = ""


@dataclass(slots=True)
class Chat:
    """A chat as the servers see it. In a private chat the only member is its person."""

    raw: Json
    members: dict[int, Json] = field(default_factory=dict)
    admins: set[int] = field(default_factory=set)
    bot_status: str = "member"
    started: bool = True
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None
    keyboard: Json | None = None
    pinned: int | None = None
    history: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def id(self) -> int:
        return int(self.raw["id"])

    @property
    def private(self) -> bool:
        return bool(self.raw["type"] == "private")


@dataclass(slots=True)
class Press:
    """A button press that waits for its answer; `at` in seconds of the monotonic clock."""

    query_id: str
    user_id: int
    chat_id: int
    at: float


class Pulse:
    """Wakes everybody who waits for something to change."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def beat(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def next(self) -> None:
        """Returns at the next change."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future


@dataclass(slots=True)
class Profile:
    """What the bot has set about itself. Keys of `commands`: (scope key, language code or "")."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)


class Store:
    """The state of one stand-in, for one bot."""

    def __init__(self, bot: Json, first_update: int, callback_lifetime: float) -> None:
        self.bot = bot
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.reactions: dict[tuple[int, int], dict[int, list[Json]]] = {}
        self.files = FileStore()
        self.profile = Profile()
        self.pulse = Pulse()
        self.queue = UpdateQueue(first_update, self.pulse.beat)
        self.presses: dict[str, Press] = {}
        self.callback_lifetime = callback_lifetime
        self.listeners: list[Callable[[Event], None]] = []
        self._last_message = 0
        self._last_in_supergroup: dict[int, int] = {}
        self._last_event = 0

    def find(self, chat_id: int | str) -> Chat | None:
        """A chat by id, by the id as text, or by "@username"."""
        if isinstance(chat_id, str) and chat_id.startswith("@"):
            name = chat_id[1:].lower()
            return next((c for c in self.chats.values() if str(c.raw.get("username", "")).lower() == name), None)
        try:
            return self.chats.get(int(chat_id))
        except ValueError:
            return None

    def chat(self, chat_id: Any) -> Chat:
        """The chat, or Telegram's refusal when the bot has never met it."""
        if chat_id is None or chat_id == "":
            raise refusals.malformed("chat_id is empty")
        chat = self.find(chat_id)
        if chat is None:
            raise refusals.bad("chat not found")
        return chat

    def open_chat(self, chat_id: Any) -> Chat:
        """A chat in which the bot may act, or the refusal that says why it may not."""
        chat = self.chat(chat_id)
        if chat.migrated_to is not None:
            raise refusals.migrated(chat.migrated_to)
        if chat.deactivated:
            raise refusals.deactivated()
        if chat.blocked:
            raise refusals.blocked()
        if not chat.started:
            raise refusals.cannot_initiate()
        if chat.bot_status == "kicked":
            raise refusals.kicked(chat.raw["type"])
        if chat.bot_status == "left":
            raise refusals.not_a_member(chat.raw["type"])
        return chat

    def message(self, chat: Chat, message_id: int | None) -> Json | None:
        return None if message_id is None else self.messages.get((chat.id, message_id))

    def next_message_id(self, chat: Chat) -> int:
        """Private chats and basic groups share one sequence; each supergroup has its own."""
        if chat.raw["type"] == "supergroup":
            number = self._last_in_supergroup.get(chat.id, 0) + 1
            self._last_in_supergroup[chat.id] = number
            return number
        self._last_message += 1
        return self._last_message

    def add_message(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Put a message into a chat, dated by the real clock; tells those who watch."""
        raw = {
            "message_id": self.next_message_id(chat),
            "from": sender,
            "chat": chat.raw,
            "date": int(time.time()),
            **content,
        }
        self.messages[chat.id, raw["message_id"]] = raw
        chat.history.append(raw["message_id"])
        self.tell("message", chat, raw)
        return raw

    def change_message(self, chat: Chat, raw: Json, kind: str = "edit") -> Json:
        """Put a new version in the place of an old one. Versions are never changed, so earlier ones stay readable."""
        self.messages[chat.id, raw["message_id"]] = raw
        self.tell(kind, chat, raw)
        return raw

    def delete_message(self, chat: Chat, message_id: int) -> None:
        raw = self.messages.pop((chat.id, message_id))
        chat.history.remove(message_id)
        self.tell("delete", chat, raw)

    def tell(
        self, kind: str, chat: Chat, message: Json | None = None, answer: Answer | None = None, detail: str = ""
    ) -> None:
        """Record an event and wake all who wait for one."""
        self._last_event += 1
        event = Event(self._last_event, kind, chat.id, message, answer, detail)
        chat.events.append(event)
        for listener in self.listeners:
            listener(event)
        self.pulse.beat()

    def press_at(self, query_id: str, now: float) -> Press:
        """A press that may still be answered (`now`: monotonic seconds), or Telegram's refusal."""
        press = self.presses.get(query_id)
        if press is None or now - press.at > self.callback_lifetime:
            raise refusals.query_too_old()
        return press

    async def wait_until(self, predicate: Callable[[], Any], seconds: float) -> Any:
        """Gives the predicate's first true value; looks again after every change. TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            while not (value := predicate()):
                await self.pulse.next()
            return value
