"""Every command, button, form and shortcut is a deed with a rule; guests are met at the door."""

from dataclasses import replace

import pytest

from bot.core.errors import BotError, NotAllowed
from bot.core.permissions import RULES, Access, Deed, Level, Role
from bot.demo.standin.entities import User
from bot.slack import commands, deeds
from bot.slack.actions import ACTIONS
from bot.slack.desk import Desk
from bot.slack.ids import Action, Modal, Shortcut
from bot.slack.incident_commands import Request
from bot.slack.submissions import SUBMISSIONS
from tests.builders import knowledge_of
from tests.slack.conftest import Bench
from tests.slack.test_desk import desk_at

pytestmark = pytest.mark.anyio


def test_nothing_that_can_be_pressed_sent_or_typed_is_without_a_rule() -> None:
    assert set(deeds.ACTIONS) == set(ACTIONS) == set(Action)
    assert set(deeds.MODALS) == set(SUBMISSIONS) == set(Modal)
    assert set(deeds.SHORTCUTS) == set(Shortcut)
    assert set(commands.COMMANDS) <= set(deeds.COMMANDS)
    assert set(RULES) == set(Deed)


def with_guest(bench: Bench, **shown: object) -> tuple[Desk, User]:
    """A desk, and Charlie as Slack would show him."""
    user = bench.standin.workspace.users[bench.slack.member("Charlie").id]
    for name, value in shown.items():
        setattr(user, name, value)
    return desk_at(bench), user


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({}, ""),
        ({"is_restricted": True}, "a guest"),
        ({"is_restricted": True, "is_ultra_restricted": True}, "a guest"),
        ({"team_id": "T0OTHER"}, "somebody of another company"),
    ],
)
async def test_slack_says_who_is_not_of_the_company(
    bench: Bench, shown: dict[str, object], expected: str
) -> None:
    desk, user = with_guest(bench, **shown, email="nobody@elsewhere.example")

    person = await desk.people.person(user.id)

    found = await desk.runtime.store.run(lambda tx: tx.fixture("foreign", person))
    assert (found or "") == expected


async def test_whoever_the_catalogue_lists_is_of_the_company_whatever_slack_says(
    bench: Bench,
) -> None:
    desk, user = with_guest(bench, is_restricted=True)

    assert await desk.people.person(user.id) == "charlie"


async def test_a_guest_may_look_and_note_and_nothing_else(bench: Bench) -> None:
    desk, user = with_guest(bench, is_restricted=True, email="guest@elsewhere.example")
    guest = await desk.people.person(user.id)
    for word, deed in deeds.COMMANDS.items():
        refused = False
        try:
            await commands.answer(desk, Request(by=guest, channel="C1", words=f"{word} x"))
        except NotAllowed as error:
            refused = "You are here as a guest" in str(error)
        except BotError:
            pass
        assert refused is (Role.ANYBODY not in RULES[deed].may), word


async def test_a_setting_lets_guests_in(bench: Bench) -> None:
    desk, user = with_guest(bench, is_restricted=True, email="guest@elsewhere.example")
    guest = await desk.people.person(user.id)
    open_house = replace(knowledge_of(), access=Access(guests=Level.HELP))
    desk.runtime = replace(desk.runtime, knowledge=lambda: open_house)

    await deeds.admit(desk, Deed.DECLARE, guest)
