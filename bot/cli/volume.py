"""`firstlane volume`: what a connection usually moves, drawn, and what its rules would say."""

import argparse
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app.loading import in_database, knowledge_of
from bot.cli.naming import connection_named
from bot.clock import utc_now
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.check_spec import CheckSpec, VolumeRule
from bot.core.monitoring.explain import Heard, replay
from bot.core.monitoring.volume import KEEP, MIN_WEEKS, Habit, Hour, Profile, learn, limit
from bot.flows.monitoring.volumes import habit_of, hours_of
from bot.language.errors import NotFound
from bot.language.units import say_count, say_duration
from bot.settings import read
from bot.store.tx import Tx
from bot.terminal.printing import plain, print_json

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHADES = " ▁▂▃▄▅▆▇█"
_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVolume:
    """Everything about the volume of one check."""

    spec: CheckSpec
    rule: VolumeRule
    habit: Habit
    hours: tuple[Hour, ...]
    profile: Profile
    heard: tuple[Heard, ...]


def run(arguments: argparse.Namespace) -> int:
    """0 when the rules have nothing to say of the kept weeks, 1 when they have."""
    knowledge, now = knowledge_of(arguments), utc_now()
    catalogue = knowledge.catalogue
    specs = _specs(catalogue.connections[connection_named(knowledge, arguments.connection)])
    path = _database(arguments.state)
    known = in_database(path, lambda tx: [_known(tx, catalogue, spec, now) for spec in specs])
    if arguments.json:
        print_json({"checks": [_row(one) for one in known]}, catalogue)
    else:
        for one in known:
            print("\n".join(_drawn(one, catalogue)))
    return 1 if any(not heard.known for one in known for heard in one.heard) else 0


def _specs(connection: Connection) -> tuple[CheckSpec, ...]:
    specs = tuple(spec for spec in connection.checks if spec.volume)
    if not specs:
        raise NotFound(
            f"No check of {connection.id!r} has a volume rule. Add to a check that reads a count:"
            " volume: {signal: processed}"
        )
    return specs


def _database(given: Path | None) -> Path:
    path = given / "firstlane.sqlite3" if given else read(os.environ).database
    # Opening would make an empty database, and it would then say that nothing is known.
    if not path.exists():
        raise NotFound(f"There is no database at {path}: the bot has not run here yet.")
    return path


def _known(tx: Tx, catalogue: Catalogue, spec: CheckSpec, now: datetime) -> KnownVolume:
    assert spec.volume is not None
    habit, hours = habit_of(catalogue, spec.volume), hours_of(tx, spec.key, now - KEEP)
    return KnownVolume(
        spec=spec,
        rule=spec.volume,
        habit=habit,
        hours=hours,
        profile=learn(hours, habit, now),
        heard=replay(hours, spec.volume, habit),
    )


def _row(one: KnownVolume) -> dict[str, Any]:
    return {
        "check": one.spec.key,
        "hours": len(one.hours),
        "weeks": round(one.profile.weeks, 2),
        "by_hour_of_week": [round(count, 2) for count in one.profile.counts],
        "by_weekday": {name: one.profile.days.get(day) for day, name in enumerate(_DAYS, start=1)},
        "spread": round(one.profile.spread, 3),
        "silence_limit": round(limit(one.profile), 1),
        "heard": [
            {"at": item.at.isoformat(), "what": item.words, "known": item.known}
            for item in one.heard
        ],
    }


def _drawn(one: KnownVolume, catalogue: Catalogue) -> list[str]:
    profile = one.profile
    lines = [
        f"{one.spec.key}: {profile.weeks:.1f} weeks known,"
        f" {say_count(len(one.hours), 'hour')} kept, times in {one.habit.zone}"
    ]
    if profile.weeks < MIN_WEEKS:
        lines.append(f"  Silence is judged by what is usual from 2 weeks on; {_until_then(one)}.")
    if not any(profile.counts):
        return [*lines, "", *_kept(one), "", *_told(one, catalogue)]
    lines += ["", f"        {'0     3     6     9     12    15    18    21':48}  usual day"]
    highest = max(profile.counts) or 1.0
    for day, name in enumerate(_DAYS):
        row = profile.counts[day * 24 : day * 24 + 24]
        usual = profile.days.get(day + 1)
        total = f"{usual:,.0f}" if usual is not None else "?"
        drawn = "".join(_shade(value / highest) * 2 for value in row)
        lines.append(f"  {name}   {drawn}  {total:>9}")
    scale = f"  Days differ by {profile.spread:.0%}; █ is {highest:,.1f} records an hour."
    return [*lines, "", scale, "", *_told(one, catalogue)]


def _until_then(one: KnownVolume) -> str:
    if one.rule.quiet_limit is None:
        return "until then by nothing: give it a `quiet_limit`"
    return f"until then, {say_duration(one.rule.quiet_limit)} without a record is too long"


def _kept(one: KnownVolume) -> list[str]:
    """Before anything is learnt there is nothing to draw but the hours themselves."""
    if not one.hours:
        return ["  No hour is finished yet: come back after the next full hour."]
    lines = ["  Nothing is learnt yet: that takes whole hours, once a day. Kept so far:"]
    for hour in one.hours[-_SHOWN:]:
        at = one.habit.local(hour.start).strftime("%a %d %b %H:%M")
        part = (
            "" if hour.whole else f", watched for {say_duration(timedelta(seconds=hour.watched))}"
        )
        lines.append(f"    {at}  {say_count(round(hour.count), 'record')}{part}")
    return lines


def _shade(share: float) -> str:
    place = round(share * (len(_SHADES) - 1))
    # A little must not look like nothing.
    return _SHADES[max(place, 1)] if share > 0 else _SHADES[0]


def _told(one: KnownVolume, catalogue: Catalogue) -> list[str]:
    if not one.heard:
        return ["  Replayed against the kept hours, the rules say nothing."]
    lines = ["  Replayed against the kept hours, the rules would have said:"]
    for item in one.heard[-_SHOWN:]:
        at = one.habit.local(item.at).strftime("%Y-%m-%d %H:%M")
        mark = " (known: something was wrong)" if item.known else ""
        lines.append(f"    {at}  {plain(item.words, catalogue)}{mark}")
    if len(one.heard) > _SHOWN:
        lines.append(f"    and {len(one.heard) - _SHOWN} earlier")
    return lines
