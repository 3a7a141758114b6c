"""Every wing's words, each of which enters what it writes in `bot.slack.notice_words`."""

# ruff: noqa: F401

from bot.slack.changes import release_words
from bot.slack.changes import words as changes
from bot.slack.estate import words as estate
from bot.slack.governance import credential_expiry_words, round_words
from bot.slack.incidents import data_question, ending_words, self_check_words, taking_words
from bot.slack.incidents import escalation_words as escalation
from bot.slack.incidents import owner_words as owners
from bot.slack.incidents import ping_words as pings
from bot.slack.incidents import words as incidents
from bot.slack.incidents.channel import words as channel
from bot.slack.incidents.counterparty import counterparty_words
from bot.slack.incidents.merging import merge_words
from bot.slack.monitoring import health_words, own_network_words
from bot.slack.monitoring import words as pauses
from bot.slack.people import words as people
from bot.slack.runbooks import drill_words, failed_record_posts, gate_words, hold_words
from bot.slack.triage import lesson_words
