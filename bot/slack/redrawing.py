"""Letters that stand in Slack, brought up to date one by one. Each is written of the record as it
is when its turn comes: what a slow call before it left behind is never written over newer words."""

import logging
from collections.abc import Awaitable, Callable

from bot.core.outbox import SentLetter
from bot.flows import delivery
from bot.ports import Runtime, Tx
from bot.slack.blocks.parts import Message
from bot.slack.gateway import Gateway, Refusal
from bot.slack.posting import digest

log = logging.getLogger(__name__)

Write = Callable[[SentLetter], Message | None]


async def redraw(
    runtime: Runtime, gateway: Gateway, subject: str, written: Callable[[], Awaitable[Write]]
) -> None:
    """`written` gives what writes letters now. Raises Later."""
    done: set[int] = set()
    while stale := await _first_stale(runtime, subject, await written(), done):
        item, message = stale
        done.add(item.letter.id)
        try:
            await gateway.call(
                "chat.update",
                channel=item.channel,
                ts=item.ts,
                text=message.text,
                blocks=list(message.blocks),
            )
        except Refusal as error:
            log.info("letter_not_updated letter=%s error=%s", item.letter.id, error.error)
        await runtime.store.run(_drawn, subject, _name(item), digest(message))


async def _first_stale(
    runtime: Runtime, subject: str, write: Write, done: set[int]
) -> tuple[SentLetter, Message] | None:
    sent = await runtime.store.run(lambda tx: tx.letters_in_slack(subject))
    names = tuple(_name(item) for item in sent)
    before = await runtime.store.run(delivery.fixtures, subject, names)
    for item in sent:
        message = write(item) if item.letter.id not in done else None
        if message is not None and before.get(_name(item)) != digest(message):
            return item, message
    return None


def _name(item: SentLetter) -> str:
    return f"letter:{item.letter.id}"


def _drawn(tx: Tx, subject: str, name: str, body: str) -> None:
    tx.save_fixture(subject, name, body)
