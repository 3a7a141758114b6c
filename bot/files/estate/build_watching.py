"""The core's values for volume, runs, the calendar and windows."""

from datetime import UTC, datetime

from bot.core.estate.calendars import Calendar, MonthEnd
from bot.core.estate.check_spec import RunLimits, VolumeRule
from bot.core.estate.windows import Close, Cron, Once, When, Window
from bot.files.estate.schema_watching import CalendarShape, RunsShape, VolumeShape, WindowShape
from bot.language.local_time import begins, ends


def volume_rule(item: VolumeShape | None) -> VolumeRule | None:
    if item is None:
        return None
    return VolumeRule(
        signal=item.signal,
        counting=item.counts,
        silence=item.silence,
        deviation=item.deviation,
        quiet_limit=item.quiet_limit,
        floor=item.floor,
        month_end=item.month_end,
        due=item.due.due() if item.due else None,
    )


def run_limits(item: RunsShape | None, zone: str) -> RunLimits | None:
    if item is None:
        return None
    return RunLimits(
        longest=item.longest,
        shortest=item.shortest,
        starts=item.starts,
        late=item.late,
        zone=zone,
    )


def calendar(item: CalendarShape) -> Calendar:
    return Calendar(
        holidays=frozenset(item.holidays),
        month_end=MonthEnd(before=item.month_end.before, after=item.month_end.after),
    )


def windows(items: list[WindowShape], zone: str) -> tuple[Window, ...]:
    return tuple(
        Window(
            name=item.name,
            kind=item.kind,
            connections=frozenset(item.connections),
            systems=frozenset(item.systems),
            when=_when(item, zone),
            zone=zone,
        )
        for item in items
    )


def _when(item: WindowShape, zone: str) -> When:
    if item.weekly is not None:
        return item.weekly
    if item.start and item.until:
        return Once(start=utc(item.start, zone), end=utc(item.until, zone, last=True))
    if item.cron and item.length:
        return Cron(expression=item.cron, length=item.length)
    return Close()


def utc(moment: datetime, zone: str, *, last: bool = False) -> datetime:
    """A moment without an offset is one on the company's clock; of an hour that happens twice it
    lies in the first, or in the `last`."""
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return (ends if last else begins)(moment.date(), moment.time(), zone)
