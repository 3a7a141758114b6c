"""Whatever is known of a break: no reason and no tick says the opposite of a fact."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.estate.catalogue import Credential
from bot.core.estate.history import Change, Release
from bot.core.monitoring.flapping import LastGood, Witness, in_order
from bot.core.runbooks.evidence import Tone, lines
from bot.core.runbooks.runbook import EvidenceKind
from bot.core.triage.credential_register import doubt_of
from bot.core.triage.facts import LaneFactKind, Observed
from bot.core.triage.playbook import ErrorClass
from tests.builders import gathered
from tests.core.triage.test_suggest import BROKE, ESTATE, NOW, ORDERS, failed
from tests.core.triage.test_true_statements import SECRETS
from tests.flows.model.truth import contradictions_of

AGO = st.integers(-60, 100 * 60).map(lambda minutes: BROKE - timedelta(minutes=minutes))
TEXTS = st.sampled_from([entry.sample for entry in SECRETS.entries])
VERDICTS = st.sampled_from(["ok", "failing", "degraded", "unknown"])
KINDS = st.sampled_from(["", *ErrorClass])
SECRET = st.builds(
    lambda kind, days: Credential(
        id="key", name="Key", kind=kind, owner="bob", expires=(NOW + timedelta(days=days)).date()
    ),
    st.sampled_from(["", "client-secret", "certificate"]),
    st.integers(-30, 400),
)
SUCCESS = st.builds(LastGood, witness=st.sampled_from(Witness), at=AGO, doubted=st.booleans())
OTHERS = ("stock", "bills", "posts")


@given(data=st.data())
def test_no_reason_and_no_tick_contradicts_a_fact(data):
    draw = data.draw
    connection = replace(ORDERS, credentials=tuple(draw(st.lists(SECRET, max_size=2))))
    releases = tuple(
        Release(system="erp", version=f"27.{number}", at=at)
        for number, at in enumerate(draw(st.lists(AGO, max_size=2)))
    )
    changes = tuple(
        Change(connection="orders", at=at, what="mapping", by="bob")
        for at in draw(st.lists(AGO, max_size=1))
    )
    estate = replace(
        ESTATE,
        releases=releases,
        changes=changes,
        connections={**ESTATE.connections, "orders": connection},
    )
    seen = draw(st.lists(SUCCESS, max_size=4))
    facts = gathered(
        connection,
        estate,
        SECRETS,
        now=NOW,
        failing_since=BROKE,
        failed=failed(*draw(st.lists(TEXTS, max_size=2, unique=True))),
        observed=[
            Observed(at=at, what="version", kind=LaneFactKind.VERSION)
            for at in draw(st.lists(AGO, max_size=1))
        ],
        witnesses=in_order(seen),
        verdicts={other: draw(VERDICTS) for other in OTHERS},
        kinds={other: draw(KINDS) for other in OTHERS},
    )

    assert contradictions_of(facts, estate, NOW) == ()
    marks = lines(facts, estate, (EvidenceKind.HEALTH_CREDENTIALS,), NOW)
    doubted = sum(doubt_of(one, facts, NOW) is not None for one in connection.credentials)
    assert sum(line.tone is Tone.BAD for line in marks) >= doubted
    stopped = lines(facts, estate, (EvidenceKind.WHERE_STOPPED,), NOW)
    assert facts.some_pass or all(line.tone is not Tone.GOOD for line in stopped)
    for line in lines(facts, estate, (EvidenceKind.CHANGES_RELEASES,), NOW):
        assert line.tone is not Tone.BAD or "still worked" not in line.text
