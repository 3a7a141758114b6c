"""Turns the checked estate file into the core's values: defaults filled in, zones applied."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from bot.core.estate.catalogue import (
    Catalogue,
    Connection,
    Credential,
    Hours,
    Party,
    Person,
    Policy,
    System,
)
from bot.core.estate.check_spec import CheckSettings, CheckSpec, Webhook
from bot.core.estate.description import About
from bot.core.estate.lane import Lane
from bot.core.estate.windows import Close, Cron, Once, When, Window
from bot.files.estate.entries import taken
from bot.files.estate.fields import utc
from bot.files.estate.schema import EstateShape, PartyShape, PersonShape, PolicyShape
from bot.files.estate.schema_connection import CheckShape, ConnectionShape
from bot.files.estate.schema_watching import WindowShape
from bot.files.estate.working_hours import ROUND_THE_CLOCK
from bot.language.redaction import Secret

CheckPlace = tuple[str, int]  # connection id and place in its list of checks
Settings = Mapping[CheckPlace, CheckSettings]
Named = TypeVar("Named", System, Webhook)


def build(estate: EstateShape, settings: Settings) -> Catalogue:
    """`settings` are the checked settings of every check."""
    zone = estate.company.timezone
    return taken(
        Catalogue,
        estate,
        company=estate.company.name,
        timezone=zone,
        announce_channel=estate.company.announce_channel,
        people={key: _person(key, item, estate) for key, item in estate.people.items()},
        parties={key: _party(key, item, estate) for key, item in estate.parties.items()},
        systems=_named(estate.systems),
        connections=_connections(estate, settings),
        governance=replace(estate.governance, accepted=estate.accepted),
        windows=tuple(_window(item, zone) for item in estate.maintenance),
        webhooks=_named(estate.webhooks),
    )


def _named(items: Mapping[str, Named]) -> dict[str, Named]:
    return {key: replace(item, id=key) for key, item in items.items()}


def _hours(item: PersonShape | PartyShape, estate: EstateShape) -> Hours | None:
    written = item.hours or estate.defaults.hours
    # No hours mean always to the core; “always” is written to go against the file's default.
    if written is None or written == ROUND_THE_CLOCK:
        return None
    return replace(written, timezone=item.timezone or estate.company.timezone)


def _person(key: str, item: PersonShape, estate: EstateShape) -> Person:
    return taken(
        Person,
        item,
        id=key,
        hours=_hours(item, estate),
        timezone=item.timezone or estate.company.timezone,
        fallback=tuple(Secret(way) for way in item.fallback),
    )


def _party(key: str, item: PartyShape, estate: EstateShape) -> Party:
    return taken(Party, item, id=key, hours=_hours(item, estate))


def _policy(policy: PolicyShape, own: ConnectionShape) -> Policy:
    """What the connection says itself comes before its policy."""
    ladder = policy.ladder if own.ladder is None else own.ladder
    return taken(Policy, policy, ladder=ladder, lease=own.lease or policy.lease)


def _connection(
    key: str, item: ConnectionShape, estate: EstateShape, settings: Settings
) -> Connection:
    defaults = estate.defaults
    return taken(
        Connection,
        item,
        id=key,
        build=item.build.type,
        maintained_by=item.build.maintained_by,
        ladder=defaults.ladder if item.ladder is None else item.ladder,
        lease=item.lease or defaults.lease,
        policies=tuple(
            _policy(policy, item)
            for policy in estate.policies
            if not policy.criticality or item.criticality in policy.criticality
        ),
        lanes={lane: party for lane in Lane if (party := getattr(item.lanes, lane))},
        checks=tuple(
            _check(key, check, estate, settings[key, place])
            for place, check in enumerate(item.checks)
        ),
        about=taken(About, item),
    )


def _connections(estate: EstateShape, settings: Settings) -> dict[str, Connection]:
    """What several use has everywhere the facts that stand with its first user."""
    found = {
        key: _connection(key, item, estate, settings) for key, item in estate.connections.items()
    }
    own = {
        one.key_of(item): item
        for one in found.values()
        for item in one.credentials
        if not item.same_as
    }

    def whole(item: Credential) -> Credential:
        first = own.get(item.same_as)
        # Its end and its owner stand in one place of the file, and every user of it shows the same.
        return replace(first, id=item.id, same_as=item.same_as) if first else item

    return {
        key: replace(one, credentials=tuple(map(whole, one.credentials)))
        for key, one in found.items()
    }


def _check(
    connection: str, item: CheckShape, estate: EstateShape, settings: CheckSettings
) -> CheckSpec:
    usual = estate.defaults.check
    confirm = item.confirm or usual.confirm
    return taken(
        CheckSpec,
        item,
        connection=connection,
        every=item.every or usual.every,
        timeout=item.timeout or usual.timeout,
        confirm=confirm.looks,
        within=confirm.within,
        recover=item.recover or usual.recover,
        settings=settings,
        runs=item.runs and replace(item.runs, zone=estate.company.timezone),
    )


def _window(item: WindowShape, zone: str) -> Window:
    return taken(
        Window,
        item,
        systems=frozenset(item.systems),
        connections=frozenset(item.connections),
        when=_when(item, zone),
        zone=zone,
    )


def _when(item: WindowShape, zone: str) -> When:
    if item.weekly is not None:
        return item.weekly
    if item.start and item.until:
        # Of an hour that comes twice the last one ends it: no window is shorter than it is written.
        return Once(start=utc(item.start, zone), end=utc(item.until, zone, last=True))
    if item.cron and item.length:
        return Cron(expression=item.cron, length=item.length)
    return Close()
