"""Whatever names, texts and gaps the estate has, every message and modal is valid in Slack."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.estate.catalogue import Criticality, Party, owner_facts
from bot.core.estate.lane import Lane, Layer
from bot.core.estate.notices import CatalogueBroken
from bot.core.governance.credential_expiry import Subject
from bot.core.incidents.channel import TimelineEntry
from bot.core.incidents.evidence_packet import EvidencePacket
from bot.core.incidents.incident import LIVE, State
from bot.core.incidents.notices import EvidenceWritten
from bot.core.incidents.response_time import Breach
from bot.core.knowledge import Knowledge
from bot.core.monitoring.flapping import LastGood, Witness
from bot.core.outbox.received import Receipt
from bot.core.people.notices import CoverAsked
from bot.core.people.presence import Absence, AbsenceKind, Cover
from bot.core.runbooks.evidence import EvidenceKind, EvidenceLine, Tone
from bot.core.runbooks.runbook import Done, GivenAnswer, Outcome
from bot.core.triage.playbook import ErrorClass, Hit, PlaybookEntry, Retry
from bot.flows import estate_views
from bot.flows import views as answers
from bot.flows.governance.response_times import SlaRow
from bot.flows.handle_absence import CoverView
from bot.flows.incidents import open_incident
from bot.flows.incidents.end import LooseEnds
from bot.flows.views import IncidentView, StepView
from bot.slack import home
from bot.slack.estate import words as estate
from bot.slack.governance import credential_expiry, response_times
from bot.slack.ids import Action
from bot.slack.incidents import card, counterparty
from bot.slack.incidents import counterparty as of_parties
from bot.slack.incidents import forms as of_incidents
from bot.slack.incidents import merge_and_reopen as merging
from bot.slack.incidents.declare import Declare
from bot.slack.kit import SlackMessage
from bot.slack.people import words
from bot.slack.runbooks import forms as steps
from bot.slack.runbooks import step_posts
from bot.slack.text import Writer
from bot.store.store import Store
from slack_standin.blockkit import check_blocks, check_view, weight_of
from tests.builders import HOUR, NOW, a_connection, a_runbook, an_estate, knowledge_of, runtime_of

pytestmark = pytest.mark.anyio

LONG = "<!channel> & *bold* `x` " + "é🔴" * 2000
AGGREGATE = 13_200  # characters of all blocks together, about where Slack begins to refuse
# Our own ids: values of buttons, never text from outside.
_IDS = frozenset({"id", "slot", "connection", "runbook", "holder", "person", "kind", "state"})


def assert_valid(message: SlackMessage) -> None:
    """Slack would take this message."""
    blocks = list(message.blocks)
    assert check_blocks(blocks, surface="message") == []
    assert weight_of(blocks) <= AGGREGATE
    assert 0 < len(message.text) <= 4000
    assert "<!channel>" not in message.text
    assert not any("<!channel>" in text for text in marked_up(blocks))


def marked_up(value: Any) -> Iterator[str]:
    """Every text in which Slack would find a mention."""
    if isinstance(value, Mapping):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for item in value.values():
            yield from marked_up(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from marked_up(item)


def assert_valid_view(view: dict[str, Any]) -> None:
    """Slack would take this modal or home tab."""
    assert check_view(view) == []
    assert not any("<!channel>" in text for text in marked_up(view))


def worse(value: Any, text: str, name: str = "") -> Any:
    """The same value with `text` in the place of every free text in it."""
    if type(value) is str:
        return value if name in _IDS else text
    if isinstance(value, tuple):
        return tuple(worse(item, text, name) for item in value)
    if isinstance(value, Mapping):
        return {key: worse(item, text, name) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        given = {
            item.name: worse(getattr(value, item.name), text, item.name)
            for item in fields(value)
            if item.init
        }
        return replace(value, **given)
    return value


async def a_view(store: Store, knowledge: Knowledge) -> IncidentView:
    """An incident with everything that a card can show."""
    connection = knowledge.catalogue.connections["orders"]
    opened = await runtime_of(store, knowledge).do(
        open_incident.declare, connection, open_incident.Report(by="alice", why="It stands still")
    )
    view = await runtime_of(store, knowledge).do(answers.incident_view, opened.id)
    assert view is not None
    step = a_runbook().steps[0]
    given = GivenAnswer(step=step.id, answer=step.answers[0].id, by="bob", at=NOW, note="seen")
    line = EvidenceLine(kind=EvidenceKind.WHERE_STOPPED, tone=Tone.BAD, text="57 records wait.")
    skipped = Done(step=step, answer=None, given=given)
    return replace(
        view,
        waiting="57 records waiting",
        error="Credentials: the secret has run out",
        first_check="The end date",
        retry="Send again after the fix",
        last_good=(LastGood(witness=Witness.SYNC, at=NOW),),
        receipts=(
            Receipt(person="bob", state="delivered", at=NOW),
            Receipt(person="alice", state="failed", at=NOW, error="no such account"),
        ),
        steps=(
            StepView(slot="a", number=1, step=step, done=replace(skipped, answer=step.answers[0])),
            StepView(slot="b", number=2, step=step, done=skipped),
            StepView(slot="c", number=3, step=step, done=None, evidence=(line,) * 12),
        ),
        outcome=Outcome(lane=Lane.VENDOR, layer=None, because="The connector is at fault."),
        depends=("Shop returns",),
        reports=("Daily sales",),
    )


def bare(view: IncidentView) -> IncidentView:
    """The same incident of a connection that the estate file no longer names."""
    step = view.steps[2]
    return replace(
        view,
        connection=None,
        waiting="",
        error="",
        first_check="",
        retry="",
        last_good=(),
        parties={},
        receipts=(),
        steps=(replace(step, evidence=()),),
        outcome=Outcome(lane=None, layer=None, because=""),
        depends=(),
        reports=(),
    )


def states(view: IncidentView) -> Iterator[IncidentView]:
    """The view in every state of its incident."""
    for state in State:
        live = state in LIVE
        yield replace(
            view,
            incident=replace(
                view.incident,
                state=state,
                holder=None if state is State.OPEN else "bob",
                lane=Lane.VENDOR,
                lease_until=NOW + HOUR,
                acknowledged_at=NOW,
                recovered_at=NOW,
                resolved_at=None if live else NOW,
                resolved_by=None if live else "alice",
                resolution="" if live else view.error,
                counterparty_due_at=NOW + HOUR,
                counterparty_ticket=view.error,
            ),
        )


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    opened = await Store.open(None)
    yield opened
    await opened.close()


@pytest.fixture(params=["plain", "hostile", "bare"])
async def view(store: Store, request: pytest.FixtureRequest) -> IncidentView:
    found = await a_view(store, knowledge_of())
    if request.param == "plain":
        return found
    return worse(found, LONG) if request.param == "hostile" else bare(found)


FACE = Writer(catalogue=an_estate(), users={"bob": "U0BOB"})


async def test_the_card_is_valid_in_every_state(view: IncidentView) -> None:
    for each in states(view):
        assert_valid(card.card(each, FACE))
        assert 0 < len(card.topic(each, FACE)) <= 250


async def test_steps_and_outcome_are_valid_in_every_state(view: IncidentView) -> None:
    for each in states(view):
        for shown in each.steps:
            assert_valid(step_posts.step(each, shown, FACE))
        assert each.outcome is not None
        assert_valid(step_posts.outcome(each, each.outcome))
        assert_valid(step_posts.outcome(each, None))
        for shown in each.off_the_way:
            assert_valid(step_posts.step(each, shown, FACE))


@pytest.mark.parametrize("text", ["fine", LONG, ""])
def test_letters_about_credentials_and_the_catalogue_are_valid(text: str) -> None:
    ended = Subject(key=text, name=text or "x", connections=("orders",), owner="alice")
    assert_valid(credential_expiry.answered(ended, "@alice renewed it."))
    assert_valid(estate.broken(CatalogueBroken(problems=(text,) * 10, more=3), FACE))


@pytest.mark.parametrize("text", ["fine", LONG, "x"])
def test_covers_evidence_for_parties_and_contract_tables_are_valid(text: str) -> None:
    evidence = EvidenceWritten(subject=text, body=text[:2900], lane=Lane.VENDOR, party="p")
    assert_valid(counterparty.for_party(evidence))
    one = Cover(id=1, person="bob", by="alice", since=NOW, until=NOW + HOUR, entered_by="bob")
    away = Absence(person="bob", kind=AbsenceKind.STATUS, why=text, since=NOW, until=NOW)
    assert_valid(words.listing(CoverView(covers=(one,) * 60, absences=(away,) * 60), FACE))
    for asked in (replace(one, agreed=False), replace(one, agreed=False, ended_at=NOW)):
        assert_valid(words.asked(CoverAsked(), asked, FACE))
        assert_valid(words.listing(CoverView(covers=(), absences=(), asked=(asked,) * 60), FACE))
    assert_valid(words.listing(CoverView(covers=(), absences=()), FACE))
    breach = Breach(incident=1, connection="orders", party="p", due_at=NOW, at=NOW)
    party = Party(id="p", name=text, contract=text, respond_within={Criticality.CRITICAL: HOUR})
    rows = [SlaRow(party=party, handed_over=9, breaches=(breach,) * 9)] * 40
    assert_valid(response_times.table(rows, a_connection(), FACE))
    assert_valid(response_times.table([], None, FACE))


@pytest.mark.parametrize("name", ["Shop orders", LONG])
async def test_everything_about_the_estate_is_valid(store: Store, name: str) -> None:
    many = [replace(a_connection(id=f"c{n}"), name=f"{n} {name}") for n in range(120)]
    catalogue = an_estate(a_connection(), *many)
    knowledge, writer = knowledge_of(catalogue), Writer(catalogue=catalogue)
    await a_view(store, knowledge)
    status = await runtime_of(store, knowledge).do(estate_views.status)
    mine = await runtime_of(store, knowledge).do(estate_views.mine, "bob")
    owned = owner_facts(catalogue, "c1", NOW)
    whole = await runtime_of(store, knowledge).do(estate_views.dossier, owned.connection)
    live = await runtime_of(store).do(answers.live_incidents)

    assert_valid(estate.status(status, writer))
    assert_valid(estate.status_of(status.lines[0], writer))
    assert_valid(estate.mine(mine, writer))
    assert_valid(estate.owners(owned, catalogue, writer))
    assert_valid(estate.dossier(whole, owned, catalogue, writer))
    likely = [estate.NamedChoice(connection=one, action=Action.SHOW, value=one.id) for one in many]
    assert_valid(estate.choices(name, likely))
    assert_valid(estate.incidents(live * 40, "Name one.", writer))
    assert_valid_view(home.home(mine, status, writer))
    assert_valid_view(Declare.shown(many))


def test_an_explanation_is_valid_with_and_without_an_entry() -> None:
    entry = PlaybookEntry(
        id="oauth.secret",
        systems=(),
        pattern=re.compile("secret"),
        error_class=next(iter(ErrorClass)),
        meaning=LONG,
        first_check=LONG,
        fix=LONG,
        retry=next(iter(Retry)),
        lane=Lane.IT,
        layer=Layer.TECHNICAL,
        source=LONG,
        grade="A",
        sample=LONG,
    )

    assert_valid(estate.explained((Hit(entry=entry, matched=LONG, why=LONG),)))


async def test_every_modal_is_valid(view: IncidentView) -> None:
    for each in states(view):
        record = each.incident
        entries = [
            TimelineEntry(at=NOW + timedelta(minutes=n), kind="note", text=each.error, by="bob")
            for n in range(200)
        ]
        books = [replace(a_runbook(), id=f"b{n}", name=each.error or "x") for n in range(120)]
        for modal in (
            of_incidents.HandOver.shown(record, tuple(each.parties.items())),
            of_incidents.Resolve.shown(record, LooseEnds(), FACE),
            of_incidents.Resolve.shown(record, LooseEnds(failing=(LONG, each.error)), FACE),
            of_incidents.RejectData.shown(record),
            of_incidents.NoteForm.shown(record),
            of_incidents.ChangeLane.shown(record),
            of_incidents.UseRunbook.shown(record, books),
            steps.Skip.shown(record.id, "step", each.error or "x"),
            of_incidents.shown_timeline(record, entries, FACE),
            of_parties.Ticket.shown(record),
            of_parties.shown_packet(
                record, EvidencePacket(subject="S", body=each.error[:2900] or "x")
            ),
            of_parties.JointHeld.shown(record),
            of_parties.Review.shown(record),
            merging.shown_more(record, (of_incidents.UseRunbook, merging.Merge, merging.SplitForm)),
            merging.Merge.shown(record, [replace(record, title=each.error)] * 120),
            merging.Merge.shown(record, []),
            merging.SplitForm.shown(record, {"orders": each.error or "x"}),
            merging.Reopen.shown(record),
        ):
            assert_valid_view(modal)
