"""Small values for tests. Everything has a default; a test names only what it is about.

Alice owns the connection, Bob responds to it, Charlie is nobody to it.
"""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.checks import settings_models
from bot.checks.probe import ProbeSettings
from bot.core.estate.catalogue import (
    Catalogue,
    Connection,
    Criticality,
    LadderRung,
    Owners,
    Party,
    Person,
    System,
)
from bot.core.estate.check_spec import CheckSpec, Rule, Threshold
from bot.core.estate.index import index_of
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.monitoring.health import CheckHealth, first
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Blind, Observation, Reading, Signal
from bot.core.runbooks.runbook import Runbook, Step, StepAnswer
from bot.core.triage.facts import ConnectionRecord, Facts, LastLooks, gather
from bot.core.triage.playbook import Playbook
from bot.runtime import Runtime, Transactions

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday
EVER = datetime(9999, 12, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def a_person(id: str, **changes: Any) -> Person:
    return replace(Person(id=id, name=id.title(), email=f"{id}@example.com"), **changes)


def a_check(**changes: Any) -> CheckSpec:
    """Degraded from one failed record on, failing from eleven on; two looks confirm either way.
    `settings` are as the estate file has them."""
    told = changes.pop("settings", None)
    model = ProbeSettings if told is None else settings_models()[changes.get("kind", "http")]
    spec = CheckSpec(
        id="api",
        connection="orders",
        kind="http",
        every=3 * MINUTE,
        timeout=timedelta(seconds=10),
        confirm=2,
        recover=2,
        settings=model.model_validate(told or {}),
        rules=(
            Rule(
                signal=Signal.FAILED,
                warn=Threshold(op=">", value=0),
                fail=Threshold(op=">", value=10),
            ),
        ),
    )
    return replace(spec, **changes)


def a_connection(**changes: Any) -> Connection:
    id = changes.get("id", "orders")
    connection = Connection(
        id=id,
        name="Shop orders",
        source="shop",
        target="erp",
        criticality=Criticality.CRITICAL,
        owners=Owners(technical="alice", functional="data-owner", architecture="architect"),
        first_responder="bob",
        ladder=(LadderRung(after=15 * MINUTE, people=("alice",)),),
        lease=HOUR,
        lanes={Lane.VENDOR: "vendor"},
        checks=(a_check(connection=id),),
    )
    return replace(connection, **changes)


def an_estate(*connections: Connection, **changes: Any) -> Catalogue:
    people = [a_person(id) for id in ("alice", "charlie", "data-owner", "architect", "manager")]
    catalogue = Catalogue(
        people={one.id: one for one in (*people, a_person("bob", manager="manager"))},
        systems={id: System(id=id, name=id.title()) for id in ("shop", "erp")},
        parties={
            "vendor": Party(
                id="vendor", name="ShopLink", respond_within={Criticality.CRITICAL: 4 * HOUR}
            )
        },
        connections={one.id: one for one in connections or (a_connection(),)},
    )
    return replace(catalogue, **changes)


def a_runbook() -> Runbook:
    """One question: whose is it?"""
    answers = (
        StepAnswer(id="yes", label="Yes", lane=Lane.PUBLISHER, because="The ERP is down."),
        StepAnswer(id="no", label="No", because="Nobody has to act."),
    )
    step = Step(id="erp", title="Is the ERP up?", ask="Is it down?", why="", answers=answers)
    return Runbook(id="generic", name="Generic", summary="", steps=(step,))


def knowledge_of(catalogue: Catalogue | None = None) -> Knowledge:
    return _ordinary_knowledge() if catalogue is None else _knowledge(catalogue)


@cache
def _ordinary_knowledge() -> Knowledge:
    return _knowledge(an_estate())


def runtime_of(
    store: Transactions, knowledge: Knowledge | None = None, now: datetime = NOW
) -> Runtime:
    """For flows beside any story: `await runtime_of(store).do(flow, …)`."""
    known = knowledge or knowledge_of()
    return Runtime(store=store, knowledge=lambda: known, clock=lambda: now, steady=lambda: 0.0)


def _knowledge(estate: Catalogue) -> Knowledge:
    return Knowledge(
        catalogue=estate,
        runbooks={"generic": a_runbook()},
        playbook=Playbook(entries=()),
        index=index_of(estate),
    )


def an_incident(**changes: Any) -> Incident:
    incident = Incident(
        id=1,
        connection="orders",
        title="Shop orders is failing",
        criticality=Criticality.CRITICAL,
        failing_since=NOW - 5 * MINUTE,
        opened_at=NOW,
        ladder=(
            LadderRung(after=timedelta(0), people=("bob",)),
            LadderRung(after=15 * MINUTE, people=("alice",)),
            LadderRung(after=30 * MINUTE, people=("manager",)),
        ),
        lease=HOUR,
        rung=0,
        escalate_at=NOW + 15 * MINUTE,
    )
    return replace(incident, **changes)


def saw(verdict: Verdict, at: datetime = NOW, **signals: Any) -> Observation:
    """What `a_check` judges as `verdict`."""
    if verdict is Verdict.UNKNOWN:
        return Blind(at=at, reason="our own network is down")
    failed = {Verdict.OK: 0.0, Verdict.DEGRADED: 5.0, Verdict.FAILING: 20.0}[verdict]
    return Reading(at=at, signals={Signal.FAILED: failed, **signals})


def believed(verdict: Verdict, spec: CheckSpec | None = None, **changes: Any) -> CheckHealth:
    """A check that has been on `verdict` for an hour."""
    fresh = first(spec or a_check(), NOW - HOUR)
    changes = {"settled": True, "checked_at": NOW - MINUTE, **changes}
    return replace(fresh, verdict=verdict, **changes)


def gathered(
    connection: Connection, catalogue: Catalogue, playbook: Playbook, *, now: datetime, **known: Any
) -> Facts:
    """What is gathered; of what the checks saw and of the record around it, each by its name."""
    known["errors"] = tuple(known.pop("check_errors", ()))
    ours = {one.name for one in fields(ConnectionRecord)}
    around = {name: known.pop(name) for name in ours & known.keys()}
    return gather(
        connection,
        catalogue,
        playbook,
        ConnectionRecord(now=now, seen=LastLooks(**known), **around),
    )
