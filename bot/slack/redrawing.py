"""What stands in Slack, brought up to date piece by piece. Once it is asked for anew, what is left
is written of the record as it is then: older words are never written over newer ones.

Slack takes few edits a minute, and a storm wants more. What is missing goes first, then wrong
buttons and headings and times that are told as to come and have passed, then other words, then mere
figures: of these what stood untouched for longest. A try that is put off therefore goes on with the
rest and not with what it drew a moment ago.
"""

import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bot.core.outbox.letter import SentMessage
from bot.flows.outbox import delivery
from bot.flows.work import Work
from bot.runtime import Runtime
from bot.slack.kit import SlackMessage
from bot.slack.platform.gateway import Gateway, Refusal
from bot.slack.platform.posts import digest
from bot.store.tx import Tx

log = logging.getLogger(__name__)

Write = Callable[[SentMessage], SlackMessage | None]
_WEIGHTY = frozenset({"header", "actions"})
_MISSING, _GIST, _WORDS, _FIGURES = range(4)
_MOMENT = re.compile(r"<!date\^(\d+)\^[^>]*>")
_NUMBER = re.compile(r"\d[\d.,:]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One message as it should be. `stands` is the digest of what is there, None where nothing is;
    `draw` is told whether the edit is urgent."""

    name: str
    message: SlackMessage
    stands: str | None
    draw: Callable[[bool], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """`until` is the first of its times that were to come; None where none was."""

    gist: str
    at: datetime
    words: str = ""
    until: datetime | None = None


def gist(message: SlackMessage) -> str:
    """Of what can be pressed, and of the headings: the rest of a message misleads nobody."""
    weighty = [
        block if block["type"] in _WEIGHTY else block.get("accessory") for block in message.blocks
    ]
    return _mark(json.dumps([part for part in weighty if part], sort_keys=True))


def words(message: SlackMessage) -> str:
    """Of all but numbers and times: who has it, whose lane it is, what fails."""
    said = json.dumps(message.blocks, sort_keys=True)
    return _mark(_NUMBER.sub("", _MOMENT.sub("", said)))


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _until(message: SlackMessage, now: datetime) -> str:
    told = [int(at) for at in _MOMENT.findall(json.dumps(message.blocks))]
    return str(min((at for at in told if at > now.timestamp()), default=""))


async def redraw(
    runtime: Runtime,
    subject: str,
    since: datetime,
    pieces: Callable[[], Awaitable[Sequence[Piece]]],
) -> None:
    """`pieces` gives all there should be now; `since` is when this was asked for. Raises Later."""
    done: set[str] = set()
    asked = True
    while asked:
        asked = False
        stale = [
            piece
            for piece in await pieces()
            if piece.name not in done and piece.stands != digest(piece.message)
        ]
        before = await runtime.do(_drawn, subject, [piece.name for piece in stale])
        now = runtime.clock()
        ranks = {piece.name: _rank(piece, before.get(piece.name), since, now) for piece in stale}
        # Slack allows about fifty edits a minute, so the order decides what people see in a storm.
        for piece in sorted(stale, key=lambda one: ranks[one.name]):
            done.add(piece.name)
            await piece.draw(ranks[piece.name][0] < _FIGURES)
            await runtime.store.run(note_drawn, subject, piece.name, piece.message, runtime.clock())
            asked = await asked_anew(runtime, subject)
            # The rest was written of a record that is old by now.
            if asked:
                break


async def asked_anew(runtime: Runtime, subject: str) -> bool:
    """Whether it is to be shown again, since the record changed after this showing began."""
    return await runtime.store.run(lambda tx: tx.to_be_shown(subject))


def _rank(piece: Piece, drawn: _Drawn | None, since: datetime, now: datetime) -> tuple[int, float]:
    """Lower goes first."""
    if piece.stands is None:
        return _MISSING, 0.0
    if drawn is None or drawn.gist != gist(piece.message):
        # What this showing drew already goes last among its equals, or a put-off try would begin
        # with it for ever.
        return _GIST, float(drawn is not None and drawn.at >= since)
    if drawn.until is not None and drawn.until <= now:
        return _GIST, 0.0
    if drawn.words != words(piece.message):
        return _WORDS, drawn.at.timestamp()
    return _FIGURES, drawn.at.timestamp()


async def letters(
    runtime: Runtime, gateway: Gateway, subject: str, write: Write
) -> tuple[Piece, ...]:
    """The direct messages about a subject, as `write` words them now."""
    sent = await runtime.store.run(lambda tx: tx.letters_in_slack(subject))
    names = tuple(_name(item.letter.id) for item in sent)
    before = await runtime.do(delivery.recall_all, subject, names)
    found = []
    for item in sent:
        if message := write(item):
            name = _name(item.letter.id)
            draw = _edit(runtime, gateway, subject, item, message)
            found.append(Piece(name=name, message=message, stands=before.get(name, ""), draw=draw))
    return tuple(found)


def _edit(
    runtime: Runtime, gateway: Gateway, subject: str, item: SentMessage, message: SlackMessage
) -> Callable[[bool], Awaitable[None]]:
    async def draw(urgent: bool) -> None:
        body: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks)}
        try:
            await gateway.call(
                "chat.update", urgent=urgent, channel=item.channel, ts=item.ts, **body
            )
        # Deleted by its reader, say. It counts as drawn, or it would be tried with each showing.
        except Refusal as error:
            log.info("letter_not_updated letter=%s error=%s", item.letter.id, error.error)
        name, said = _name(item.letter.id), digest(message)
        await runtime.store.run(lambda tx: tx.remember(subject, name, said))

    return draw


def note_posted(tx: Tx, subject: str, letter: int, message: SlackMessage, now: datetime) -> None:
    """What stands there, so that it is edited only when it has to change."""
    tx.remember(subject, _name(letter), digest(message))
    note_drawn(tx, subject, _name(letter), message, now)


def note_drawn(tx: Tx, subject: str, name: str, message: SlackMessage, now: datetime) -> None:
    stands = (gist(message), now.isoformat(), words(message), _until(message, now))
    tx.remember(subject, f"drawn {name}", " ".join(stands))


def _drawn(work: Work, subject: str, names: Sequence[str]) -> dict[str, _Drawn]:
    known = delivery.recall_all(work, subject, tuple(f"drawn {name}" for name in names))
    found = {}
    for name, value in known.items():
        found[name.removeprefix("drawn ")] = _read(value)
    return found


def _read(value: str) -> _Drawn:
    """Earlier versions kept gist and time alone."""
    said, at, *more = value.split(" ")
    spoken, until = (*more, "", "")[:2]
    return _Drawn(
        gist=said,
        at=datetime.fromisoformat(at),
        words=spoken,
        until=datetime.fromtimestamp(int(until), UTC) if until else None,
    )


def _name(letter: int) -> str:
    return f"letter:{letter}"
