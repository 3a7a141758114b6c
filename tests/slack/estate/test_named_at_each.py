"""Wherever it is told how a connection stands, its open incident is named: of every connection that
is a part of it, also of what joined later."""

from collections.abc import Mapping

import pytest

from bot.core.estate.catalogue import Connection
from bot.flows import estate_views
from bot.flows.estate_views import StatusLine
from bot.flows.incidents import respond
from bot.flows.monitoring import pauses
from bot.flows.work import Work
from bot.slack import home
from bot.slack.estate import words
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE
from tests.flows.incidents.grouping.test_shared_outage import Outage, outage

pytestmark = pytest.mark.anyio
SIZE = 3
CHANNEL = "C0INCIDENT"
PLACES = ("status of all", "status of one", "dossier", "home")


async def joined_later() -> Outage:
    """Two failed together, somebody has it, and a third one joined."""
    scene = await outage([(20, 0), (20, 0), (0, 0)])
    await scene.do(respond.acknowledge, 1, "bob")
    await scene.run(lambda tx: tx.save_channel("incident:1", CHANNEL))
    scene.later(5 * MINUTE)
    await scene.look([(20, 0)] * SIZE)
    assert [one.id for one in await scene.lives()] == [1]
    assert len((await scene.view()).children) == SIZE
    return scene


async def told(scene: Outage, connection: Connection) -> Mapping[str, str]:
    """What each place says of one connection."""

    def read(work: Work) -> Mapping[str, str]:
        writer = Writer(catalogue=work.catalogue)
        every = estate_views.status(work)
        mine = estate_views.mine(work, "alice")
        [line] = [one for one in every.lines if one.connection == connection]
        alone = estate_views.status_line(work, connection)
        dossier = estate_views.dossier(work, connection)
        pages = (
            words.status(every, writer).blocks,
            words.status_of(alone, writer).blocks,
            words.status_of(dossier.line, writer).blocks,
            tuple(home.home(mine, every, writer)["blocks"]),
        )
        assert line == alone == dossier.line
        return {place: _of(page, line) for place, page in zip(PLACES, pages, strict=True)}

    return await scene.do(read)


def _of(page: tuple[dict[str, object], ...], line: StatusLine) -> str:
    [said] = [text for text in map(str, page) if f"*{line.connection.name}*: " in text]
    return said


async def test_every_connection_names_its_incident_with_holder_and_channel() -> None:
    async with await joined_later() as scene:
        for place in range(SIZE):
            connection = scene.knowledge.catalogue.connections[f"flow-{place}"]
            for where, said in (await told(scene, connection)).items():
                assert "INC-1: " in said, (where, connection.name, said)
                assert "Bob has it" in said, (where, connection.name, said)
                assert f"<#{CHANNEL}>" in said, (where, connection.name, said)


async def test_a_pause_of_any_connection_is_shown_on_the_card_of_its_incident() -> None:
    async with await joined_later() as scene:
        await scene.post()
        for name in ("flow-0", "flow-2"):
            connection = scene.knowledge.catalogue.connections[name]
            await scene.do(
                pauses.pause, connection, until=scene.now + HOUR, why="moving", by="alice"
            )
            shown = [one.subject for one in await scene.post() if one.what is None]
            assert "incident:1" in shown, name


async def test_what_it_was_a_part_of_is_named_in_the_list_of_its_incidents() -> None:
    async with await joined_later() as scene:
        connection = scene.knowledge.catalogue.connections["flow-2"]
        view = await scene.do(estate_views.dossier, connection)
        [past] = [one for one in view.history if one.parent]

        assert "a part of INC-1" in words._past(past, None, scene.writer)
