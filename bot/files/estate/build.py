"""Turns the checked estate file into the core's values: defaults filled in, zones applied."""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.estate.catalogue import (
    BusinessImpact,
    Catalogue,
    Connection,
    Credential,
    Docs,
    Hours,
    LadderRung,
    Owners,
    Party,
    PeriodClose,
    Person,
    Policy,
    System,
)
from bot.core.estate.check_spec import CheckSettings, CheckSpec, Rule
from bot.core.estate.history import Change, Release, ReleaseFeed
from bot.core.estate.lane import Lane
from bot.files.estate.build_watching import calendar, run_limits, utc, volume_rule, windows
from bot.files.estate.describe import about, governance
from bot.files.estate.schema import (
    DefaultsShape,
    EstateShape,
    PartyShape,
    PersonShape,
    PolicyShape,
    SystemShape,
)
from bot.files.estate.schema_connection import (
    CheckShape,
    ConnectionShape,
    CredentialShape,
    RungShape,
)
from bot.files.estate.working_hours import WrittenHours
from bot.language.secret import Secret

CheckPlace = tuple[str, int]  # connection id and place in its list of checks


def build(estate: EstateShape, settings: Mapping[CheckPlace, CheckSettings]) -> Catalogue:
    """`settings` are the checked settings of every check."""
    zone = estate.company.timezone
    defaults = estate.defaults
    return Catalogue(
        company=estate.company.name,
        timezone=zone,
        announce_channel=estate.company.announce_channel,
        people={key: _person(key, item, defaults, zone) for key, item in estate.people.items()},
        parties={key: _party(key, item, defaults, zone) for key, item in estate.parties.items()},
        systems={key: _system(key, item) for key, item in estate.systems.items()},
        connections=_connections(estate, settings, zone),
        effect=BusinessImpact(amount=estate.effect.amount, records=estate.effect.records),
        close=PeriodClose(
            working_days=tuple(estate.close.working_days), domains=tuple(estate.close.domains)
        ),
        releases=_releases(estate, zone),
        governance=governance(estate.governance, estate.accepted),
        changes=_changes(estate, zone),
        feeds=_feeds(estate),
        calendar=calendar(estate.calendar),
        windows=windows(estate.maintenance, zone),
        self_check=tuple(estate.self_check),
        webhooks={key: item.webhook(key) for key, item in estate.webhooks.items()},
    )


def _system(key: str, item: SystemShape) -> System:
    return System(
        id=key,
        name=item.name,
        kind=item.kind,
        publisher=item.publisher,
        status_page=item.status_page,
        aliases=tuple(item.aliases),
        speaks=tuple(item.speaks),
    )


def _hours(own: WrittenHours | None, defaults: DefaultsShape, timezone: str) -> Hours | None:
    written = own or defaults.hours
    return written.in_zone(timezone) if written else None


def _person(key: str, item: PersonShape, defaults: DefaultsShape, zone: str) -> Person:
    timezone = item.timezone or zone
    return Person(
        id=key,
        name=item.name,
        email=item.email,
        slack_id=item.slack,
        title=item.title,
        manager=item.manager,
        hours=_hours(item.hours, defaults, timezone),
        timezone=timezone,
        aliases=tuple(item.aliases),
        works_for=item.works_for,
        left=item.left,
        fallback=tuple(Secret(way) for way in item.fallback),
    )


def _party(key: str, item: PartyShape, defaults: DefaultsShape, zone: str) -> Party:
    return Party(
        id=key,
        name=item.name,
        contact=item.contact,
        hours=_hours(item.hours, defaults, item.timezone or zone),
        respond_within=dict(item.respond),
        contract=item.contract,
        covers=item.covers,
        valid_until=item.valid_until,
        email=item.email,
        slack_channel=item.slack_channel,
        person=item.person,
    )


def _policy(policy: PolicyShape, own: ConnectionShape) -> Policy:
    """What the connection says itself comes before its policy."""
    rungs = policy.ladder if own.ladder is None else own.ladder
    return Policy(
        lanes=tuple(policy.lanes),
        ladder=None if rungs is None else _ladder(rungs),
        lease=own.lease or policy.lease,
        ask_before=policy.ask_before,
        joint_call=policy.joint_call,
    )


def _connection(
    key: str,
    item: ConnectionShape,
    estate: EstateShape,
    settings: Mapping[CheckPlace, CheckSettings],
    zone: str,
) -> Connection:
    lanes, defaults = item.lanes, estate.defaults
    named = {Lane.VENDOR: lanes.vendor, Lane.PUBLISHER: lanes.publisher, Lane.IT: lanes.it}
    return replace(
        _description(key, item),
        maintained_by=item.build.maintained_by,
        owners=Owners(**dict(item.owners)),
        first_responder=item.first_responder,
        ladder=_ladder(defaults.ladder if item.ladder is None else item.ladder),
        lease=item.lease or defaults.lease,
        policies=tuple(
            _policy(policy, item)
            for policy in estate.policies
            if not policy.criticality or item.criticality in policy.criticality
        ),
        accountable=item.accountable,
        lanes={lane: party for lane, party in named.items() if party},
        credentials=tuple(_credential(credential) for credential in item.credentials),
        checks=tuple(
            _check(key, check, defaults, settings[key, place], zone)
            for place, check in enumerate(item.checks)
        ),
    )


def _description(key: str, item: ConnectionShape) -> Connection:
    """What the connection is, without who and how it is watched."""
    return Connection(
        id=key,
        name=item.name,
        source=item.source,
        target=item.target,
        both_ways=item.both_ways,
        aliases=tuple(item.aliases),
        entities=tuple(item.entities),
        criticality=item.criticality,
        domain=item.domain,
        flow=item.flow,
        pattern=item.pattern,
        tolerance=item.tolerance,
        compliance=tuple(item.compliance),
        build=item.build.type,
        docs=Docs(**dict(item.docs)),
        runbook=item.runbook,
        depends_on=tuple(item.depends_on),
        reports=tuple(item.reports),
        known_exceptions=tuple(item.known_exceptions),
        about=about(item),
    )


def _ladder(rungs: list[RungShape]) -> tuple[LadderRung, ...]:
    return tuple(LadderRung(after=rung.after, people=tuple(rung.ping)) for rung in rungs)


def _connections(
    estate: EstateShape, settings: Mapping[CheckPlace, CheckSettings], zone: str
) -> dict[str, Connection]:
    """What several use has everywhere the facts that stand with its first user."""
    found = {
        key: _connection(key, item, estate, settings, zone)
        for key, item in estate.connections.items()
    }
    own = {
        one.key_of(item): item
        for one in found.values()
        for item in one.credentials
        if not item.same_as
    }
    return {
        key: replace(
            one,
            credentials=tuple(
                replace(own[item.same_as], id=item.id, same_as=item.same_as)
                if item.same_as in own
                else item
                for item in one.credentials
            ),
        )
        for key, one in found.items()
    }


def _credential(item: CredentialShape) -> Credential:
    return Credential(**dict(item))


def _check(
    connection: str,
    item: CheckShape,
    defaults: DefaultsShape,
    settings: CheckSettings,
    zone: str,
) -> CheckSpec:
    usual = defaults.check
    confirm = item.confirm or usual.confirm
    return CheckSpec(
        id=item.id,
        connection=connection,
        kind=item.kind,
        every=item.every or usual.every,
        timeout=item.timeout or usual.timeout,
        confirm=confirm.looks,
        within=confirm.within,
        recover=item.recover or usual.recover,
        settings=settings,
        rules=tuple(
            Rule(
                signal=rule.signal,
                warn=rule.threshold(rule.warn),
                fail=rule.threshold(rule.fail),
                clear=rule.threshold(rule.clear),
            )
            for rule in item.rules
        ),
        volume=volume_rule(item.volume),
        runs=run_limits(item.runs, zone),
    )


def _releases(estate: EstateShape, zone: str) -> tuple[Release, ...]:
    return tuple(
        Release(
            system=item.system,
            version=item.version,
            at=utc(item.at, zone),
            summary=item.summary,
            notes=item.notes,
        )
        for item in estate.releases
    )


def _changes(estate: EstateShape, zone: str) -> tuple[Change, ...]:
    return tuple(
        Change(
            connection=item.connection,
            at=utc(item.at, zone),
            what=item.what,
            by=item.by,
            approved_by=item.approved_by,
        )
        for item in estate.changes
    )


def _feeds(estate: EstateShape) -> tuple[ReleaseFeed, ...]:
    return tuple(
        ReleaseFeed(url=item.url, system=item.system, name=item.name) for item in estate.calendars
    )
