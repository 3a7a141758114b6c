"""Answers that come in pages: the following ones are fetched and their items joined to the first.

Bounded by `most` pages and by the size of all together. A next page on another origin is refused,
since it would get our login.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from bot.checks.http.document import Document, JsonDocument
from bot.checks.http.fetch import Call, HttpAnswer, Unacceptable, same_origin
from bot.checks.http.value_paths import Pages

LARGEST_TOGETHER = 8 * 1024 * 1024


Ask = Callable[[Call], Awaitable[HttpAnswer]]
Read = Callable[[HttpAnswer], Document]


async def all_pages(
    pages: Pages, call: Call, answer: HttpAnswer, document: Document, ask: Ask, read: Read
) -> str:
    """Join the items of the following pages to `document`, the first. Returns "" or a sentence
    when pages were left out. Raises what `ask` and `read` raise, and Unacceptable."""
    joined = _list(document, pages.items)
    if joined is None:
        return ""
    size, newest, page = len(answer.body), answer, document
    for _ in range(pages.most - 1):
        following = _following(pages, call, newest, page, len(joined))
        if following is None:
            return ""
        call, newest = following, await ask(following)
        # Each page is within its own limit, and twenty of them are kept at once.
        size += len(newest.body)
        if size > LARGEST_TOGETHER:
            raise Unacceptable("the pages are larger than 8 MB together")
        page = read(newest)
        more = _list(page, pages.items)
        if not more:
            return ""
        joined += more
    # Counts of pages that were cut are too low, so a reading says that they were.
    more_to_come = _following(pages, call, newest, page, len(joined)) is not None
    return f"only the first {pages.most} pages were read" if more_to_come else ""


def _list(document: Document, path: str) -> list[Any] | None:
    """The list at `path`, not a copy of it, so that items added to it are in the document."""
    found = document.values(path)
    return found[0] if len(found) == 1 and isinstance(found[0], list) else None


def _following(
    pages: Pages, call: Call, answer: HttpAnswer, page: Document, known: int
) -> Call | None:
    if pages.offset:
        items = _list(page, pages.items)
        return call.with_params({pages.offset: str(known)}) if items else None
    if pages.cursor and pages.param:
        mark = _first(page, pages.cursor)
        return call.with_params({pages.param: str(mark)}) if mark not in (None, "", False) else None
    address = _link(answer) if pages.link else _first(page, pages.next or "$")
    if not isinstance(address, str) or not address:
        return None
    try:
        target = call.url.join(address)
    except httpx.InvalidURL:
        raise Unacceptable("the address of the next page is not one") from None
    if not same_origin(target, call.url):
        raise Unacceptable(f"the next page is said to be at {target.host}; not followed")
    return call.at(target)


def _first(page: Document, path: str) -> Any:
    return next(iter(page.values(path)), None) if isinstance(page, JsonDocument) else None


def _link(answer: HttpAnswer) -> str | None:
    links = httpx.Response(200, headers={"link": answer.headers.get("link", "")}).links
    return links.get("next", {}).get("url")
