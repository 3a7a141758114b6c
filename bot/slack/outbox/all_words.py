"""Every wing's words, each of which enters what it writes in `bot.slack.notice_words`."""

# ruff: noqa: F401

from bot.slack.incidents import data_question, ending_words, taking_words
from bot.slack.incidents import escalation_words as escalation
from bot.slack.incidents import owner_words as owners
from bot.slack.incidents import ping_words as pings
from bot.slack.incidents import words as incidents
from bot.slack.incidents.channel import words as channel
from bot.slack.incidents.counterparty import counterparty_words
from bot.slack.incidents.merging import merge_words
from bot.slack.monitoring import health_words
from bot.slack.people import words as people
