"""When the audit runs: every morning, with a digest every Monday.

Rule of this file: the schedule follows the company's clock, so that nobody is written to at night.
"""

from datetime import datetime, time, timedelta

from bot.language.local_time import DAY, begins, local_day

MORNING = time(9, 0)
REMIND_AFTER = timedelta(days=7)  # an owner who has not confirmed is asked again
MOST_REMINDERS = 2


def next_morning(now: datetime, timezone: str) -> datetime:
    """The first morning after `now`."""
    today = local_day(now, timezone)
    morning = begins(today, MORNING, timezone)
    return morning if morning > now else begins(today + DAY, MORNING, timezone)


def next_monday(now: datetime, timezone: str) -> datetime:
    """The first Monday morning after `now`."""
    found = next_morning(now, timezone)
    day = local_day(found, timezone)
    to_monday = (8 - day.isoweekday()) % 7
    return begins(day + to_monday * DAY, MORNING, timezone) if to_monday else found


def first_attestation(now: datetime, every: timedelta, timezone: str) -> datetime:
    """Owners are first asked after one whole interval."""
    return next_morning(now + every - DAY, timezone)
