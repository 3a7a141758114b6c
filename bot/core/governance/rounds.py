"""When the standing rounds come: the audit every morning, the digest every Monday.

Rule of this file: rounds follow the company's clock, so that nobody is written to at night.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9, 0)
REMIND_AFTER = timedelta(days=7)  # an owner who has not confirmed is asked again
MOST_REMINDERS = 2


def next_morning(now: datetime, timezone: str) -> datetime:
    """The first morning after `now`."""
    local = now.astimezone(ZoneInfo(timezone))
    morning = datetime.combine(local.date(), MORNING, ZoneInfo(timezone))
    if morning <= local:
        morning = datetime.combine(local.date() + timedelta(days=1), MORNING, ZoneInfo(timezone))
    return morning.astimezone(UTC)


def next_monday(now: datetime, timezone: str) -> datetime:
    """The first Monday morning after `now`."""
    found = next_morning(now, timezone)
    zone = ZoneInfo(timezone)
    while found.astimezone(zone).isoweekday() != 1:
        found = next_morning(found, timezone)
    return found


def first_attestation(now: datetime, every: timedelta, timezone: str) -> datetime:
    """Owners are first asked after one whole interval."""
    return next_morning(now + every - timedelta(days=1), timezone)
