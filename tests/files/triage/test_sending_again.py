"""What a text of a broken connection allows: where the request went out and its answer is missing,
each record is looked up first; where nothing went out, sending again does no harm."""

import pytest

from bot.core.triage.playbook import Retry, match
from tests.core.error_texts import read_wordings
from tests.shipped import shipped_playbook

PLAYBOOK = shipped_playbook()

BROKEN = read_wordings("broken_connections")
HARMLESS = (
    "Connection closed after 12 records, all delivered successfully",
    "INFO keep-alive: idle connection closed",
    "GET /health 200 OK in 12 ms",
    "Order 10060 for customer 10065 was shipped",
    "Connector version 4.4.2 is deployed",
)


@pytest.mark.parametrize(("wording", "text"), BROKEN["lost"])
def test_where_the_answer_is_missing_each_record_is_looked_up_first(wording, text):
    hits = match(PLAYBOOK, text)

    assert hits, "unknown"
    assert hits[0].entry.retry is Retry.LOOK_UP_FIRST, hits[0].why


@pytest.mark.parametrize(("wording", "text"), BROKEN["not sent"])
def test_where_nothing_was_sent_no_look_up_is_asked_for(wording, text):
    hits = match(PLAYBOOK, text)

    assert hits, "unknown"
    assert hits[0].entry.retry in (Retry.SAFE, Retry.WAIT, Retry.AFTER_FIX), hits[0].why


@pytest.mark.parametrize("text", HARMLESS)
def test_a_connection_that_ended_well_is_no_error(text):
    assert match(PLAYBOOK, text) == ()
