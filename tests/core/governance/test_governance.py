"""The audit: five questions with evidence, findings with a person, urgency, gate and advice."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.core.estate.catalogue import (
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
from bot.core.estate.check_spec import Rule, Threshold
from bot.core.estate.description import (
    About,
    Accepted,
    Exceptions,
    FallbackTrial,
    Governance,
    Idempotency,
    Interface,
    Lifecycle,
    Monitoring,
    Nature,
    OperatingKind,
    OperatingModel,
    Recovery,
    Roles,
    Stage,
    Succession,
    Workaround,
)
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import Lane
from bot.core.estate.ledger import Handover
from bot.core.governance.audit.action_signals import Urgency
from bot.core.governance.audit.attestation import Attestation, Claim
from bot.core.governance.audit.audit import Audit, audit
from bot.core.governance.audit.risk_questions import ControlStatus, Reply, RiskQuestion
from bot.core.governance.audit.situation import Live
from bot.core.monitoring.signals import Signal
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
GOOD_DOCS = Docs(
    mapping="m", schedule="s", auth="a", playbook="p", escalation="e", reviewed=TODAY - 10 * DAY
)
COUNTED = a_check(rules=(Rule(signal=Signal.COMPLETENESS, fail=Threshold(op="<", value=0.98)),))
PROCESS = Governance(
    change_process="https://docs.example.com/changes",
    authority={},
    model=OperatingModel(
        kind=OperatingKind.INTERNAL, handover="h", escalation="e", documentation="d"
    ),
)


def a_sound_connection(**changes: Any) -> Connection:
    """Owned, watched, counted, documented: nothing to find."""
    sound = a_connection(
        checks=(COUNTED,),
        docs=GOOD_DOCS,
        tolerance=HOUR,
        entities=("orders",),
        credentials=(
            Credential(id="key", name="Key", identity=Identity.SERVICE, owner="data-owner"),
        ),
    )
    return replace(sound, **changes)


def a_sound_estate(*connections: Connection, **changes: Any) -> Catalogue:
    estate = an_estate(*(connections or (a_sound_connection(),)), governance=PROCESS)
    people = {id: replace(one, manager="manager") for id, one in estate.people.items()}
    people["manager"] = a_person("manager")
    return replace(estate, people=people, **changes)


def keys(found: Audit) -> set[str]:
    return {one.key for one in found.findings.open}


def reply(found: Audit, question: RiskQuestion, connection: str = "orders") -> tuple[Reply, str]:
    answers = found.connections[connection].answers
    return next((one.reply, one.evidence) for one in answers if one.id == question)


def test_a_sound_estate_answers_five_times_yes_and_nothing_has_to_be_done() -> None:
    found = audit(a_sound_estate(), NOW, Live(watching=True))

    assert (found.score, found.status) == (5, ControlStatus.IN_ORDER)
    assert keys(found) == set()
    assert found.judged.urgency is Urgency.NOT_URGENT


UNAPPROVED = Change(connection="orders", at=NOW - 2 * DAY, what="Moved", by="bob")


@pytest.mark.parametrize(
    ("changes", "question", "expected", "evidence"),
    [
        ({"owners": Owners(technical="alice")}, RiskQuestion.OWNED, Reply.NO, "No functional and"),
        ({"checks": ()}, RiskQuestion.COUNTED, Reply.NO, "No check"),
        ({"checks": (a_check(),)}, RiskQuestion.COUNTED, Reply.NO, "nothing compares"),
        (
            {"about": About(monitoring=Monitoring.PASSIVE)},
            RiskQuestion.COUNTED,
            Reply.NO,
            "watched passively",
        ),
        ({"docs": Docs()}, RiskQuestion.DOCUMENTED, Reply.UNKNOWN, "Nothing is recorded"),
        (
            {"docs": replace(GOOD_DOCS, auth="")},
            RiskQuestion.DOCUMENTED,
            Reply.NO,
            "Missing: authentication",
        ),
        (
            {"docs": replace(GOOD_DOCS, reviewed=TODAY - 366 * DAY)},
            RiskQuestion.DOCUMENTED,
            Reply.NO,
            "too long ago",
        ),
        (
            {"criticality": Criticality.UNKNOWN},
            RiskQuestion.RANKED,
            Reply.UNKNOWN,
            "Nobody has said",
        ),
    ],
)
def test_only_a_well_founded_yes_counts(
    changes: dict[str, Any], question: RiskQuestion, expected: Reply, evidence: str
) -> None:
    found = audit(a_sound_estate(a_sound_connection(**changes)), NOW)

    answer, why = reply(found, question)
    assert answer is expected
    assert evidence in why


def test_a_change_without_approval_means_that_no_process_is_followed() -> None:
    found = audit(a_sound_estate(changes=(UNAPPROVED,)), NOW)

    answer, why = reply(found, RiskQuestion.CHANGES)
    assert answer is Reply.NO
    assert "“Moved”" in why
    assert "unapproved-change/orders" in keys(found)


def test_roles_written_at_the_connection_stand_in_for_a_process_of_the_estate() -> None:
    roles = Roles(may_change=("bob",), assesses_impact="alice", updates_docs="alice")
    named = a_sound_connection(about=About(roles=roles))
    bare = a_sound_connection(owners=Owners(technical="alice"))

    with_roles = audit(
        a_sound_estate(
            named,
        ),
        NOW,
    )
    without = audit(replace(a_sound_estate(bare), governance=Governance()), NOW)

    assert reply(with_roles, RiskQuestion.CHANGES)[0] is Reply.YES
    assert reply(without, RiskQuestion.CHANGES)[0] is Reply.UNKNOWN


def test_documents_read_before_the_last_change_are_stale_from_that_day_on() -> None:
    change = replace(UNAPPROVED, at=NOW - 3 * DAY, approved_by="data-owner")
    estate = a_sound_estate(changes=(change,))

    found = audit(estate, NOW)

    stale = next(one for one in found.findings.open if one.id == "docs-stale")
    assert stale.since == (NOW - 3 * DAY).date()
    assert stale.who == "alice"
    assert reply(found, RiskQuestion.DOCUMENTED)[0] is Reply.NO


def test_a_release_makes_documents_stale_only_after_there_was_time_to_read_it() -> None:
    released = Release(system="erp", version="25", at=NOW - 2 * DAY)
    estate = a_sound_estate(releases=(released,))

    assert "docs-stale/orders" not in keys(audit(estate, NOW))
    assert "docs-stale/orders" in keys(audit(estate, NOW + 12 * DAY))


def test_fewer_than_three_yes_are_a_governance_gap() -> None:
    orphan = a_sound_connection(
        owners=Owners(), checks=(), docs=Docs(), criticality=Criticality.UNKNOWN
    )

    found = audit(a_sound_estate(orphan), NOW).connections["orders"]

    assert found.score == 0
    assert found.status is ControlStatus.GOVERNANCE_GAP


def about(**parts: Any) -> dict[str, Any]:
    return {"about": About(**parts)}


SHARED = Credential(id="k", name="Key", identity=Identity.SHARED, owner="data-owner")
LATE_KEY = Credential(
    id="k",
    name="Key",
    identity=Identity.SERVICE,
    owner="bob",
    rotated=TODAY - 100 * DAY,
    rotate_every=90 * DAY,
)
ENDED_KEY = Credential(
    id="k", name="Key", owner="bob", identity=Identity.SERVICE, expires=NOW.date()
)
FINDINGS: dict[str, tuple[dict[str, Any], str | None]] = {
    "orphan": ({"owners": Owners()}, None),
    "no-functional-owner": (
        {"owners": Owners(technical="alice", architecture="architect")},
        "alice",
    ),
    "no-first-responder": ({"first_responder": None}, "alice"),
    "no-cover": ({"ladder": ()}, "alice"),
    "key-person": (
        {
            "first_responder": "alice",
            "ladder": (LadderRung(after=15 * MINUTE, people=("alice",)),),
            "credentials": (replace(SHARED, identity=Identity.SERVICE, owner="alice"),),
        },
        "manager",
    ),
    "one-person-all-layers": (
        {"owners": Owners(technical="alice", functional="alice", architecture="alice")},
        "manager",
    ),
    "departed": ({"first_responder": "gone"}, "manager"),
    "shared-credential": ({"credentials": (SHARED,)}, "alice"),
    "personal-credential": (
        {"credentials": (replace(SHARED, identity=Identity.PERSONAL),)},
        "alice",
    ),
    "unowned-credential": (
        {"credentials": (replace(SHARED, identity=Identity.SERVICE, owner=None),)},
        "alice",
    ),
    "credential-ended": ({"credentials": (ENDED_KEY,)}, "bob"),
    "rotation-overdue": ({"credentials": (LATE_KEY,)}, "bob"),
    "not-watched": ({"checks": ()}, "alice"),
    "nothing-counted": ({"checks": (a_check(),)}, "alice"),
    "docs-missing": ({"docs": replace(GOOD_DOCS, playbook="")}, "alice"),
    "not-ranked": ({"criticality": Criticality.UNKNOWN}, "architect"),
    "owner-review-due": (about(succession=Succession(review=TODAY)), "architect"),
    "version-ends": (about(interface=Interface(version="1", sunset=TODAY + 30 * DAY)), "alice"),
    "unsafe-retry": (
        about(recovery=Recovery(retry="all again", idempotency=Idempotency.UNSAFE)),
        "alice",
    ),
    "workaround-review-due": (
        about(workarounds=(Workaround(what="by hand", owner="bob", review=TODAY),)),
        "bob",
    ),
    "rules-in-two-places": (about(nature=Nature(logic=("script", "ERP"))), "architect"),
    "retirement-overdue": (
        about(lifecycle=Lifecycle(stage=Stage.TO_RETIRE, until=TODAY)),
        "architect",
    ),
}


@pytest.mark.parametrize("id", FINDINGS)
def test_each_finding_names_the_fact_the_person_and_the_next_step(id: str) -> None:
    changes, who = FINDINGS[id]
    estate = a_sound_estate(a_sound_connection(**changes))
    gone = a_person("gone", manager="manager", left=TODAY)
    estate = replace(estate, people={**estate.people, "gone": gone})

    found = audit(estate, NOW)

    finding = next(one for one in found.findings.open if one.key == f"{id}/orders")
    assert finding.who == who
    assert finding.what
    assert finding.do
    assert f"{id}/orders" not in keys(audit(a_sound_estate(), NOW))


def test_an_orphan_goes_to_whoever_guards_the_estate() -> None:
    estate = a_sound_estate(a_sound_connection(), a_sound_connection(id="lost", owners=Owners()))

    found = audit(estate, NOW)

    assert next(one.who for one in found.of("lost") if one.id == "orphan") == "architect"


def test_a_contract_that_ended_is_found_the_day_after() -> None:
    vendor = Party(id="vendor", name="ShopLink", valid_until=TODAY)
    estate = a_sound_estate(parties={"vendor": vendor})

    assert "contract-ended-vendor/orders" not in keys(audit(estate, NOW))
    assert "contract-ended-vendor/orders" in keys(audit(estate, NOW + DAY))


def test_one_person_with_too_many_connections_is_found_and_told_to_their_manager() -> None:
    many = tuple(a_sound_connection(id=f"c{n}", name=f"C{n}") for n in range(7))

    found = audit(a_sound_estate(*many), NOW)

    too_much = {one.subject: one.who for one in found.findings.open if one.id == "owns-too-much"}
    assert too_much["person:alice"] == "manager"


def test_an_accepted_finding_does_not_count_until_its_date_is_over() -> None:
    accepted = Accepted(finding="no-cover/orders", owner="alice", until=TODAY, why="Until May")
    estate = a_sound_estate(a_sound_connection(ladder=()))
    estate = replace(estate, governance=replace(PROCESS, accepted=(accepted,)))

    today, tomorrow = audit(estate, NOW), audit(estate, NOW + DAY)

    assert [one.key for one, _ in today.findings.accepted] == ["no-cover/orders"]
    assert keys(today) == set()
    assert keys(tomorrow) == {"no-cover/orders", "acceptance-over/no-cover.orders"}


def test_an_acceptance_ends_with_the_person_who_answers_for_it() -> None:
    accepted = Accepted(finding="no-cover/orders", owner="gone", until=date.max, why="Fine")
    estate = a_sound_estate(a_sound_connection(ladder=()))
    estate = replace(estate, governance=replace(PROCESS, accepted=(accepted,)))

    assert "no-cover/orders" in keys(audit(estate, NOW))


def test_something_critical_that_nobody_owns_is_urgent() -> None:
    bare = a_sound_connection(owners=Owners(architecture="architect"))

    judged = audit(a_sound_estate(bare), NOW).judged

    assert judged.urgency is Urgency.URGENT
    assert "Shop orders" in judged.why


def test_two_unowned_connections_switch_the_first_signal_on_and_one_does_not() -> None:
    bare = {"owners": Owners(architecture="architect"), "criticality": Criticality.IMPORTANT}
    one = a_sound_estate(a_sound_connection(), a_sound_connection(id="b", name="B", **bare))
    two = a_sound_estate(*(a_sound_connection(id=id, name=id, **bare) for id in ("b", "c")))

    assert audit(one, NOW).signals[0].reply is Reply.NO
    assert audit(two, NOW).signals[0].reply is Reply.YES


def test_a_break_after_an_update_that_a_person_saw_first_is_a_signal() -> None:
    estate = a_sound_estate(releases=(Release(system="erp", version="25", at=NOW - DAY),))
    seen = an_incident(detected_by="bob", acknowledged_at=NOW, opened_at=NOW - HOUR)
    noticed = replace(seen, detected_by="check")

    by_person = audit(estate, NOW, Live(watching=True, incidents=(seen,)))
    by_check = audit(estate, NOW, Live(watching=True, incidents=(noticed,)))

    assert by_person.signals[1].reply is Reply.YES
    assert "INC-1 after Erp 25" in by_person.signals[1].evidence
    assert by_check.signals[1].reply is Reply.NO
    assert "found-by-people/orders" in keys(by_person)


def test_an_incident_that_waited_for_somebody_is_a_signal() -> None:
    waited = an_incident(opened_at=NOW - 5 * HOUR, acknowledged_at=NOW - HOUR)

    found = audit(a_sound_estate(), NOW, Live(watching=True, incidents=(waited,)))

    assert found.signals[3].reply is Reply.YES
    assert "4 h" in found.signals[3].evidence


def test_without_the_database_the_audit_says_that_it_cannot_know() -> None:
    unknown = [one for one in audit(a_sound_estate(), NOW).signals if one.reply is Reply.UNKNOWN]

    blind = [one.id for one in unknown if "its database is not at hand" in one.evidence]
    assert blind == ["update", "slow"]


ASKED = Attestation(
    round="2027-03", connection="orders", layer="technical", person="alice", asked_at=NOW
)


@pytest.mark.parametrize(
    ("live", "key"),
    [
        (Live(gone={"bob": "their Slack account is deactivated"}), "departed/orders"),
        (Live(asked=(replace(ASKED, asked_at=NOW - 21 * DAY),)), "not-confirmed-technical/orders"),
        (Live(asked=(replace(ASKED, claim=Claim.NOT_MINE),)), "not-mine-technical/orders"),
        (
            Live(
                handovers=(
                    Handover(
                        connection="orders",
                        layer="technical",
                        person="alice",
                        before="bob",
                        opened_at=NOW - 14 * DAY,
                    ),
                )
            ),
            "handover-unfinished-technical/orders",
        ),
    ],
)
def test_what_the_bot_has_seen_is_found_too(live: Live, key: str) -> None:
    assert key in keys(audit(a_sound_estate(), NOW, live))


def test_a_retired_connection_that_still_runs_is_found_and_nothing_else_of_it() -> None:
    life = Lifecycle(stage=Stage.RETIRED, until=TODAY - 9 * DAY)
    retired = a_connection(owners=Owners(architecture="architect"), about=About(lifecycle=life))

    found = audit(a_sound_estate(retired), NOW, Live(watching=True, verdicts={"orders": "ok"}))

    assert {one.id for one in found.of("orders")} == {"retired-but-running"}
    assert found.connections == {}


def going_live(**changes: Any) -> Connection:
    parts = About(
        lifecycle=Lifecycle(stage=Stage.GOING_LIVE),
        roles=Roles(builder="bob", after_launch="alice"),
        exceptions=Exceptions(owner="data-owner", process="p"),
        trials=(
            FallbackTrial(case="a", passed=True),
            FallbackTrial(case="b", passed=True, awkward=True),
        ),
    )
    return a_sound_connection(**{"about": parts, "lanes": LANES, **changes})


LANES = {Lane.VENDOR: "vendor", Lane.IT: "vendor"}
REACHABLE = {"vendor": Party(id="vendor", name="ShopLink", contact="desk@example.com")}


def test_a_connection_that_meets_every_condition_passes_the_gate() -> None:
    found = audit(a_sound_estate(going_live(), parties=REACHABLE), NOW)

    assert found.connections["orders"].lacking == ()
    assert keys(found) == set()


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"entities": ()}, "Which records move"),
        ({"tolerance": None}, "How late it may be"),
        ({"owners": Owners(technical="alice")}, "functional and architecture owner"),
        ({"first_responder": None}, "No first responder"),
        ({"ladder": ()}, "Nobody stands behind"),
        ({"lanes": {}}, "vendor and it lane"),
        ({"checks": ()}, "No check"),
        ({"docs": Docs()}, "Not documented"),
        ({"credentials": (SHARED,)}, "Not a service login"),
    ],
)
def test_the_gate_names_each_condition_that_is_not_met(
    changes: dict[str, Any], missing: str
) -> None:
    found = audit(a_sound_estate(going_live(**changes), parties=REACHABLE), NOW)

    assert any(missing in one for one in found.connections["orders"].lacking)
    assert "gate/orders" in keys(found)


def test_whoever_built_it_does_not_run_it_after_launch() -> None:
    parts = replace(going_live().about, roles=Roles(builder="bob", after_launch="bob"))

    found = audit(a_sound_estate(going_live(about=parts), parties=REACHABLE), NOW)

    assert ["built it" in one for one in found.connections["orders"].lacking] == [True]


@pytest.mark.parametrize(
    ("count", "skill", "fits"),
    [
        (3, "enough", OperatingKind.INTERNAL),
        (3, "some", OperatingKind.HYBRID),
        (3, "none", OperatingKind.EXTERNAL),
        (12, "enough", OperatingKind.HYBRID),
    ],
)
def test_advice_follows_the_size_of_the_estate_and_the_skill_at_hand(
    count: int, skill: str, fits: OperatingKind
) -> None:
    estate = a_sound_estate(*(a_sound_connection(id=f"c{n}", name=f"C{n}") for n in range(count)))
    assert PROCESS.model is not None
    model = replace(PROCESS.model, in_house_skill=skill)

    advice = audit(replace(estate, governance=replace(PROCESS, model=model)), NOW).advice

    assert advice.fits is fits
    assert advice.risks
    assert any(str(count) in reason for reason in advice.reasons)


def test_an_estate_without_a_chosen_model_is_told_to_choose_one() -> None:
    found = audit(replace(a_sound_estate(), governance=Governance()), NOW)

    assert "no-operating-model/estate" in keys(found)
    assert found.advice.chosen is None


def test_what_nobody_wrote_down_is_no_sign_of_readiness() -> None:
    signs = {one.id: one.reply for one in audit(a_sound_estate(), NOW).readiness}

    assert len(signs) == 10
    assert signs["after-launch"] is Reply.YES
    assert signs["exceptions"] is Reply.UNKNOWN
