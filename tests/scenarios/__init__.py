"""Whole days, told through the stand-in Bot API: real python-telegram-bot, real HTTP, a real database."""
