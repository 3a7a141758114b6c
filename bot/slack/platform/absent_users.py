"""Reading a Slack user object: does it show that its person is away?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.people.presence import Absence, AbsenceKind, says_absent
from bot.language.marks import outside


def absence_of(person: str, user: Mapping[str, Any], now: datetime) -> Absence | None:
    """Of a Slack user object; None when it shows nobody away."""
    if user.get("deleted"):
        why = "their Slack account is deactivated"
        return Absence(person=person, kind=AbsenceKind.DEACTIVATED, why=why, since=now)
    profile = user.get("profile") or {}
    text, emoji = str(profile.get("status_text", "")), str(profile.get("status_emoji", ""))
    if not says_absent(text, emoji):
        return None
    said = outside(text or emoji, 60)
    return Absence(
        person=person,
        kind=AbsenceKind.STATUS,
        why=f"their Slack status says “{said}”",
        since=now,
        until=_expiry(profile.get("status_expiration")),
    )


def _expiry(stamp: Any) -> datetime | None:
    """Slack writes 0 for a status without an end."""
    return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, int) and stamp > 0 else None
