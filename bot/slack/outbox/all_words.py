"""Every wing's words, each of which enters what it writes in `bot.slack.notice_words`."""

# ruff: noqa: F401

from bot.slack.incidents import words as incidents
from bot.slack.people import words as people
