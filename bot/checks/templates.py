"""Moments written into addresses and bodies: `{{now-24h}}`, `{{today|date}}`, `{{now-1h|odata}}`.

Far ends take time windows as parameters, each in its own notation. A template that is not one of
ours is refused when the settings are read, so a slip of the pen is never sent as it stands.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from bot.language.errors import Mistake, Place
from bot.language.local_time import DAY, day_begins, local, local_day
from bot.language.units import parse_duration

_OPEN = "{{"
_PLACE = re.compile(r"\{\{(.{0,80}?)\}\}")
_FORM = re.compile(r"\s*(now|today)\s*(?:([+-])\s*([^|]+?))?\s*(?:\|\s*(\w+)\s*)?")
_LONGEST = timedelta(days=3660)

FORMATS: Mapping[str, Callable[[datetime, tzinfo], str]] = {
    "iso": lambda at, _: f"{at:%Y-%m-%dT%H:%M:%SZ}",
    "date": lambda at, zone: f"{local(at, zone):%Y-%m-%d}",
    "sql": lambda at, zone: f"{local(at, zone):%Y-%m-%d %H:%M:%S}",
    "epoch": lambda at, _: str(int(at.timestamp())),
    "epoch_ms": lambda at, _: str(int(at.timestamp()) * 1000),
    "odata": lambda at, _: f"datetime'{at:%Y-%m-%dT%H:%M:%S}'",
}


def filled(value: Any, now: datetime, zone: tzinfo = UTC) -> Any:
    """`value` with every template in its texts replaced, however nested. `date`, `sql` and
    `today` go by `zone`; all other formats are UTC. Raises ValueError for a wrong template."""
    if isinstance(value, str):
        # Text without a template keeps its type, which may mark it as secret.
        return _filled_text(value, now, zone) if _OPEN in value else value
    if isinstance(value, Mapping):
        return {key: filled(part, now, zone) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(filled(part, now, zone) for part in value)
    return value


def require_templates(value: Any) -> Any:
    """`value` itself. Raises Mistake, which says where in it a template cannot be filled."""
    _require(value, ())
    return value


def _require(value: Any, at: Place) -> None:
    parts: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, (list, tuple)):
        parts = enumerate(value)
    for key, part in parts:
        _require(part, (*at, key))
    if isinstance(value, str):
        try:
            # Any moment will do: only whether it can be filled is asked.
            filled(value, datetime(2000, 1, 1, tzinfo=UTC))
        except ValueError as error:
            raise Mistake(str(error), *at) from None


def moment(text: str, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """The moment that `text` names when it is one whole template; None for other text."""
    place = _PLACE.fullmatch(text.strip())
    return _moment(place.group(1), now, zone)[0] if place else None


def _filled_text(text: str, now: datetime, zone: tzinfo) -> str:
    parts: list[str] = []
    end = 0
    for place in _PLACE.finditer(text):
        at, form = _moment(place.group(1), now, zone)
        parts += [str.__str__(text)[end : place.start()], FORMATS[form](at, zone)]
        end = place.end()
    rest = str.__str__(text)[end:]
    if _OPEN in rest:
        raise ValueError("'{{' is never closed")
    whole = "".join((*parts, rest))
    return whole if type(text) is str else type(text)(whole)


def _moment(inner: str, now: datetime, zone: tzinfo) -> tuple[datetime, str]:
    form = _FORM.fullmatch(inner)
    if form is None:
        raise ValueError("a time template is written {{now}}, {{now-24h}} or {{today-1d|date}}")
    start, sign, span, name = form.groups()
    if name is not None and name not in FORMATS:
        raise ValueError(f"unknown time format; write one of {', '.join(FORMATS)}")
    shift = parse_duration(span) if span else timedelta()
    if shift > _LONGEST:
        raise ValueError("a time window is at most ten years")
    way = -1 if sign == "-" else 1
    if start == "now":
        return now.astimezone(UTC) + way * shift, name or "iso"
    # Whole days are days of the calendar, which are not all 24 hours long.
    days, rest = divmod(shift, DAY)
    day = local_day(now, zone) + way * days * DAY
    return day_begins(day, zone) + way * rest, name or "iso"
