"""Estates that between them have every fault the audit knows, and what the bot has seen of them."""

from dataclasses import replace
from typing import Any

from bot.core.changes.unannounced import AnnouncedBy, UnannouncedChange
from bot.core.estate.catalogue import (
    Build,
    Catalogue,
    Connection,
    Credential,
    Criticality,
    Docs,
    Identity,
    LadderRung,
    Owners,
    Party,
)
from bot.core.estate.description import (
    About,
    Accepted,
    Authority,
    Equipped,
    Exceptions,
    FallbackTrial,
    Governance,
    Handoff,
    Idempotency,
    Interface,
    Lifecycle,
    Monitoring,
    Nature,
    OperatingKind,
    OperatingModel,
    Quota,
    RecordIds,
    Recovery,
    Risk,
    Roles,
    Stage,
    Succession,
    Workaround,
)
from bot.core.estate.history import Change, Release, ReleaseTrial, TrialVerdict
from bot.core.estate.lane import Lane
from bot.core.estate.ledger import Handover
from bot.core.governance.audit.attestation import Attestation, Claim
from bot.core.governance.audit.situation import Live, NotLookedAt
from bot.core.runbooks.choice import Stale
from bot.core.runbooks.drill import Drill, Evidence
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_check,
    a_connection,
    a_person,
    an_estate,
    an_incident,
)

TODAY = NOW.date()


def _hostile() -> Connection:
    """Everything technical with Alice, and hardly anything else in order."""
    return a_connection(
        id="hostile",
        name="<b>Shop</b> *orders*",
        owners=Owners(technical="alice", functional="alice", architecture="alice"),
        first_responder="alice",
        ladder=(LadderRung(after=15 * MINUTE, people=("alice",)),),
        credentials=tuple(
            Credential(
                id=id,
                name=name,
                identity=identity,
                owner="alice",
                expires=TODAY - days * DAY,
                rotated=TODAY - 100 * DAY,
                rotate_every=(90 - days) * DAY,
            )
            for id, name, identity, days in (
                ("one", "First <key>", Identity.PERSONAL, 1),
                ("two", "Second", Identity.SHARED, 9),
                ("three", "Third", Identity.PERSONAL, 4),
            )
        ),
        docs=Docs(mapping="m", reviewed=TODAY - 500 * DAY),
        build=Build.SCRIPT,
        about=About(
            lifecycle=Lifecycle(stage=Stage.TO_RETIRE, until=TODAY - 3 * DAY),
            nature=Nature(logic=("script", "<ERP>", "sheet")),
            interface=Interface(version="v1 <beta>", sunset=TODAY + 60 * DAY),
            recovery=Recovery(retry="all again", idempotency=Idempotency.UNSAFE),
            records=(
                RecordIds(name="Sales order", authority="shop", definition="What was sold"),
                RecordIds(name="item", authority="erp"),
            ),
            workarounds=(
                Workaround(what="By <hand>", owner="alice", review=TODAY - 2 * DAY),
                Workaround(what="By mail", owner="nobody", review=TODAY - 7 * DAY),
                Workaround(what="Undated"),
            ),
            risks=(Risk(what="Loss", owner="nobody", review=TODAY),),
            succession=Succession(review=TODAY - DAY, next_owner="bob"),
            equipped={
                "technical": Equipped(tools=False, mandate=False, information=True),
                "functional": Equipped(information=False),
            },
            roles=Roles(updates_docs="bob", may_change=("bob",)),
            effort_days=4.5,
            reconciles_by_hand="A sheet",
        ),
    )


def _departed() -> Connection:
    """Its people have left, and nobody looks at it."""
    return a_connection(
        id="departed",
        name="Departed",
        owners=Owners(technical="gone", functional="off", architecture="architect"),
        first_responder="stranger",
        ladder=(LadderRung(after=15 * MINUTE, people=("gone", "off")),),
        criticality=Criticality.UNKNOWN,
        checks=(a_check(connection="departed"),),
        credentials=(
            Credential(id="k", name="Key", identity=Identity.SERVICE, owner=None),
            Credential(
                id="l", name="Last", identity=Identity.SERVICE, owner="gone", expires=TODAY - DAY
            ),
        ),
        lanes={Lane.VENDOR: "vendor", Lane.IT: "vendor"},
        docs=Docs(
            mapping="m", schedule="s", auth="a", playbook="p", escalation="e",
            reviewed=TODAY - 20 * DAY,
        ),
        build=Build.IPAAS,
        about=About(
            monitoring=Monitoring.PASSIVE,
            interface=Interface(sunset=TODAY + 20 * DAY),
            records=(RecordIds(name="sales ORDER", authority="erp", definition="What was paid"),),
            succession=Succession(review=TODAY),
        ),
    )  # fmt: skip


def _going_live(**changes: Any) -> Connection:
    parts = About(
        lifecycle=Lifecycle(stage=Stage.GOING_LIVE, since=TODAY - 30 * DAY),
        roles=Roles(builder="bob", after_launch="bob"),
        trials=(FallbackTrial(case="A <b>", passed=False),),
        handoffs=(Handoff(what="Pack", owner="alice", trigger="Mail"),),
        exceptions=Exceptions(owner="alice"),
    )
    return a_connection(**{"id": "new", "name": "New", "about": parts, **changes})


def _people(estate: Catalogue) -> Catalogue:
    changed = {
        "alice": a_person("alice", manager="manager", works_for="vendor"),
        "gone": a_person("gone", manager="manager", left=TODAY - 5 * DAY),
        "off": a_person("off", email="It@example.com"),
        "bob": a_person("bob", email="Support@example.com", manager="manager"),
    }
    return replace(estate, people={**estate.people, **changed})


def bad_estate() -> Catalogue:
    """As much wrong at once as fits."""
    hand_made = (
        a_connection(id=f"made-{n}", name=f"Made {n}", build=Build.CUSTOM, docs=Docs(), checks=())
        for n in range(7)
    )
    connections = (
        _hostile(),
        _departed(),
        _going_live(),
        a_connection(id="orphan", name="Orphan", owners=Owners(), first_responder=None, ladder=()),
        a_connection(id="half", name="Half", owners=Owners(functional="data-owner"), ladder=()),
        a_connection(id="fresh", name="Fresh"),
        a_connection(
            id="old",
            name="Old",
            about=About(lifecycle=Lifecycle(stage=Stage.RETIRED, until=TODAY - DAY)),
        ),
        *hand_made,
    )
    estate = _people(an_estate(*connections))
    return replace(
        estate,
        parties={
            "vendor": Party(id="vendor", name="Shop<Link>", valid_until=TODAY - DAY, contact="x")
        },
        changes=_changes(),
        releases=_releases(),
        governance=Governance(
            model=OperatingModel(
                kind=OperatingKind.HYBRID,
                handover="h",
                in_house_skill="some",
                decided=TODAY - 400 * DAY,
            ),
            quotas={"api": Quota(name="API <calls>"), "ok": Quota(name="Rows", owner="bob")},
            accepted=(
                Accepted(finding="orphan/orphan", owner="bob", until=TODAY + DAY, why="Known"),
                Accepted(finding="docs-missing/half", owner="bob", until=TODAY - DAY, why="x"),
                Accepted(finding="no-cover/half", owner="gone", until=TODAY - 2 * DAY, why=""),
                Accepted(finding="not-mine-technical/fresh", owner="bob", until=TODAY, why=""),
                Accepted(
                    finding="not-confirmed-functional/fresh", owner="bob", until=TODAY, why=""
                ),
                Accepted(finding="key-person/made-1", owner="nobody", until=TODAY + DAY, why=""),
            ),
        ),
    )


def _changes() -> tuple[Change, ...]:
    return (
        Change(connection="hostile", at=NOW - 9 * DAY, what="Moved <it>", by="bob", number=4),
        Change(connection="half", at=NOW - 2 * DAY, what="Quietly", by="alice"),
        Change(
            connection="departed", at=NOW - 8 * DAY, what="Field", by="bob", number=7,
            approved_by="data-owner", documented=False,
        ),
        Change(
            connection="hostile", at=NOW - 8 * DAY, what="Other", by="gone", number=8,
            approved_by="data-owner", documented=False,
        ),
        Change(
            connection="fresh", at=NOW - HOUR, what="Just now", by="bob", number=9,
            approve_until=NOW + DAY,
        ),
    )  # fmt: skip


def _releases() -> tuple[Release, ...]:
    problem = TrialVerdict(
        release="erp/25", connection="half", verdict=ReleaseTrial.PROBLEM, by="bob", at=NOW,
        note="Breaks <all>",
    )  # fmt: skip
    skipped = replace(problem, connection="orphan", verdict=ReleaseTrial.NOT_TESTED, note="")
    fine = replace(problem, connection="made-0", verdict=ReleaseTrial.FINE)
    return (
        Release(system="erp", version="25", at=NOW + DAY, trials=(problem, skipped, fine)),
        Release(system="shop", version="Shop 7", at=NOW - 20 * DAY),
    )


def bad_live() -> Live:
    """What a running bot has seen of `bad_estate`."""
    seen = an_incident(connection="fresh", detected_by="bob", opened_at=NOW - 5 * HOUR)
    asked = Attestation(
        round="1", connection="fresh", layer="technical", person="alice", asked_at=NOW - 30 * DAY
    )
    drill = Drill(
        incident=9, connection="half", by="bob", responder="bob", begun_at=NOW - 3 * HOUR,
        evidence=Evidence(failed=(), source="x"), ended_at=NOW - HOUR, triaged=False,
        missing="The <map>",
    )  # fmt: skip
    guess = UnannouncedChange(
        connection="half", at=NOW - 4 * DAY, what="The version went up.", source="version"
    )
    return Live(
        watching=True,
        verdicts={"old": "ok", "fresh": "unknown"},
        incidents=(seen, replace(seen, id=2, failing_since=NOW - 20 * DAY, state=seen.state)),
        observed={"fresh": ((NOW - 6 * HOUR, "Version 2 <rc>"),)},
        gone={"off": "their Slack account is deactivated"},
        asked=(
            replace(asked, layer="functional", person="data-owner"),
            replace(asked, claim=Claim.NOT_MINE),
            replace(asked, layer="architecture", person="architect", asked_at=NOW),
            replace(
                asked, connection="half", layer="functional", person="stranger",
                claim=Claim.NOT_MINE,
            ),
        ),
        handovers=(
            Handover(
                connection="fresh", layer="technical", person="gone", before="bob",
                opened_at=NOW - 14 * DAY, done=("information", "mandate", "dossier"),
            ),
        ),
        unannounced=(
            guess,
            replace(guess, connection="orphan", verdict=AnnouncedBy.NOT_OURS, by="bob"),
            replace(guess, connection="fresh", at=NOW),
        ),
        unread=(NotLookedAt(name="ERP <calendar>", since=NOW - 3 * DAY, why="HTTP 404"),),
        confirmed={("made-0", layer): TODAY for layer in ("technical", "functional")},
        stale_runbooks=tuple(
            Stale(runbook=f"b{n}", name=f"Book <{n}>", since=NOW - n * DAY, words="")
            for n in range(1, 6)
        ),
        drilled={
            "half": drill,
            "fresh": replace(drill, connection="fresh", triaged=None, missing=""),
            "made-0": replace(drill, connection="made-0", acknowledged_at=NOW, missing=""),
        },
    )  # fmt: skip


def undecided_estate() -> Catalogue:
    """Nothing is decided for the whole, and nobody owns its architecture."""
    bare = {"owners": Owners(), "checks": (), "docs": Docs(), "first_responder": None}
    return an_estate(a_connection(**bare), a_connection(id="b", name="B", **bare))


def decided_estate() -> Catalogue:
    """Small, owned, and with its truth decided."""
    model = OperatingModel(
        kind=OperatingKind.EXTERNAL, handover="h", escalation="e", documentation="d"
    )
    return an_estate(
        a_connection(
            about=About(
                records=(RecordIds(name="order", authority="erp", definition="An order"),),
                workarounds=(Workaround(what="x", review=TODAY + DAY),),
                recovery=Recovery(conflicts="Waits"),
                exceptions=Exceptions(owner="bob", process="p"),
                trials=(FallbackTrial(case="a", passed=True, awkward=True),),
                handoffs=(Handoff(what="Pack", owner="alice", trigger="Mail"),),
            )
        ),
        governance=Governance(
            model=model, authority={"order": Authority(system="erp")}, change_process="Ours"
        ),
    )
