"""Anybody may add a note, guests too; what is no person may do nothing."""

import pytest

from bot.core.people.presence import Absence, AbsenceKind
from bot.language.errors import NotAllowed
from bot.slack.platform.users import Users
from slack_standin.acts import channels
from tests.slack.conftest import Bench

pytestmark = pytest.mark.anyio


async def refused(people: Users, user: str) -> bool:
    try:
        return not await people.actor(user)
    except NotAllowed as error:
        return str(error).startswith("Only people may do this")


async def test_only_people_act(bench: Bench) -> None:
    people, workspace = Users(bench.runtime, bench.gateway), bench.standin.workspace
    here, gone, guest = (bench.slack.member(name).user for name in ("Bob", "Alice", "Charlie"))
    channels.deactivate(workspace, gone)
    guest.is_restricted = True
    app = next(user for user in workspace.users.values() if user.is_bot)

    told = [await refused(people, user) for user in (here.id, guest.id)]
    none = [await refused(people, user) for user in (gone.id, app.id, "USLACKBOT", "")]

    assert (told, none) == ([False] * 2, [True] * 4)


async def test_somebody_of_the_catalogue_acts_again_once_their_account_does(bench: Bench) -> None:
    people, bob = Users(bench.runtime, bench.gateway), bench.slack.member("Bob").user
    known = await people.person(bob.id)
    absence = Absence(person=known, kind=AbsenceKind.DEACTIVATED, why="", since=bench.clock.now())
    await bench.runtime.store.run(lambda tx: tx.save_absence(absence))

    assert not await refused(people, bob.id)
    channels.deactivate(bench.standin.workspace, bob)

    assert await refused(people, bob.id)
