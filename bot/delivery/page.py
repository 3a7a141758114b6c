"""Pings by another way than Slack: mail, SMS gateways, chats and webhooks, all through Apprise.

Rule of this file: an address is a secret. It is never logged and never part of an error.
"""

import asyncio
import logging
import re
from collections.abc import Sequence

from apprise import Apprise, AppriseAsset, NotifyFormat

from bot.core.estate.catalogue import Person
from bot.core.people.presence import open_place
from bot.flows.outbox.fallback import NotPaged, Page, Pager
from bot.language.errors import Invalid
from bot.language.redaction import Secret

log = logging.getLogger(__name__)

TIMEOUT_S = 30.0  # for one way
_BETWEEN = re.compile(r"[\s,]+(?=[a-z][a-z0-9+.-]*://)", re.IGNORECASE)


def ways_from(text: str) -> tuple[Secret, ...]:
    """The addresses in a setting, separated by spaces or commas. Raises Invalid, without showing
    any, for one that Apprise does not understand."""
    # Split where a scheme follows: addresses of Apprise may hold commas themselves.
    found = [part.strip(", \t\n") for part in _BETWEEN.split(text.strip()) if part.strip(", \t\n")]
    for place, way in enumerate(found, start=1):
        if wrong := open_place(way):
            raise Invalid(f"FIRSTLANE_FALLBACK_URLS, address {place} of {len(found)}: {wrong}.")
        if not _understood(_filled(way, "person", "person@example.com")):
            raise Invalid(
                f"FIRSTLANE_FALLBACK_URLS: Apprise does not understand address {place} of"
                f" {len(found)}. https://github.com/caronc/apprise/wiki lists what it does."
            )
    return tuple(Secret(way) for way in found)


def not_understood(person: Person) -> list[int]:
    """Which of a person's own ways, counted from 0, Apprise does not understand."""
    email = person.email or "person@example.com"
    ways = enumerate(way.reveal() for way in person.fallback)
    return [at for at, way in ways if not _understood(_filled(way, person.id, email))]


def _filled(way: str, person: str, email: str) -> str:
    return way.replace("{person}", person).replace("{email}", email)


def ways_of(ways: Sequence[Secret], *, person: str, email: str | None) -> tuple[Secret, ...]:
    """The ways with `{person}` and `{email}` filled in; those that need a mail address which
    nobody knows are left out."""
    usable = (way.reveal() for way in ways if email or "{email}" not in way.reveal())
    return tuple(Secret(_filled(way, person, email or "")) for way in usable)


def page_person(everybody: Sequence[Secret]) -> Pager:
    """Pages by the ways that the settings name for everybody, unless the person has their own."""

    async def page(person: Person, title: str, body: str) -> None:
        ways = person.fallback or everybody
        filled = ways_of(ways, person=person.id, email=person.email)
        await send(Page(ways=filled, title=title, body=body))

    return page


async def send(page: Page) -> None:
    """Send the page by all its ways at once. Raises NotPaged unless at least one of them took
    it."""
    if not page.ways:
        raise NotPaged("no other way than Slack is known for them", final=True)
    # Apprise names the address in what it logs.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    results = await asyncio.gather(*(_send(way, page) for way in page.ways))
    if not any(results):
        kinds = ", ".join(sorted({kind_of(way) for way in page.ways}))
        understood = any(_understood(way.reveal()) for way in page.ways)
        # A way that Apprise cannot read will not be read the next time either.
        raise NotPaged(f"{kinds} did not take it", final=not understood)


async def _send(way: Secret, page: Page) -> bool:
    # The first use loads every service that Apprise knows, which takes a moment.
    service = await asyncio.to_thread(_service, way.reveal())
    if service is None:
        return False
    try:
        async with asyncio.timeout(TIMEOUT_S):
            sent = await service.async_notify(
                title=page.title, body=page.body, body_format=NotifyFormat.TEXT
            )
    except Exception as error:
        # Services raise what they like, and the text may name the address.
        log.warning("page_failed way=%s error=%s", kind_of(way), type(error).__name__)
        return False
    return bool(sent)


def kind_of(way: Secret) -> str:
    """The service without its address: `mailto`, `json`, `twilio`."""
    return re.sub(r"[^a-z0-9+.-]", "", way.reveal().partition("://")[0].lower())[:20]


def _service(way: str) -> Apprise | None:
    service = Apprise(asset=AppriseAsset(app_id="Firstlane", app_desc="Firstlane"))
    return service if service.add(way) else None


def _understood(way: str) -> bool:
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return _service(way) is not None
