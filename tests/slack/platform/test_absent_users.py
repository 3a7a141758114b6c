"""What a Slack user object shows of its person."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.people.presence import AbsenceKind
from bot.slack.platform.users import absence_of
from tests.builders import NOW


def test_a_deactivated_account_is_nobody_there() -> None:
    found = absence_of("bob", {"deleted": True}, NOW)

    assert found is not None
    assert (found.kind, found.until) == (AbsenceKind.DEACTIVATED, None)


def test_a_status_counts_until_its_end() -> None:
    ends = int(datetime(2027, 3, 8, tzinfo=UTC).timestamp())
    profile = {"status_text": "Vacation", "status_emoji": ":palm_tree:", "status_expiration": ends}

    found = absence_of("bob", {"profile": profile}, NOW)

    assert found is not None
    assert found.until == datetime(2027, 3, 8, tzinfo=UTC)
    assert "Vacation" in found.why


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"profile": None},
        {"profile": {"status_text": "Focus", "status_emoji": ":headphones:"}},
        {"profile": {"status_text": "", "status_emoji": "", "status_expiration": 0}},
    ],
)
def test_whoever_shows_nothing_is_there(user: dict[str, Any]) -> None:
    assert absence_of("bob", user, NOW) is None
