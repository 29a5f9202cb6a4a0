"""Reading a message: its text in, what the speaker wants out. Pure, and fast enough for every message."""

from bot.language.data import LanguageDataError, Languages
from bot.language.reader import Reader

__all__ = ["LanguageDataError", "Languages", "Reader"]
