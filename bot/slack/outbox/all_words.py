"""Every wing's words, each of which enters what it writes in `bot.slack.notice_words`."""

# ruff: noqa: F401

from bot.slack.governance import credential_expiry_words, round_words
from bot.slack.incidents.channel import words as channel
from bot.slack.incidents.counterparty import counterparty_words
from bot.slack.people import words as people
from bot.slack.runbooks import drill_words, failed_record_posts, gate_words, hold_words
from bot.slack.triage import lesson_words
