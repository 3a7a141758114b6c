"""What earlier versions stored of a notice is read in full, and stored the same way again."""

import json
from typing import Any

import pytest

from bot.core.outbox.notice import NOTICES, What, read_notice, stored
from bot.slack import notice_words
from bot.slack.outbox import all_words  # noqa: F401 - enters the words
from tests.earlier.test_earlier_rows import HERE

ROWS = [
    json.loads(line)
    for line in (HERE / "2026-11" / "outbox.jsonl").read_text(encoding="utf-8").splitlines()
]
# Written by a test itself: no version of the bot told why by that name.
OF_A_TEST = {"person": "bob", "error": "gone"}.items()
TYPED = [
    row
    for row in ROWS
    if row["what"] and What(row["what"]) in NOTICES and not row["facts"].items() >= OF_A_TEST
]


@pytest.mark.parametrize("row", TYPED, ids=lambda row: row["what"])
def test_nothing_of_a_stored_notice_is_lost(row: dict[str, Any]) -> None:
    facts = row["facts"]

    told = read_notice(What(row["what"]), facts)

    assert told is not None
    assert stored(told) | facts == stored(told)
    assert read_notice(told.what, stored(told)) == told


def test_every_notice_has_words() -> None:
    tables = (
        notice_words.line,
        notice_words.post,
        notice_words.personal,
        notice_words.repeatable,
        notice_words.about_incident,
        notice_words.about_connection,
        notice_words.about_record,
    )

    silent = [kind for kind in NOTICES.values() if not any(kind in table for table in tables)]

    assert silent == []
