"""Every wing's words, each of which enters what it writes in `bot.slack.notice_words`."""

# ruff: noqa: F401

from bot.slack.changes import release_words
from bot.slack.changes import words as changes
from bot.slack.estate import words as estate
from bot.slack.governance import credential_expiry, round_words
from bot.slack.incidents import (
    counterparty,
    data_question,
    ending_words,
    merge_and_reopen,
    ping_words,
    pinned_messages,
)
from bot.slack.incidents import words as incidents
from bot.slack.monitoring import words as monitoring
from bot.slack.people import words as people
from bot.slack.runbooks import drills, failed_records, gate_words
from bot.slack.triage import lessons
