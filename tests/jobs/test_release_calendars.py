"""A calendar's address is secret; nothing that the calendar brings repeats it."""

from collections.abc import AsyncIterator

import pytest

from bot.core.estate.history import ReleaseFeed
from bot.files.changes.ical import read_feed
from bot.jobs import ReleaseCalendar
from bot.language.redaction import Secret
from bot.runtime import Runtime
from bot.store.store import Store
from slack_standin.state.clock import Clock
from tests.builders import NOW, an_estate, knowledge_of

pytestmark = pytest.mark.anyio

KEYS = ("CNRYpath9Qz7", "CNRYquery9Qz7")
URL = Secret(f"https://calendars.example/ics/{KEYS[0]}/basic.ics?token={KEYS[1]}")
PLAIN = f"https://calendars.example/ics/basic.ics?token={KEYS[1]}"
PAGE = "<html>No calendar at {}</html>"
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:{0}
DTSTART:20270401T080000Z
SUMMARY:Release 27.1 {0}
DESCRIPTION:See {0}
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
async def store(anyio_backend: str) -> AsyncIterator[Store]:
    made = await Store.open(None)
    yield made
    await made.close()


@pytest.mark.parametrize("answer", [PAGE, ICS], ids=["a page of an error", "a calendar"])
@pytest.mark.parametrize("url", [URL, PLAIN], ids=["secret as a whole", "with a token"])
async def test_whatever_it_answers_its_address_is_kept_nowhere(
    store: Store, url: str, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    feed = ReleaseFeed(url=url, system="erp")
    knowledge = knowledge_of(an_estate(feeds=(feed,)))
    runtime = Runtime(
        store=store, knowledge=lambda: knowledge, clock=lambda: NOW, steady=Clock().steady
    )

    async def fetch(address: str) -> bytes:
        return answer.format(address).encode()

    await ReleaseCalendar(runtime, fetch=fetch, read=read_feed, wake=lambda: None).look()

    kept = await store.run(lambda tx: f"{tx.feed(feed.key)} {tx.releases()}")
    assert "27.1" in kept or "iCalendar" in kept
    assert not [key for key in KEYS if key in kept + caplog.text and key in url]
