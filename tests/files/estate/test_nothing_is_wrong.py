"""A line that counts no trouble, calls it over or announces it is no error; its twin is one."""

import pytest

from bot.core.triage.error_text import complaint
from bot.core.triage.playbook import match
from tests.shipped import shipped_playbook

TWINS = [
    ("Dead letter queue is empty", "Dead letter queue is not empty"),
    ("DLQ depth: 0", "DLQ depth: 10"),
    ("dead letter count=0", "dead letter count=3"),
    ("0 messages in dead letter queue", "12 messages in dead letter queue"),
    ("no messages in the dead-letter queue", "40 messages in the dead-letter queue"),
    ("Number of failed logins today: 0", "Number of failed logins today: 14"),
    ("Maintenance mode disabled", "Maintenance mode enabled"),
    ("Maintenance mode is off", "Maintenance mode is on"),
    ("Maintenance has ended", "Maintenance in progress"),
    (
        "Scheduled maintenance window for 2026-12-06 02:00 UTC added to calendar",
        "We are down for scheduled maintenance. Window 2026-12-06 02:00 UTC",
    ),
    (
        "Planned maintenance on Saturday 02:00-04:00 UTC announced",
        "Service unavailable: planned maintenance announced until 04:00 UTC",
    ),
    (
        "Certificate renewed, old certificate expired 2026-11-01",
        "Certificate renewal failed, old certificate expired 2026-11-01",
    ),
    (
        "Password rotated; the previous password expired yesterday",
        "Password not rotated; the previous password expired yesterday",
    ),
    ("Token refreshed after it expired", "Token not refreshed after it expired"),
]


@pytest.mark.parametrize("systems", [(), ("sap", "edi"), ("cloud",)], ids=str)
@pytest.mark.parametrize(("harmless", "trouble"), TWINS)
def test_a_line_without_trouble_fits_nothing_and_its_twin_does(
    harmless: str, trouble: str, systems: tuple[str, ...]
) -> None:
    book = shipped_playbook()

    assert [hit.why for hit in match(book, harmless, systems)] == []
    assert match(book, trouble, systems)


@pytest.mark.parametrize(
    "text",
    [
        "0 of 12 lines posted",
        "failed: 0 of 12 posted",
        "failed: 0.5",
        "errors: 07",
        "error: 0x80004005",
        "0 rows updated: record was changed by another user",
        "0 retries left: connection refused",
        "outage not over",
        "maintenance in progress",
    ],
)
def test_a_nought_that_counts_no_trouble_takes_nothing_away(text: str) -> None:
    assert complaint(text) == (text, False)


def test_what_else_the_line_tells_is_still_read() -> None:
    text = "DLQ depth: 0, maintenance mode disabled, connection refused"

    assert match(shipped_playbook(), text)[0].entry.id == "tcp-refused"
