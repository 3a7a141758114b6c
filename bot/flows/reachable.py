"""Whom an incident could reach now, by what Slack said of people and who is away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.catalogue import Catalogue
from bot.core.cover import Presence
from bot.core.escalation import ladder_for
from bot.flows.attendance import presence_now
from bot.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`silent` are the connections of which nobody on the ladder can be reached, by name; `gone`
    maps whoever cannot be reached to the reason; `strangers` were never looked up in Slack."""

    silent: tuple[str, ...]
    gone: Mapping[str, str]
    strangers: tuple[str, ...]


def reach_now(tx: Tx, catalogue: Catalogue, now: datetime) -> Reach:
    """Of every connection that is looked after. Somebody who was never looked up in Slack counts
    as one who can be reached, since nothing says otherwise."""
    who = presence_now(tx, now)
    ladders = {
        connection.name: [one for rung in ladder_for(catalogue, connection) for one in rung.people]
        for connection in catalogue.connections.values()
        if connection.about.lifecycle.managed
    }
    named = dict.fromkeys(person for people in ladders.values() for person in people)
    gone = {person: why for person in named if (why := _why_not(tx, who, person))}
    silent = [
        name for name, people in ladders.items() if people and all(one in gone for one in people)
    ]
    strangers = [person for person in named if person not in gone and not tx.slack_user(person)]
    return Reach(silent=tuple(silent), gone=gone, strangers=tuple(strangers))


def _why_not(tx: Tx, who: Presence, person: str) -> str:
    acting = who.acting(person)
    if acting is None:
        return who.absent.get(person) or "whoever covers is away too"
    known = tx.slack_user(acting)
    return known.problem if known and not known.user else ""
