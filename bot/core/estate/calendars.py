"""The company's days: which are holidays, and which belong to the month-end close.

Days are local dates in the company's zone; nothing here knows what happens on them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_WORKING_WEEKDAYS = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthEnd:
    """The close: the last `before` working days of a month and the first `after` of the next."""

    before: int = 1
    after: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    holidays: frozenset[date] = frozenset()
    month_end: MonthEnd = MonthEnd()

    def holiday(self, day: date) -> bool:
        return day in self.holidays

    def working(self, day: date) -> bool:
        return day.isoweekday() in _WORKING_WEEKDAYS and day not in self.holidays

    def closing(self, day: date) -> bool:
        """Whether `day` belongs to the month-end close, weekends between its days included."""
        return _closing(self, day)


# Learning from eight weeks of hours asks for the same days again and again.
@lru_cache(maxsize=4096)
def _closing(calendar: Calendar, day: date) -> bool:
    ahead = _working_days(calendar, day, _month_after(day))
    last = calendar.month_end.before
    if ahead < last or (ahead == last > 0 and calendar.working(day)):
        return True
    passed = _working_days(calendar, day.replace(day=1), day)
    return passed < calendar.month_end.after


def _month_after(day: date) -> date:
    # Every month has a 28th, and four days after it another month has begun.
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _working_days(calendar: Calendar, start: date, end: date) -> int:
    """Working days from `start` until before `end`."""
    days = (start + timedelta(days=offset) for offset in range((end - start).days))
    return sum(calendar.working(day) for day in days)
