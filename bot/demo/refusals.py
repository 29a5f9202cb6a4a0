"""What Telegram answers when it refuses, in its own words.

The texts are those that clients match on: python-telegram-bot turns them into `BadRequest`, `Forbidden`,
`ChatMigrated`, `RetryAfter`, `Conflict` and `InvalidToken`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


class Refusal(Exception):
    """An answer with `ok: false`.

    `code` is both the HTTP status and `error_code`; `parameters` is the Bot API's ResponseParameters;
    `breaks_spec` says that a client which knows the specification would not have sent this.
    """

    def __init__(
        self, code: int, description: str, *, parameters: dict[str, Any] | None = None, breaks_spec: bool = False
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters
        self.breaks_spec = breaks_spec

    def body(self) -> dict[str, Any]:
        """The JSON object that answers the request."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(text: str) -> Refusal:
    """A 400 that depends on the state of a chat, which no client can know beforehand."""
    return Refusal(400, f"Bad Request: {text}")


def malformed(text: str) -> Refusal:
    """A 400 for a request that the specification forbids."""
    return Refusal(400, f"Bad Request: {text}", breaks_spec=True)


def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized")


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def server_error(code: int) -> Refusal:
    return Refusal(code, HTTPStatus(code).phrase)


def no_such_method() -> Refusal:
    return Refusal(404, "Not Found: method not found", breaks_spec=True)


def too_many(retry_after: int) -> Refusal:
    """Come back in `retry_after` seconds."""
    text = f"Too Many Requests: retry after {retry_after}"
    return Refusal(429, text, parameters={"retry_after": retry_after})


def other_poller() -> Refusal:
    text = "terminated by other getUpdates request; make sure that only one bot instance is running"
    return Refusal(409, f"Conflict: {text}")


def ended_by_webhook() -> Refusal:
    return Refusal(409, "Conflict: terminated by setWebhook request")


def webhook_active() -> Refusal:
    text = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    return Refusal(409, f"Conflict: {text}")


def blocked() -> Refusal:
    return Refusal(403, "Forbidden: bot was blocked by the user")


def deactivated() -> Refusal:
    return Refusal(403, "Forbidden: user is deactivated")


def cannot_initiate() -> Refusal:
    return Refusal(403, "Forbidden: bot can't initiate conversation with a user")


def kicked(chat_type: str) -> Refusal:
    return Refusal(403, f"Forbidden: bot was kicked from the {chat_type} chat")


def not_a_member(chat_type: str) -> Refusal:
    return Refusal(403, f"Forbidden: bot is not a member of the {chat_type} chat")


def migrated(new_id: int) -> Refusal:
    text = "group chat was upgraded to a supergroup chat"
    return Refusal(400, f"Bad Request: {text}", parameters={"migrate_to_chat_id": new_id})


def not_modified() -> Refusal:
    return bad(
        "message is not modified: specified new message content and reply markup are exactly the same"
        " as a current content and reply markup of the message"
    )


def query_too_old() -> Refusal:
    return bad("query is too old and response timeout expired or query ID is invalid")


def cannot_parse(reason: str) -> Refusal:
    """Bad HTML, or entities that do not fit their text."""
    return malformed(f"can't parse entities: {reason}")
