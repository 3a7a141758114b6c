"""How far a date that somebody types may lie away: a slip of the keyboard is no memory.

What a person tells afterwards counts in figures and in what is blamed, so it has to lie within what
those still look at.
"""

from datetime import date, datetime, timedelta

from bot.language.errors import Invalid
from bot.language.marks import when
from bot.language.units import say_duration

LONGEST_AGO = timedelta(days=90)  # as far as figures and contracts look back
LONGEST_AHEAD = timedelta(days=366)  # a plan; what lies further ahead is planned anew
LONGEST_VALID = timedelta(days=366 * 30)  # a credential


def must_have_been(at: datetime, now: datetime, *, field: str) -> None:
    """Raises Invalid, saying what is allowed, for what lies ahead or too long ago."""
    first = now - LONGEST_AGO
    if at > now:
        raise Invalid(f"This lies ahead. Choose a time between {when(first)} and now.", field=field)
    if at < first:
        raise Invalid(
            f"This is too long ago: {say_duration(LONGEST_AGO)} at most, so not before"
            f" {when(first)}.",
            field=field,
        )


def must_be_near(at: datetime, now: datetime, *, field: str) -> None:
    """Raises Invalid, saying what is allowed, for a plan that lies too far ahead."""
    last = now + LONGEST_AHEAD
    if at > last:
        raise Invalid(f"This is too far ahead: {when(last)} at the latest.", field=field)


def must_end_in_time(ends: date, today: date, *, field: str) -> None:
    """Raises Invalid, saying what is allowed, for an end that is over or that no credential has."""
    last = today + LONGEST_VALID
    if ends <= today:
        raise Invalid(
            "This date is over; write the day on which the new one stops working.", field=field
        )
    if ends > last:
        raise Invalid(f"This is too far ahead: {last.isoformat()} at the latest.", field=field)
