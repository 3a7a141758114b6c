"""Which processes work with this database. One is meant to: a second one is told of, and what one
that is gone had begun is free for whoever comes after it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.tx import Tx

SILENT = timedelta(seconds=20)  # without a sign, which each gives every few seconds
_SIGNS = ("vitals", "processes")  # fixture


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One life of a process. Two machines may call one alike: then they began at other times."""

    name: str
    since: datetime


def sign(
    tx: Tx, me: Process, now: datetime, gone: Callable[[str], bool], *, first: bool = False
) -> tuple[Process, ...]:
    """`me` is alive. Returns the others that are. The `first` sign of a life ends what an earlier
    one of the same name left."""
    signs = _read(tx)
    signs.pop(me, None)
    dead = {
        one
        for one, at in signs.items()
        if abs(now - at) >= SILENT or gone(one.name) or (first and one.name == me.name)
    }
    others = {one: at for one, at in signs.items() if one not in dead}
    for one in dead:
        if gone(one.name):
            # One that only fell silent may come back with a letter under way.
            tx.release_claims(one.name)
    # With another one alive, looks under way may be its own.
    if (dead or first) and not others:
        tx.release_looks(now)
    _write(tx, {**others, me: now}.items())
    return tuple(others)


def last_seen(tx: Tx) -> Mapping[Process, datetime]:
    """Every process that has not ended as it should, and when it last gave a sign."""
    return _read(tx)


def alive(tx: Tx, now: datetime, gone: Callable[[str], bool]) -> tuple[Process, ...]:
    """Every process that works with this database, as one that does not sees it."""
    fresh = [one for one, at in _read(tx).items() if abs(now - at) < SILENT]
    return tuple(one for one in fresh if not gone(one.name))


def named(company: Iterable[Process]) -> str:
    return ", ".join(f"{one.name} since {one.since:%Y-%m-%d %H:%M:%S} UTC" for one in company)


def leave(tx: Tx, me: Process) -> None:
    """`me` ends as it should."""
    _write(tx, ((one, at) for one, at in _read(tx).items() if one != me))


def _read(tx: Tx) -> dict[Process, datetime]:
    rows = json.loads(tx.fixture(*_SIGNS) or "[]")
    moment = datetime.fromisoformat
    return {Process(name=name, since=moment(since)): moment(at) for name, since, at in rows}


def _write(tx: Tx, signs: Iterable[tuple[Process, datetime]]) -> None:
    rows = [(one.name, one.since.isoformat(), at.isoformat()) for one, at in signs]
    tx.save_fixture(*_SIGNS, json.dumps(rows))
