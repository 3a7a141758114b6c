"""App Home: what is open, what is yours, and where to start."""

import logging

from bot.core.people.permissions import PermissionLevel
from bot.flows import estate_views
from bot.flows.estate_views import MineView, StatusView
from bot.flows.people import permitted
from bot.flows.work import Work
from bot.runtime import Runtime
from bot.slack.estate import words
from bot.slack.ids import Action
from bot.slack.kit import Block, actions, button, context, divider, header, section
from bot.slack.platform.gateway import Gateway, Refusal
from bot.slack.platform.users import Users
from bot.slack.text import Writer

log = logging.getLogger(__name__)


def home(mine: MineView, status: StatusView, writer: Writer, *, declares: bool = True) -> Block:
    """The whole tab for one reader, who may only look or also `declares`."""
    declare = actions([button("Declare an incident…", Action.DECLARE, "home")], "home")
    blocks = [
        *words.mine(mine, writer).blocks,
        divider(),
        *words.status(status, writer).blocks,
        divider(),
        header("Ask"),
        section(
            "Write to me in the Messages tab, or mention me anywhere: _who owns the web shop"
            " orders?_ · _who do I call about the bank?_ · _what is down?_"
        ),
        *([declare] if declares else []),
        context("`/conn help` lists every command."),
    ]
    return {"type": "home", "blocks": blocks[:100]}


class HomeTab:
    def __init__(self, runtime: Runtime, gateway: Gateway, people: Users) -> None:
        self._runtime = runtime
        self._gateway = gateway
        self._people = people

    async def opened(self, person: str) -> None:
        """Publish now, and keep it current from now on."""
        await self._runtime.store.run(lambda tx: tx.remember("homes", person, "open"))
        await self.publish(person)

    async def publish(self, person: str) -> None:
        user = await self._people.user(person)
        if user is None:
            return

        def load(work: Work) -> tuple[MineView, StatusView, bool]:
            reader = permitted.doer(work, person)
            looks = reader.foreign and reader.level is PermissionLevel.LOOK
            declares = person in work.catalogue.people or not looks
            return estate_views.mine(work, person), estate_views.status(work), declares

        mine, status, declares = await self._runtime.do(load)
        view = home(mine, status, await self._people.writer(), declares=declares)
        try:
            await self._gateway.call("views.publish", user_id=user, view=view)
        except Refusal as error:
            # Nothing depends on the tab, and some workspaces' apps have none.
            log.warning("home_skipped person=%s error=%s", person, error.error)
