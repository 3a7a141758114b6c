"""A reason that somebody else worded is a sentence of its own in a letter."""

import re

import pytest

from bot.core.monitoring.notices import CannotLook, Degraded, HealthNotice
from bot.core.outbox.notice import stored
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import NOW, a_connection, an_estate
from tests.slack.governance.test_governance_blocks import text_of

FACE = Writer(catalogue=an_estate())


@pytest.mark.parametrize("reason", ["GET x: 401 Unauthorized", "It cannot be seen.", "Why?"])
@pytest.mark.parametrize("kind", [Degraded, CannotLook])
def test_a_reason_ends_before_the_next_sentence_begins(
    kind: type[HealthNotice], reason: str
) -> None:
    told = stored(kind(connection="orders", reasons=(reason, reason), since=NOW))

    said = text_of(personal_words.personal(kind.what, told, None, a_connection(), None, FACE))

    assert re.search(r"[^.?!:*] (Whether it works|No incident was|GET x)", said) is None
    assert ".." not in said
