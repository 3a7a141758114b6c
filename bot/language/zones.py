"""The names of time zones."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Every zone that this machine knows. To ask it is to walk through a thousand files."""
    return frozenset(available_timezones())
