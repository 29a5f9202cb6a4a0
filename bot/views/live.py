"""What the chat says of the live page: the way in."""

from __future__ import annotations

from dataclasses import replace

from bot.views.screen import Button, Rows, Screen
from bot.views.words import Words

HTTPS = "https://"  # Telegram opens a Mini App over TLS only


def live_screen(words: Words, url: str, token: str) -> Screen:
    """A single-use link for another screen, and the same page inside Telegram where that is possible."""
    text = words.say(
        "<b>The committee's board</b>, read-only, up to date by itself.\n"
        "The link is for one device and is good for 10 minutes; for a big screen, open it there."
    )
    link = (Button(str(words.say("Open by a single-use link").unescape()), url=f"{url}/live/open/{token}"),)
    inside: Rows = ()
    if url.startswith(HTTPS):
        inside = ((Button(str(words.say("Open here").unescape()), app=f"{url}/live/app"),),)
    return Screen(text, (*inside, link))


def with_live_button(words: Words, screen: Screen) -> Screen:
    """The card with the way to the live page."""
    return replace(screen, rows=(*screen.rows, (Button(str(words.say("🖥 The live board").unescape()), "live"),)))


def no_live_page(words: Words) -> Screen:
    """There is none in this deployment."""
    return Screen(words.say("This deployment has no live page. /card sends everything at a glance as a picture."))
