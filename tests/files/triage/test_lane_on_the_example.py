"""Incidents with mixed evidence, as a senior engineer would judge them within a minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.estate.catalogue import (
    Build,
    Catalogue,
    Connection,
    Credential,
    Owners,
    Party,
    Person,
    System,
)
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import Lane, Layer
from bot.core.monitoring.signals import FailedRecords, Signal
from bot.core.triage.suggest import suggest
from tests.builders import gathered
from tests.shipped import shipped_playbook

PLAYBOOK = shipped_playbook()
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BROKE = NOW - timedelta(hours=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VENDOR, PUBLISHER, IT = Lane.VENDOR, Lane.PUBLISHER, Lane.IT
TECHNICAL, FUNCTIONAL, ARCHITECTURE = Layer.TECHNICAL, Layer.FUNCTIONAL, Layer.ARCHITECTURE

ORDERS = Connection(
    id="orders",
    name="Shop orders",
    source="shop",
    target="erp",
    build=Build.NATIVE,
    maintained_by="maker",
    owners=Owners(technical="bob", functional="alice"),
    lanes={VENDOR: "maker", PUBLISHER: "erp-house", IT: "us"},
    tolerance=timedelta(minutes=30),
)
CUSTOM = replace(ORDERS, build=Build.CUSTOM, maintained_by="us")
SCAN = replace(ORDERS, id="scan", name="Bills", source="scanner", maintained_by="other-maker")
BANK = replace(
    ORDERS, id="bank", name="Payments", source="erp", target="bank", maintained_by="other-maker"
)
STORE = replace(ORDERS, id="store", name="Stock", source="shop", target="depot")
ESTATE = Catalogue(
    people={"bob": Person(id="bob", name="Bob", email="bob@company.example")},
    systems={
        "shop": System(id="shop", name="Shop", speaks=("shopify",)),
        "erp": System(
            id="erp",
            name="ERP",
            publisher="erp-house",
            speaks=("netsuite", "business-central", "entra-id"),
            status_page="https://status.erphouse.example",
        ),
        "scanner": System(id="scanner", name="Scanner"),
        "bank": System(id="bank", name="Bank"),
        "depot": System(id="depot", name="Depot"),
        "hub": System(id="hub", name="Maker Hub", publisher="maker"),
    },
    parties={
        "maker": Party(id="maker", name="Maker", contact="help@maker.example"),
        "erp-house": Party(id="erp-house", name="ERP House", contact="support@erphouse.example"),
        "other-maker": Party(id="other-maker", name="Other Maker"),
        "us": Party(id="us", name="Internal IT"),
    },
    connections={item.id: item for item in (ORDERS, SCAN, BANK, STORE)},
)
FINE = {"scan": "ok", "bank": "ok", "store": "ok"}
KEY = Credential(id="key", name="ERP app", kind="secret", owner="bob", same_as="orders/key")
WENT_ON = {Signal.LAST_SUCCESS: NOW - timedelta(minutes=5)}


def fails(*texts: str, count: int = 6) -> tuple[FailedRecords, ...]:
    return tuple(FailedRecords(text=text, count=count) for text in texts)


def change(what: str, *, before: timedelta = 2 * HOUR) -> Catalogue:
    made = Change(connection="orders", at=BROKE - before, what=what, by="bob")
    return replace(ESTATE, changes=(made,))


def release(system: str, *, before: timedelta = 2 * HOUR) -> Catalogue:
    return replace(ESTATE, releases=(Release(system=system, version="26.1", at=BROKE - before),))


EXPIRED = "AADSTS7000222: The provided client secret keys are expired"
SCENARIOS = {
    "a secret is past its date and the login is refused": (
        replace(ORDERS, credentials=(replace(KEY, expires=date(2026, 3, 1)),)),
        ESTATE,
        {"check_errors": (EXPIRED,), "verdicts": FINE},
        (IT, TECHNICAL),
    ),
    "the connector lost its refresh token, and its vendor keeps it": (
        ORDERS,
        ESTATE,
        {"check_errors": ('{"error":"invalid_grant"}',), "verdicts": FINE},
        (VENDOR, TECHNICAL),
    ),
    "our own code lost its refresh token": (
        CUSTOM,
        ESTATE,
        {"check_errors": ('{"error":"invalid_grant"}',)},
        (IT, TECHNICAL),
    ),
    "the status page is red and several vendors' connections fail": (
        ORDERS,
        ESTATE,
        {
            "check_errors": ("503 Service Unavailable",),
            "signals": {Signal.STATUS: "major_outage"},
            "verdicts": {"scan": "failing", "bank": "failing"},
        },
        (PUBLISHER, TECHNICAL),
    ),
    "the ERP answers with error ids": (
        ORDERS,
        ESTATE,
        {"failed": fails("UNEXPECTED_ERROR An unexpected error occurred. Error ID: k3j2")},
        (PUBLISHER, TECHNICAL),
    ),
    "only this connector fails with a malformed document": (
        ORDERS,
        ESTATE,
        {"failed": fails("422 Unprocessable Entity"), "verdicts": FINE},
        (VENDOR, TECHNICAL),
    ),
    "everything is refused since the connector's own release": (
        ORDERS,
        release("hub"),
        {"failed": fails("422 Unprocessable Entity")},
        (VENDOR, TECHNICAL),
    ),
    "a release of the ERP took the endpoint away": (
        ORDERS,
        release("erp"),
        {"check_errors": ("InvalidVersionFault: unsupported version",)},
        (VENDOR, ARCHITECTURE),
    ),
    "a release of the ERP and faults of its own since": (
        ORDERS,
        release("erp"),
        {"check_errors": ("500 Internal Server Error",)},
        (PUBLISHER, TECHNICAL),
    ),
    "a field was made mandatory inside and its text says so": (
        ORDERS,
        change("Made Department mandatory"),
        {"failed": fails("USER_ERROR Please enter value(s) for: Department")},
        (IT, TECHNICAL),
    ),
    "a role was changed and records are refused": (
        ORDERS,
        change("Reworked the integration role"),
        {"failed": fails("Permission Violation: the restrictions on your role deny you access")},
        (IT, TECHNICAL),
    ),
    "some records miss master data while others pass": (
        ORDERS,
        ESTATE,
        {
            "failed": fails("Invalid item reference key 4711", count=3),
            "signals": WENT_ON,
            "verdicts": FINE,
        },
        (IT, FUNCTIONAL),
    ),
    "records are dated in a closed period": (
        ORDERS,
        ESTATE,
        {"failed": fails("The accounting period is closed", count=9), "verdicts": FINE},
        (IT, FUNCTIONAL),
    ),
    "records are refused as duplicates after a release": (
        ORDERS,
        release("erp"),
        {"failed": fails("DUP_RCRD: this record already exists", count=2)},
        (IT, FUNCTIONAL),
    ),
    "a bridge of ours is silent": (
        CUSTOM,
        ESTATE,
        {"signals": {Signal.HEARTBEAT: NOW - 3 * HOUR}},
        (IT, TECHNICAL),
    ),
    "the vendor's bridge on our server is silent": (
        ORDERS,
        ESTATE,
        {"signals": {Signal.HEARTBEAT: NOW - 3 * HOUR}},
        (IT, TECHNICAL),
    ),
    "several systems fail at once from our network": (
        ORDERS,
        ESTATE,
        {
            "check_errors": ("connect ETIMEDOUT",),
            "verdicts": {"scan": "failing", "bank": "failing", "store": "failing"},
        },
        (IT, TECHNICAL),
    ),
    "the connector floods the shop alone": (
        ORDERS,
        ESTATE,
        {"check_errors": ("429 Too Many Requests",), "verdicts": FINE},
        (VENDOR, TECHNICAL),
    ),
    "connections that share a quota are all throttled": (
        replace(ORDERS, credentials=(KEY,)),
        replace(
            ESTATE,
            connections={**ESTATE.connections, "store": replace(STORE, credentials=(KEY,))},
        ),
        {"check_errors": ("429 Too Many Requests",), "verdicts": {**FINE, "store": "failing"}},
        (IT, TECHNICAL),
    ),
    "another connection with the same credential is locked out too": (
        replace(ORDERS, credentials=(KEY,)),
        replace(
            ESTATE, connections={**ESTATE.connections, "bank": replace(BANK, credentials=(KEY,))}
        ),
        {"check_errors": ("401 Unauthorized",), "verdicts": {"bank": "failing"}},
        (IT, TECHNICAL),
    ),
    "another connection of the same maker fails too": (
        ORDERS,
        ESTATE,
        {
            "failed": fails("Object reference not set to an instance of an object."),
            "verdicts": {**FINE, "store": "failing"},
        },
        (VENDOR, TECHNICAL),
    ),
    "the certificate of the vendor's host ran out": (
        ORDERS,
        ESTATE,
        {"check_errors": ("certificate has expired: api.maker.example",), "verdicts": FINE},
        (VENDOR, TECHNICAL),
    ),
    "the certificate of the ERP's host ran out": (
        ORDERS,
        ESTATE,
        {"check_errors": ("https://api.erphouse.example: certificate has expired",)},
        (PUBLISHER, TECHNICAL),
    ),
    "the certificate of our own host ran out": (
        ORDERS,
        ESTATE,
        {"check_errors": ("sftp.company.example:443 certificate has expired",)},
        (IT, TECHNICAL),
    ),
    "the schedule of our own job is off": (
        CUSTOM,
        ESTATE,
        {"signals": {Signal.ENABLED: False}},
        (IT, TECHNICAL),
    ),
    "a native connector is silent and nothing else is known": (
        ORDERS,
        ESTATE,
        {"signals": {Signal.LAST_SUCCESS: NOW - 5 * HOUR}, "verdicts": FINE},
        (VENDOR, TECHNICAL),
    ),
    "all records of our own code carry one unknown text": (
        CUSTOM,
        ESTATE,
        {"failed": fails("zzz-17 gave up"), "verdicts": FINE},
        (IT, TECHNICAL),
    ),
    "an old change does not outweigh the vendor's fault": (
        ORDERS,
        change("Renamed a report", before=9 * DAY),
        {"failed": fails("org.xml.sax.SAXParseException: bad tag"), "verdicts": FINE},
        (VENDOR, TECHNICAL),
    ),
}


@pytest.mark.parametrize(
    ("connection", "estate", "known", "expected"), SCENARIOS.values(), ids=SCENARIOS.keys()
)
def test_mixed_evidence_leads_to_the_lane_and_owner_layer(connection, estate, known, expected):
    estate = replace(estate, connections={**estate.connections, connection.id: connection})
    facts = gathered(connection, estate, PLAYBOOK, now=NOW, failing_since=BROKE, **known)

    suggestion = suggest(facts, connection, estate, NOW)

    assert (suggestion.lane, suggestion.layer) == expected, suggestion.reasons
    assert suggestion.reasons


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("everything is refused since the connector's own release", "maker released Maker Hub"),
        ("connections that share a quota are all throttled", "share a quota"),
        ("the certificate of the vendor's host ran out", "api.maker.example"),
        ("the ERP answers with error ids", "ERP says a platform outage error"),
        ("a role was changed and records are refused", "Reworked the integration role"),
    ],
)
def test_the_reasons_name_the_fact_that_told(name, word):
    connection, estate, known, _ = SCENARIOS[name]
    estate = replace(estate, connections={**estate.connections, connection.id: connection})
    facts = gathered(connection, estate, PLAYBOOK, now=NOW, failing_since=BROKE, **known)

    reasons = suggest(facts, connection, estate, NOW).reasons

    assert any(word in reason for reason in reasons), reasons
