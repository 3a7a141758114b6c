"""An estate for lane scenarios, and the facts that the product would have of a break in it.

A scenario names only what somebody would tell of a break; `facts_of` builds the rest as the
checks and the catalogue would have given it. Nothing here knows which lane is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from bot.checks.probes.tcp import TcpSettings
from bot.core.estate.catalogue import (
    Build,
    Catalogue,
    Connection,
    Credential,
    Identity,
    Owners,
    Party,
    Person,
    System,
)
from bot.core.estate.check_spec import CheckSpec
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import Lane, Layer
from bot.core.monitoring.signals import FailedRecords, Signal, SignalValue
from bot.core.triage.facts import Facts, LaneFactKind, Observed, PageSaid
from bot.core.triage.playbook import ErrorClass, Playbook
from tests.builders import gathered
from tests.shipped import shipped_playbook

NOW = datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOOK: Playbook = shipped_playbook()


def _system(id: str, publisher: str, *speaks: str) -> System:
    page = f"https://status.{publisher}.example"
    return System(id=id, name=id.upper(), publisher=publisher, status_page=page, speaks=speaks)


_SYSTEMS = (
    _system("erp", "erp-publisher", "business-central", "entra-id"),
    _system("shop", "shop-publisher", "shopify"),
    _system("crm", "crm-publisher", "salesforce"),
    _system("ap", "ap-vendor"),
    _system("psp", "psp", "stripe"),
    _system("wms", "threepl", "sftp"),
    _system("edi", "edi-provider", "edi"),
    _system("bank", "bank", "sftp"),
    _system("dwh", "pipeline-vendor"),
    _system("mes", "mes-vendor"),
    _system("payroll", "payroll-publisher", "afas"),
    _system("tickets", "tickets-publisher"),
    _system("portal", "portal-publisher"),
)
_PARTIES = (
    *(system.publisher or "" for system in _SYSTEMS),
    *("shop-connector", "ipaas-vendor", "impl-partner", "internal-it"),
)


def _connection(
    id: str, ends: str, build: Build, lanes: str, *, by: str, key: Credential | None = None
) -> Connection:
    """`ends` is source>target; `lanes` are the parties for vendor, publisher and it."""
    source, target = ends.split(">")
    parties = zip((Lane.VENDOR, Lane.PUBLISHER, Lane.IT), lanes.split(), strict=True)
    return Connection(
        id=id,
        name=id,
        source=source,
        target=target,
        build=build,
        maintained_by=by,
        tolerance=HOUR,
        owners=Owners(technical="engineer", functional="controller"),
        lanes={lane: party for lane, party in parties if party != "-"},
        credentials=(key,) if key else (),
    )


def key(id: str, owner: str | None = "engineer", **more: object) -> Credential:
    plain = Credential(
        id=id, name=id, identity=Identity.SERVICE, owner=owner, same_as=f"estate/{id}"
    )
    return replace(plain, **more)


NATIVE, CUSTOM, IPAAS = Build.NATIVE, Build.CUSTOM, Build.IPAAS
_ERP, _PARTNER = "erp-publisher", "impl-partner"
_CONNECTIONS = (
    _connection("shop-orders", "shop>erp", NATIVE, f"shop-connector {_ERP} {_PARTNER}",
                by="shop-connector"),
    _connection("shop-stock", "erp>shop", NATIVE, f"shop-connector {_ERP} {_PARTNER}",
                by="shop-connector"),
    _connection("crm-accounts", "crm>erp", IPAAS, "ipaas-vendor crm-publisher impl-partner",
                by=_PARTNER, key=key("crm-user-certificate")),
    _connection("crm-tickets", "tickets>crm", IPAAS, "ipaas-vendor crm-publisher impl-partner",
                by=_PARTNER),
    _connection("ticket-portal", "tickets>portal", IPAAS,
                "ipaas-vendor portal-publisher impl-partner", by=_PARTNER),
    _connection("ap-invoices", "ap>erp", NATIVE, f"ap-vendor {_ERP} internal-it", by="ap-vendor"),
    _connection("psp-settlement", "psp>erp", CUSTOM, f"psp {_ERP} {_PARTNER}", by=_PARTNER),
    _connection("wms-3pl", "erp>wms", CUSTOM, f"threepl {_ERP} {_PARTNER}", by=_PARTNER),
    _connection("edi-retail", "edi>erp", NATIVE, f"edi-provider {_ERP} internal-it",
                by="edi-provider"),
    _connection("bank", "bank>erp", Build.PUBLISHER, f"bank {_ERP} {_PARTNER}", by=_ERP),
    _connection("bi-pipeline", "erp>dwh", IPAAS, f"pipeline-vendor {_ERP} internal-it",
                by="pipeline-vendor"),
    _connection("mes-bridge", "mes>erp", CUSTOM, f"mes-vendor {_ERP} {_PARTNER}", by=_PARTNER),
    _connection("payroll-journal", "payroll>erp", CUSTOM,
                "- payroll-publisher internal-it", by="internal-it"),
    _connection("pricelist", "erp>portal", Build.SCRIPT, f"- {_ERP} internal-it",
                by="internal-it"),
)  # fmt: skip
_PEOPLE = (
    Person(id="engineer", name="Engineer", email="engineer@own.example"),
    Person(id="controller", name="Controller", email="controller@own.example"),
    Person(id="leaver", name="Leaver", email="leaver@own.example", left=date(2026, 2, 27)),
    Person(id="partner-engineer", name="Partner engineer", works_for=_PARTNER),
    Person(id="ap-vendor-engineer", name="AP engineer", works_for="ap-vendor"),
)
ESTATE = Catalogue(
    people={person.id: person for person in _PEOPLE},
    systems={system.id: system for system in _SYSTEMS},
    parties={id: Party(id=id, name=id, contact=f"support@{id}.example") for id in _PARTIES},
    connections={connection.id: connection for connection in _CONNECTIONS},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`texts` are the error texts with how many records carry each; `changes`, `releases` and
    `seen` (what we observed) come with the hours before `NOW`; `red` names the party whose status
    page is red. Connections in neither `broken` nor `dark` run well."""

    id: str
    on: str
    lane: Lane
    classes: tuple[ErrorClass, ...]
    why: str
    since: float = 6  # hours for which it fails
    texts: tuple[tuple[str, int], ...] = ()
    check_errors: tuple[str, ...] = ()
    some: bool = False  # records still pass
    red: str = ""
    status: str = "major_outage"
    changes: tuple[tuple[float, str, str], ...] = ()
    releases: tuple[tuple[float, str, str], ...] = ()
    seen: tuple[tuple[float, LaneFactKind, str], ...] = ()
    broken: tuple[str, ...] = ()
    dark: tuple[str, ...] = ()
    build: Build | None = None
    maker: str | None = None
    keys: tuple[Credential, ...] = ()
    signals: Mapping[str, SignalValue] = field(default_factory=dict)
    arrives_by_file: bool = False
    layer: Layer | None = None


def estate_of(one: Scenario) -> Catalogue:
    """The estate with what is special about the broken connection."""
    connection = ESTATE.connections[one.on]
    connection = replace(
        connection,
        build=one.build or connection.build,
        maintained_by=connection.maintained_by if one.maker is None else one.maker or None,
        credentials=one.keys or connection.credentials,
        checks=_checks(one),
    )
    changes = (
        Change(connection=one.on, at=NOW - hours * HOUR, what=what, by=by)
        for hours, what, by in one.changes
    )
    releases = (
        Release(system=system, version=version, at=NOW - hours * HOUR)
        for hours, system, version in one.releases
    )
    own = System(id="connector", name="The connector", publisher=connection.maintained_by)
    return replace(
        ESTATE,
        systems={**ESTATE.systems, "connector": own},
        connections={**ESTATE.connections, one.on: connection},
        changes=tuple(changes),
        releases=tuple(releases),
    )


def _checks(one: Scenario) -> tuple[CheckSpec, ...]:
    kind = "sftp" if one.arrives_by_file else "http"
    return (
        CheckSpec(
            id="main",
            connection=one.on,
            kind=kind,
            every=HOUR,
            timeout=HOUR,
            confirm=1,
            recover=1,
            settings=TcpSettings(host=f"sftp.{ESTATE.connections[one.on].source}.example", port=22),
        ),
    )


def facts_of(one: Scenario, estate: Catalogue) -> Facts:
    good = NOW - HOUR / 12 if one.some else NOW - (one.since + 0.1) * HOUR
    pages = (PageSaid(address=f"https://status.{one.red}.example", status=one.status),)
    bad = dict.fromkeys(one.broken, "failing") | dict.fromkeys(one.dark, "unknown")
    verdicts = {name: bad.get(name, "ok") for name in estate.connections}
    return gathered(
        estate.connections[one.on],
        estate,
        BOOK,
        now=NOW,
        failing_since=NOW - one.since * HOUR,
        signals={Signal.LAST_SUCCESS: good, **one.signals},
        failed=tuple(FailedRecords(text=text, count=count) for text, count in one.texts),
        check_errors=one.check_errors,
        observed=tuple(
            Observed(at=NOW - hours * HOUR, what=what, kind=kind) for hours, kind, what in one.seen
        ),
        pages=pages if one.red else (),
        answered=frozenset(
            check.kind
            for check in estate.connections[one.on].checks
            if one.signals.get(Signal.REACHABLE)
        ),
        verdicts={**verdicts, one.on: "failing"},
    )
