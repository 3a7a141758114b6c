"""Letters about a change, a release, an unannounced change or a cover that is asked for: written
from the record when they are sent, and redrawn when it moves on, so that no button offers what is
over.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.core.outbox.address import OfChange, OfCoverRequest, OfRelease, OfUnannounced, OnRecord
from bot.core.outbox.letter import OutboxMessage
from bot.flows.estate.ledger import release_of
from bot.runtime import Runtime
from bot.slack import notice_words, redrawing
from bot.slack.kit import SlackMessage
from bot.slack.outbox import all_words  # noqa: F401 - enters them
from bot.slack.platform.gateway import Gateway
from bot.slack.platform.users import Users
from bot.slack.text import Writer
from bot.store.tx import Tx

log = logging.getLogger(__name__)

Write = Callable[[OutboxMessage, Writer], SlackMessage]


class SubjectPosts:
    def __init__(self, runtime: Runtime, gateway: Gateway, people: Users) -> None:
        self._runtime = runtime
        self._gateway = gateway
        self._people = people

    async def write(self, letter: OutboxMessage, about: OnRecord) -> SlackMessage | None:
        """None when what it is about is no longer on record."""
        write = await self._writer(about)
        return write(letter, await self._people.writer()) if write else None

    async def show(self, about: OnRecord, since: datetime) -> None:
        """Bring every letter about it up to date. Raises Later."""
        subject = str(about)

        async def pieces() -> tuple[redrawing.Piece, ...]:
            write, writer = await self._writer(about), await self._people.writer()
            return await redrawing.letters(
                self._runtime,
                self._gateway,
                subject,
                lambda item: write(item.letter, writer) if write else None,
            )

        await redrawing.redraw(self._runtime, subject, since, pieces)

    async def _writer(self, about: OnRecord) -> Write | None:
        """What writes letters about it, with the record as it is now."""
        catalogue = self._runtime.knowledge().catalogue

        def look(tx: Tx) -> object:
            match about:
                case OfRelease(release):
                    return release_of(tx, catalogue, release)
                case OfChange(number):
                    return tx.change_request(number)
                case OfCoverRequest(number):
                    return tx.cover(number)
                case OfUnannounced(number):
                    return tx.unannounced(number)

        record = await self._runtime.store.run(look)
        return None if record is None else _about(record)


def _about(record: object) -> Write:
    def write(letter: OutboxMessage, writer: Writer) -> SlackMessage:
        words = notice_words.about_record.of(letter.notice)
        if words is None:
            raise ValueError(f"{letter.what} is not about a record")
        said: SlackMessage = words(letter.notice, record, writer)
        return said

    return write
