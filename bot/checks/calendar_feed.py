"""Fetches a calendar of releases. Not a kind of check: nothing is judged by it."""

import asyncio

import httpx

from bot.checks.clients import Clients
from bot.checks.http.fetch import Call, Unacceptable, Unsendable, fetch
from bot.checks.secrets.notations import Forms
from bot.checks.secrets.secrecy import redact_secrets, secrets_in, secrets_of_url
from bot.language.errors import BotError

SECONDS = 20.0
REDIRECTS = 3


class FeedUnread(BotError):
    """The calendar could not be fetched; the text says why and never repeats its address."""


async def fetch_calendar(clients: Clients, url: str) -> bytes:
    """The bytes at `url`, at most 2 MB. Raises FeedUnread."""
    try:
        address = httpx.URL(url)
        origin = f"{address.scheme}://{address.netloc.decode()}"
        call = Call(method="GET", url=address, seconds=SECONDS)
        # `seconds` bounds each step alone; an answer that trickles in would never end by it.
        async with asyncio.timeout(2 * SECONDS):
            answer = await fetch(clients, origin, call, redirects=REDIRECTS)
    except Unacceptable as error:
        raise FeedUnread(f"it {error}") from None
    except Unsendable as error:
        raise FeedUnread(f"it cannot be asked: {error}") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        # Only the type: the text may quote the address, and a calendar's address is its secret.
        raise FeedUnread(f"it does not answer ({type(error).__name__})") from None
    if answer.status != 200:
        raise FeedUnread(f"it answers with HTTP {answer.status}")
    return answer.body


def without_address(text: str, url: str, elsewhere: Forms | None = None) -> str:
    """What came from a calendar, without the secrets of its address, which pages of errors repeat,
    nor those of others."""
    return redact_secrets(text, (*secrets_in(url), *secrets_of_url(url)), elsewhere)
