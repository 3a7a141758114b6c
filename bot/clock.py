"""The one place that looks at the clock: everything else is handed the moment."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
