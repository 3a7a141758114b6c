"""Where pings are handed in, also while the bot is still starting and cannot store them."""

from bot.core.monitoring.heartbeat import Kinds, Ping
from bot.jobs import Intake
from bot.language.errors import BotError

STARTS = "Firstlane starts; try again shortly."


class Letterbox:
    """Hands pings to the intake once `opens` has named it; raises BotError before that."""

    def __init__(self) -> None:
        self._intake: Intake | None = None

    def opens(self, intake: Intake) -> Intake:
        self._intake = intake
        return intake

    async def knows(self, token: str, kinds: Kinds) -> bool:
        return await self._opened().knows(token, kinds)

    async def take(self, token: str, ping: Ping, kinds: Kinds) -> bool:
        return await self._opened().take(token, ping, kinds)

    def _opened(self) -> Intake:
        if self._intake is None:
            raise BotError(STARTS)
        return self._intake
