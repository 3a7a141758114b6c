"""The words of an HTML page, for a reason that people read; any other text stays as it is.

Error pages of proxies and gateways come as HTML whatever was asked for. Only the beginning is
read: what is wrong stands at the top.
"""

from contextlib import suppress
from html.parser import HTMLParser

_READ = 6_000  # characters; the standard parser takes the square of what a hostile page is long
_ENOUGH = 1_000
_SILENT = frozenset({"script", "style", "template", "noscript", "svg"})
_INLINE = frozenset({"a", "abbr", "b", "code", "em", "font", "i", "small", "span", "strong", "u"})


def readable(text: str, content_type: str = "") -> str:
    """What a browser would show of `text`, its title first, when it is an HTML page."""
    start = text[:200].lstrip().lower()
    # By how it begins: gateways send their pages under the type of the API they stand before.
    page = start.startswith(("<!doctype html", "<html", "<head", "<body", "<title"))
    if not (page or (content_type.lower().startswith("text/html") and start.startswith("<"))):
        return text
    words = _Words()
    with suppress(AssertionError):  # from a broken declaration; what came before it is kept
        words.feed(text[:_READ])
        words.close()
    return words.said()


class _Words(HTMLParser):
    """Gathers visible text, piece by piece."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = [""]
        self._size = 0
        self._hidden = ""

    def said(self) -> str:
        """Blocks of text with a full stop between them; one that only repeats the last is left
        out, as a heading that says the title again."""
        flat = (" ".join(part.split()) for part in self._parts)
        kept = [part for part in dict.fromkeys(flat) if part]
        return " ".join(part if part[-1] in ".:;!?" else f"{part}." for part in kept)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._hidden and tag in _SILENT:
            self._hidden = tag
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden and self._size < _ENOUGH:
            self._parts[-1] += data[:_ENOUGH]
            self._size += len(data)

    def _part(self, tag: str) -> None:
        if tag not in _INLINE and self._parts[-1]:
            self._parts.append("")
