"""A backup is put back: what was posted since meets no other incident with the same number."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import Say, What
from bot.flows.monitoring import health
from bot.language.errors import Refused
from bot.slack.ids import Action, Origin, carried, origin
from bot.slack.kit import actions, button, message, section
from bot.store.store import Store
from bot.store.tx import Tx
from tests.builders import DAY, HOUR, MINUTE, NOW
from tests.slack.conftest import Bench

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


@dataclass
class Life:
    """A database that is started, lives, and is left as it was when it was copied."""

    store: Store

    async def starts(self, at: datetime) -> Origin:
        await self.store.run(health.begin, at)
        await self.signs(at)
        return await self.made_by(at)

    async def signs(self, at: datetime) -> None:
        """A sign of life."""
        await self.store.run(lambda tx: tx.remember(*health.ALIVE, at.isoformat()))

    async def made_by(self, at: datetime) -> Origin:
        return await self.store.run(origin, lambda: at)


@pytest.fixture
async def life() -> AsyncIterator[Life]:
    store = await Store.open(None)
    yield Life(store)
    await store.close()


def a_click(made_by: Origin) -> dict[str, Any]:
    row = actions([button("Press", Action.ACKNOWLEDGE, "57")], "row")
    return {"actions": [made_by.blocks([row])[0]]}


def a_form(made_by: Origin) -> dict[str, Any]:
    return {"view": made_by.view({"blocks": [], "private_metadata": "57"})}


def taken(now: Origin, body: Mapping[str, Any]) -> bool:
    try:
        now.must_have_made(body)
    except Refused as refused:
        return "an older copy of it was put back" not in str(refused)
    return True


@pytest.mark.parametrize("sent", [a_click, a_form])
@pytest.mark.parametrize(
    ("posted", "good"),
    [
        (NOW, True),
        (NOW + HOUR, True),
        (NOW + HOUR + 9 * SECOND, True),
        (NOW + HOUR + 20 * SECOND, False),
        (NOW + DAY - SECOND, False),
        (NOW + DAY, True),
        (NOW + 2 * DAY, True),
    ],
    ids=["at the start", "copied", "just after", "since", "just before", "restored", "later"],
)
async def test_what_was_posted_after_the_copy_was_made_is_refused(
    life: Life, sent: Any, posted: datetime, good: bool
) -> None:
    """It was copied an hour after its start, and put back a day after that."""
    first = await life.starts(NOW)
    await life.signs(NOW + HOUR)
    body = sent(replace(first, clock=lambda: posted))

    now = await life.starts(NOW + DAY)

    assert taken(now, body) is good
    await life.signs(NOW + 2 * DAY)
    assert taken(await life.starts(NOW + 3 * DAY), body) is good


async def test_what_was_under_way_when_it_was_copied_is_known_for_a_minute(life: Life) -> None:
    first = await life.starts(NOW)
    await life.signs(NOW + HOUR)

    def begins(tx: Tx) -> None:
        tx.queue(Say(subject="x", to=CHANNEL, what=What.NOTE), NOW + HOUR)
        tx.claim_letters(NOW + HOUR, NOW + HOUR + MINUTE, "me", 1)

    await life.store.run(begins)
    soon, late = (
        a_click(replace(first, clock=lambda at=NOW + HOUR + after: at))
        for after in (50 * SECOND, 70 * SECOND)
    )

    now = await life.starts(NOW + DAY)

    assert taken(now, soon)
    assert not taken(now, late)


async def test_a_form_carries_what_it_did(life: Life) -> None:
    assert carried(a_form(await life.starts(NOW))) == "57"


async def test_a_night_without_the_bot_forgets_nothing_that_it_posted(life: Life) -> None:
    first = await life.starts(NOW)
    body = a_click(replace(first, clock=lambda: NOW + HOUR))
    await life.signs(NOW + HOUR)

    assert taken(await life.starts(NOW + 9 * HOUR), body)


async def test_a_letter_that_was_sent_is_a_sign_of_life(life: Life) -> None:
    first = await life.starts(NOW)
    body = a_click(replace(first, clock=lambda: NOW + 5 * HOUR))

    def sends(tx: Tx) -> None:
        tx.queue(Say(subject="x", to=CHANNEL, what=What.NOTE), NOW)
        (letter,) = tx.claim_letters(NOW, NOW + MINUTE, "me", 1)
        tx.letter_sent(letter.id, NOW + 5 * HOUR, "C", "1")

    await life.store.run(sends)

    assert taken(await life.starts(NOW + DAY), body)


async def test_a_quick_start_anew_notes_nothing(life: Life) -> None:
    await life.starts(NOW)

    assert (await life.starts(NOW + 9 * SECOND)).gaps == ()


async def test_a_message_of_the_time_it_forgot_is_not_taken_for_the_one_that_may_be_there(
    bench: Bench,
) -> None:
    said = message("Hello.", [section("Hello.")])
    lost = await bench.poster.post(bench.general, said, "letter 57", maybe_sent=False)
    found = await bench.poster.post(bench.general, said, "letter 57", maybe_sent=True)
    at = bench.clock.now()
    bench.clock.shift(60)
    bench.gateway.origin = replace(bench.gateway.origin, gaps=((at - MINUTE, at + 30 * SECOND),))

    again = await bench.poster.post(bench.general, said, "letter 57", maybe_sent=True)

    assert (found.found, found.ts) == (True, lost.ts)
    assert again.ts != lost.ts
