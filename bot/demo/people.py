"""People and groups as tests and the chat page drive them, and what they see: messages, edits, answers.

Nothing here waits by sleeping: `next` returns as soon as the bot has done something in the chat.
"""
# ruff: noqa: ASYNC109  (tests say how long they wait: `await person.next(timeout=10)`)

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.demo import html, sends
from bot.demo.files import StoredFile, image_size
from bot.demo.methods import bot_member, menu
from bot.demo.store import Answer, Chat, Event, Json, Press, Store

PHOTO_SIZE = (1280, 960)  # said of a photo whose bytes are no picture


@dataclass(frozen=True, slots=True)
class Button:
    """A button of an inline keyboard."""

    label: str
    data: str | None = None
    url: str | None = None
    app: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was when it was looked at; a later edit does not change it. `raw` is the Bot API's Message."""

    raw: Json
    _store: Store = field(repr=False)

    @property
    def message_id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def chat_id(self) -> int:
        return int(self.raw["chat"]["id"])

    @property
    def text(self) -> str:
        """The text or the caption, without formatting."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def html(self) -> str:
        """The text or the caption as Bot API HTML."""
        return html.render(self.text, self.raw.get("entities") or self.raw.get("caption_entities") or ())

    @property
    def buttons(self) -> tuple[tuple[Button, ...], ...]:
        """The rows of the inline keyboard."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", ())
        return tuple(tuple(_button(raw) for raw in row) for row in rows)

    @property
    def labels(self) -> tuple[str, ...]:
        """What is written on the buttons, row after row."""
        return tuple(button.label for row in self.buttons for button in row)

    @property
    def date(self) -> datetime:
        """When it was sent, by the real clock, in UTC."""
        return datetime.fromtimestamp(self.raw["date"], UTC)

    @property
    def edited(self) -> bool:
        return "edit_date" in self.raw

    @property
    def from_bot(self) -> bool:
        return bool(self.raw["from"]["is_bot"])

    @property
    def document(self) -> StoredFile | None:
        """The document with its bytes, or None."""
        return self._file(self.raw.get("document"))

    @property
    def photo(self) -> StoredFile | None:
        """The photo in its largest size with its bytes, or None."""
        sizes = self.raw.get("photo")
        return self._file(sizes[-1]) if sizes else None

    @property
    def reply_to(self) -> Message | None:
        """The message that this one answers."""
        raw = self.raw.get("reply_to_message")
        return Message(raw, self._store) if raw else None

    def _file(self, raw: Json | None) -> StoredFile | None:
        return self._store.files.get(raw["file_id"]) if raw else None

    @property
    def reactions(self) -> tuple[str, ...]:
        """The emoji on the message now, of everybody."""
        by_user = self._store.reactions.get((self.chat_id, self.message_id), {})
        return tuple(str(one.get("emoji", "")) for given in by_user.values() for one in given)


def _button(raw: Json) -> Button:
    app = raw.get("web_app")
    return Button(raw["text"], raw.get("callback_data"), raw.get("url"), app.get("url") if app else None)


Seen = Message | Answer


@dataclass(slots=True)
class Ear:
    """What somebody has already seen of a chat, and the waiting for more."""

    store: Store
    chat: Chat
    user_id: int | None = None
    at: int = 0

    def notices(self, event: Event) -> Seen | None:
        """What a person would notice of an event: the bot's messages and edits, and answers that say something."""
        if event.kind in ("message", "edit") and event.message and event.message["from"]["id"] == self.store.bot["id"]:
            return Message(event.message, self.store)
        answer = event.answer
        if answer and (answer.text or answer.url) and self.user_id in (None, answer.user_id):
            return answer
        return None

    def _ahead(self) -> Iterator[tuple[int, Seen]]:
        events = self.chat.events
        for index in range(self.at, len(events)):
            if seen := self.notices(events[index]):
                yield index + 1, seen

    def look(self) -> list[Seen]:
        """Everything since the last look, without waiting."""
        found = [seen for _, seen in self._ahead()]
        self.at = len(self.chat.events)
        return found

    async def next(self, seconds: float, kind: type[Seen] | None = None) -> Seen:
        """The next thing (of a kind) since the last look. What lies before it counts as seen."""

        def first() -> tuple[int, Seen] | None:
            return next((found for found in self._ahead() if kind is None or isinstance(found[1], kind)), None)

        try:
            found: tuple[int, Seen] = await self.store.wait_until(first, seconds)
        except TimeoutError:
            raise TimeoutError(f"the bot did nothing new in chat {self.chat.id} for {seconds} s") from None
        self.at = found[0]
        return found[1]


class Person:
    """A Telegram user with their private chat with the bot."""

    def __init__(self, store: Store, user: Json, *, started: bool, note: str, unit: str) -> None:
        self.store = store
        self.user = user
        self.note = note
        self.unit = unit
        shown: Json = {key: user[key] for key in _SHOWN if key in user}
        self.chat = Chat({**shown, "id": user["id"], "type": "private"}, {user["id"]: user}, started=started)
        store.chats[self.id] = self.chat
        self._ear = Ear(store, self.chat, self.id)

    @property
    def id(self) -> int:
        """The user's id, which is also the id of their private chat."""
        return int(self.user["id"])

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.user["first_name"], self.user.get("last_name")) if part)

    @property
    def language(self) -> str:
        return str(self.user.get("language_code", ""))

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The command menu that this person sees: (command, description)."""
        return [(one["command"], one["description"]) for one in menu(self.store, self.chat, self.user)]

    @property
    def bot_name(self) -> str:
        """The bot's name as this person sees it: in their language where it has one."""
        names = self.store.profile.names
        return names.get(self.language) or names.get("") or str(self.store.bot["first_name"])

    @property
    def bot_description(self) -> str:
        """What is shown in their empty chat with the bot."""
        texts = self.store.profile.descriptions
        return texts.get(self.language) or texts.get("", "")

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the reply keyboard that is open, row by row."""
        rows = (self.chat.keyboard or {}).get("keyboard", [])
        return [[one if isinstance(one, str) else str(one["text"]) for one in row] for row in rows]

    @property
    def messages(self) -> list[Message]:
        """The whole chat as it is now."""
        return [Message(self.store.messages[self.id, number], self.store) for number in self.chat.history]

    @property
    def last(self) -> Message:
        """The bot's latest message as it is now. LookupError when there is none."""
        for message in reversed(self.messages):
            if message.from_bot:
                return message
        raise LookupError(f"the bot has sent nothing to {self.name}")

    async def next(self, timeout: float = 10) -> Seen:
        """The next message, edit or spoken answer of the bot since the last look. TimeoutError when there is none."""
        return await self._ear.next(timeout)

    async def next_message(self, timeout: float = 10) -> Message:
        """The next message or edit, whatever answers came before it."""
        found = await self._ear.next(timeout, Message)
        assert isinstance(found, Message)
        return found

    async def next_answer(self, timeout: float = 10) -> Answer:
        """The next toast or alert, whatever messages came before it."""
        found = await self._ear.next(timeout, Answer)
        assert isinstance(found, Answer)
        return found

    def look(self) -> list[Seen]:
        """Everything new since the last look, without waiting; empty when the bot was silent."""
        return self._ear.look()

    # What a person does. Each sends one update, in the order of the calls.

    def send(self, text: str, reply_to: Message | None = None) -> Message:
        """Type a text."""
        entities = html.find(text)
        return self._say({"text": text, **({"entities": entities} if entities else {})}, reply_to)

    def start(self, token: str = "") -> Message:
        """Open the bot by a link with a token, or press Start; a bot that was blocked is unblocked by it."""
        if self.chat.blocked:
            self.unblock()
        return self.send(f"/start {token}".strip())

    def photo(self, content: bytes, caption: str = "", reply_to: Message | None = None) -> Message:
        """Send a picture."""
        return self._say({**self._photo(content), **_caption(caption)}, reply_to)

    def album(self, pictures: Sequence[bytes], caption: str = "", reply_to: Message | None = None) -> list[Message]:
        """Send several pictures as one group; the first carries the caption."""
        group = {"media_group_id": str(time.monotonic_ns())}
        said = [_caption(caption), *({} for _ in pictures[1:])]
        return [self._say({**self._photo(p), **group, **c}, reply_to) for p, c in zip(pictures, said, strict=True)]

    def _photo(self, content: bytes) -> Json:
        file = self.store.files.add(content, "photo.jpg", "image/jpeg", "photos")
        width, height = image_size(content) or PHOTO_SIZE
        small = {**file.raw(), "file_unique_id": f"{file.unique_id}s", "width": 90, "height": 67}
        return {"photo": [small, {**file.raw(), "width": width, "height": height}]}

    def document(
        self,
        content: bytes,
        filename: str,
        mime: str = "application/octet-stream",
        caption: str = "",
        reply_to: Message | None = None,
        size: int | None = None,
    ) -> Message:
        """Send a file; `size` is what Telegram declares, when it should differ from the bytes."""
        file = self.store.files.add(content, filename, mime, "documents", size)
        return self._say({**sends.document_content(file), **_caption(caption)}, reply_to)

    def voice(self, content: bytes = b"OggS", seconds: int = 3) -> Message:
        file = self.store.files.add(content, "voice.oga", "audio/ogg", "voice")
        return self._say({"voice": {**file.raw(), "duration": seconds, "mime_type": "audio/ogg"}})

    def sticker(self, emoji: str = "👍") -> Message:
        file = self.store.files.add(b"RIFF", "sticker.webp", "image/webp", "stickers")
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._say({"sticker": {**file.raw(), **kind, "emoji": emoji}})

    def location(self, latitude: float = 11.5639, longitude: float = 108.9886) -> Message:
        return self._say({"location": {"latitude": latitude, "longitude": longitude}})

    def contact(self, phone: str = "+84900000000", first_name: str | None = None) -> Message:
        """Share a contact: their own card unless another name is given."""
        card: Json = {"phone_number": phone, "first_name": first_name or self.user["first_name"]}
        return self._say({"contact": card if first_name else {**card, "user_id": self.id}})

    def forward(self, text: str, author: str = "Somebody") -> Message:
        """Forward a text of somebody who hides their account."""
        origin = {"type": "hidden_user", "sender_user_name": author, "date": int(time.time())}
        return self._say({"text": text, "forward_origin": origin})

    def edit(self, message: Message, text: str) -> Message:
        """Edit a text, or the caption of a file."""
        old = self.store.messages[message.chat_id, message.message_id]
        if old["from"]["id"] != self.id:
            raise ValueError("a person can edit only what they wrote")
        kept = {k: v for k, v in old.items() if k not in (*_WORDS, "edit_date")}
        words = {"text": text, "entities": html.find(text)} if "text" in old else _caption(text)
        new = {**kept, **{k: v for k, v in words.items() if v}, "edit_date": int(time.time())}
        chat = self.store.chats[message.chat_id]
        self.store.change_message(chat, new)
        self.store.queue.put("edited_message", new, chat.id)
        return Message(new, self.store)

    def press(self, message: Message, button: str) -> str:
        """Press a button of a message as it was seen, by its label or its data. Gives the callback query's id."""
        found = [b for row in message.buttons for b in row if button in (b.label, b.data)]
        if not found or found[0].data is None:
            raise LookupError(f"no such button: {button!r}; there are {[b.label for r in message.buttons for b in r]}")
        return self.forge(found[0].data, message)

    def forge(self, data: str, message: Message) -> str:
        """Send a press with any data on any message, which a changed client can do. Gives the callback query's id."""
        chat = self.store.chats[message.chat_id]
        current = self.store.messages.get((chat.id, message.message_id))
        lost = {"chat": chat.raw, "message_id": message.message_id, "date": 0}
        query_id = str(4_000_000_000 + len(self.store.presses))
        self.store.presses[query_id] = Press(query_id, self.id, chat.id, time.monotonic())
        query = {
            "id": query_id,
            "from": self.user,
            "message": current or lost,
            "chat_instance": str(chat.id * 7919),
            "data": data,
        }
        self.store.queue.put("callback_query", query, chat.id)
        return query_id

    def react(self, message: Message, emoji: str | None) -> None:
        """Put an emoji on a message, or take it away (None)."""
        by_user = self.store.reactions.setdefault((message.chat_id, message.message_id), {})
        old = by_user.get(self.id, [])
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        by_user[self.id] = new
        chat = self.store.chats[message.chat_id]
        change = {
            "chat": chat.raw,
            "message_id": message.message_id,
            "user": self.user,
            "date": int(time.time()),
            "old_reaction": old,
            "new_reaction": new,
        }
        self.store.queue.put("message_reaction", change, chat.id)
        self.store.tell("reaction", chat, self.store.messages.get((chat.id, message.message_id)))

    def block(self) -> None:
        """Block the bot: from now on it is refused."""
        self.chat.blocked = True
        _bot_status(self.store, self.chat, self.user, "member", "kicked")

    def unblock(self) -> None:
        self.chat.blocked = False
        _bot_status(self.store, self.chat, self.user, "kicked", "member")

    def deactivate(self) -> None:
        """Delete the account: the bot hears nothing, and is refused from now on."""
        self.chat.deactivated = True

    def _say(self, content: Json, reply_to: Message | None = None) -> Message:
        if self.chat.blocked:
            raise ValueError(f"{self.name} has blocked the bot")
        self.chat.started = True
        return _said(self.store, self.chat, self.user, content, reply_to)


_SHOWN = ("first_name", "last_name", "username")
_WORDS = ("text", "entities", "caption", "caption_entities")


def _caption(text: str) -> Json:
    entities = html.find(text)
    return {"caption": text, **({"caption_entities": entities} if entities else {})} if text else {}


def _said(store: Store, chat: Chat, user: Json, content: Json, reply_to: Message | None, heard: bool = True) -> Message:
    """A person's message: into the chat, and to the bot when it may hear it."""
    if reply_to is not None:
        current = store.messages.get((chat.id, reply_to.message_id), reply_to.raw)
        content = {**content, "reply_to_message": sends.without_reply(current)}
    raw = store.add_message(chat, user, content)
    if heard:
        store.queue.put("message", raw, chat.id)
    return Message(raw, store)


def _bot_status(store: Store, chat: Chat, by: Json, old: str, new: str) -> None:
    change = {
        "chat": chat.raw,
        "from": by,
        "date": int(time.time()),
        "old_chat_member": bot_member(store, old),
        "new_chat_member": bot_member(store, new),
    }
    store.queue.put("my_chat_member", change, chat.id)
    store.tell("state", chat, detail=new)


class Group:
    """A group chat. The bot is not in it until `add_bot`; with privacy mode on it hears only what is meant for it."""

    def __init__(self, store: Store, chat_id: int, title: str, members: Sequence[Person], *, forum: bool) -> None:
        self.store = store
        kind = dict[str, Any](type="supergroup", is_forum=True) if forum else {"type": "group"}
        people = {person.id: person.user for person in members}
        raw: Json = {"id": chat_id, "title": title, **kind}
        self.chat = Chat(raw, people, set(list(people)[:1]), bot_status="left")
        self.privacy = True
        store.chats[chat_id] = self.chat
        self._ear = Ear(store, self.chat)

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """The whole chat as it is now."""
        return [Message(self.store.messages[self.id, number], self.store) for number in self.chat.history]

    async def next(self, timeout: float = 10) -> Seen:
        """The next message, edit or spoken answer of the bot in the group."""
        return await self._ear.next(timeout)

    async def next_message(self, timeout: float = 10) -> Message:
        """The next message or edit of the bot in the group."""
        found = await self._ear.next(timeout, Message)
        assert isinstance(found, Message)
        return found

    def look(self) -> list[Seen]:
        """Everything of the bot's since the last look, without waiting."""
        return self._ear.look()

    def add_bot(self, by: Person, *, admin: bool = False) -> None:
        """A member adds the bot, as an administrator if wanted."""
        old, new = self.chat.bot_status, "administrator" if admin else "member"
        self.chat.bot_status = new
        _bot_status(self.store, self.chat, by.user, old, new)
        _said(self.store, self.chat, by.user, {"new_chat_members": [self.store.bot]}, None)

    def remove_bot(self, by: Person) -> None:
        """A member removes the bot: from now on it is refused."""
        old, self.chat.bot_status = self.chat.bot_status, "kicked"
        _bot_status(self.store, self.chat, by.user, old, "kicked")
        _said(self.store, self.chat, by.user, {"left_chat_member": self.store.bot}, None)

    def join(self, person: Person) -> None:
        """A person comes in; the bot sees the service message."""
        self.chat.members[person.id] = person.user
        _said(self.store, self.chat, person.user, {"new_chat_members": [person.user]}, None, self._in())

    def leave(self, person: Person) -> None:
        """A person goes; the bot sees the service message."""
        del self.chat.members[person.id]
        _said(self.store, self.chat, person.user, {"left_chat_member": person.user}, None, self._in())

    def send(self, person: Person, text: str, reply_to: Message | None = None, thread: int | None = None) -> Message:
        """A member writes in the group, or in one of its topics (`thread`)."""
        entities = html.find(text)
        content: Json = {"text": text, **({"entities": entities} if entities else {})}
        if thread is not None:
            content |= {"message_thread_id": thread, "is_topic_message": True}
        heard = self._in() and (not self.privacy or self._meant(text, reply_to))
        return _said(self.store, self.chat, person.user, content, reply_to, heard)

    def _in(self) -> bool:
        return self.chat.bot_status in ("member", "administrator")

    def _meant(self, text: str, reply_to: Message | None) -> bool:
        """Commands, mentions of the bot and replies to it; an administrator hears everything."""
        if self.chat.bot_status == "administrator" or (reply_to is not None and reply_to.from_bot):
            return True
        name = f"@{self.store.bot['username']}"
        first = text.split(maxsplit=1)[0] if text.strip() else ""
        return name in text or (first.startswith("/") and "@" not in first)

    def migrate(self) -> int:
        """The group becomes a supergroup with a new id, which is given back; the old id is refused from now on."""
        old = self.chat
        new_id = -1_000_000_000_000 + old.id
        raw = {**old.raw, "id": new_id, "type": "supergroup"}
        self.chat = Chat(raw, dict(old.members), set(old.admins), old.bot_status)
        self.store.chats[new_id] = self.chat
        self._ear = Ear(self.store, self.chat)
        creator = next(iter(old.members.values()))
        _said(self.store, old, creator, {"migrate_to_chat_id": new_id}, None, self._in())
        _said(self.store, self.chat, creator, {"migrate_from_chat_id": old.id}, None, self._in())
        old.migrated_to = new_id
        return new_id
