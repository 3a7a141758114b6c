"""A reason that somebody else worded is a sentence of its own in a letter."""

import re

import pytest

from bot.core.outbox.notice import What
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import NOW, a_connection, an_estate
from tests.slack.governance.test_governance_blocks import text_of

FACE = Writer(catalogue=an_estate())


@pytest.mark.parametrize("reason", ["GET x: 401 Unauthorized", "It cannot be seen.", "Why?"])
@pytest.mark.parametrize("what", [What.DEGRADED, What.BLIND])
def test_a_reason_ends_before_the_next_sentence_begins(what: What, reason: str) -> None:
    told = {"reasons": [reason, reason], "since": NOW.isoformat()}

    said = text_of(personal_words.personal(what, told, None, a_connection(), None, FACE))

    assert re.search(r"[^.?!:*] (Whether it works|No incident was|GET x)", said) is None
    assert ".." not in said
