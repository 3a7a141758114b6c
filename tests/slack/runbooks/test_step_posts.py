"""Runbook steps in Slack: every kind is drawn within Slack's rules and says its terms."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.estate.catalogue import Owners
from bot.core.monitoring.rules import Verdict
from bot.core.runbooks.runbook import Done, GivenAnswer, Step
from bot.core.runbooks.step_kinds import StepKind
from bot.files.runbooks.runbooks import shipped_runbooks
from bot.flows import views
from bot.flows.incidents import open_incident, respond
from bot.flows.incidents.grouping import merge
from bot.flows.runbooks import walk
from bot.flows.views import IncidentView, StepView
from bot.slack.ids import form_block, form_values
from bot.slack.runbooks import step_posts
from bot.slack.text import Writer
from bot.store.store import Store
from tests.builders import a_check, a_connection, an_estate, knowledge_of, runtime_of
from tests.flows.scene import Scene
from tests.slack.test_blocks import assert_valid

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RUNBOOKS, _ = shipped_runbooks()
SHIPPED = {f"{book.id}/{step.id}": step for book in RUNBOOKS.values() for step in book.steps}
OWNERS = Owners(technical="bob", functional="alice", architecture="alice")
pytestmark = pytest.mark.anyio


@pytest.fixture
async def view() -> IncidentView:
    estate = an_estate(a_connection(owners=OWNERS))
    knowledge = knowledge_of(estate)
    store = await Store.open(None)
    connection = estate.connections["orders"]
    opened = await runtime_of(store, knowledge).do(
        open_incident.declare, connection, open_incident.Report(by="alice", why="")
    )
    found = await runtime_of(store, knowledge).do(views.incident_view, opened.id)
    await store.close()
    assert found is not None
    return found


def drawn(view: IncidentView, step: Step) -> dict[str, object]:
    writer = Writer(catalogue=an_estate(), users={"alice": "U0ALICE"})
    shown = StepView(slot="s", number=1, step=step, done=None, since=NOW)
    return step_posts.step(view, shown, writer)


@pytest.mark.parametrize("step", SHIPPED.values(), ids=SHIPPED.keys())
async def test_every_shipped_step_is_valid(view: IncidentView, step: Step) -> None:
    writer = Writer(catalogue=an_estate())
    given = GivenAnswer(
        step=step.id,
        answer=step.answers[0].id,
        by="bob",
        at=NOW,
        values=tuple((item.id, "<!channel>") for item in step.fields),
    )
    done = Done(step=step, answer=step.answers[0], given=given)

    assert_valid(drawn(view, step))
    assert_valid(step_posts.step(view, StepView(slot="s", number=1, step=step, done=done), writer))


def step_of(kind: StepKind) -> Step:
    return next(step for step in SHIPPED.values() if step.kind is kind)


async def test_an_approval_names_who_may_give_it_and_cannot_be_skipped(view: IncidentView) -> None:
    text = str(drawn(view, SHIPPED["duplicates/moved"]))

    assert "<@U0ALICE> (functional owner) approves." in text
    assert "Skip this step" not in text


async def test_a_wait_says_when_it_ends_and_an_action_offers_to_look(view: IncidentView) -> None:
    waiting = str(drawn(view, SHIPPED["rate-limit/settle"]))
    ends = int((NOW + timedelta(minutes=20)).timestamp())

    assert f"<!date^{ends}^" in waiting
    assert "after the next good sync" in waiting
    assert "Look now" in str(drawn(view, step_of(StepKind.ACTION)))


def test_what_was_written_is_read_by_field_and_other_forms_are_left_out() -> None:
    state = {
        form_block("note", "count"): {"write": {"type": "plain_text_input", "value": "57"}},
        form_block("note", "sum"): {"write": {"type": "plain_text_input", "value": None}},
        form_block("other", "count"): {"write": {"value": "3"}},
        "step:note": {},
    }

    assert form_values(state, "note") == {"count": "57", "sum": ""}


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("resolve", "not answered, INC-1 is over"),
        ("merge", "not answered, INC-1 is a part of INC-2"),
        ("switch", "not answered, the incident went on with another runbook"),
    ],
)
async def test_a_question_without_an_answer_says_truly_why_it_is_asked_no_more(
    end: str, why: str
) -> None:
    stock = a_connection(id="stock", name="Stock", checks=(a_check(connection="stock"),))
    async with await Scene.open(an_estate(a_connection(), stock)) as scene:
        other = replace(scene.knowledge.runbooks["generic"], id="other")
        books = {**scene.knowledge.runbooks, "other": other}
        scene.knowledge = replace(scene.knowledge, runbooks=books)
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.sees(Verdict.FAILING, Verdict.FAILING, check="stock/api")
        if end == "resolve":
            await scene.do(respond.resolve, 1, by="alice", how="renewed")
        elif end == "merge":
            await scene.do(merge.merge, 1, into=2, by="bob")
        else:
            await scene.do(walk.switch, 1, runbook="other", by="bob")
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        left = next(one for one in view.steps if one.left)

        said = step_posts.step(view, left, Writer(catalogue=scene.knowledge.catalogue))

        assert why in str(said.blocks)
