"""The text of a calendar: UTF-8 as RFC 5545 has it, or UTF-16, and no guess at any other."""

import re

from bot.language.errors import BotError

# A line that was folded inside a character, as the RFC allows: the rest of it goes before the fold.
_FOLDED = re.compile(rb"([\xc2-\xf4][\x80-\xbf]{0,2})(\r?\n[ \t])([\x80-\xbf]{1,3})")
_UTF_16 = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"B\0", "utf-16-le"),
    (b"\0B", "utf-16-be"),
)


class NotACalendar(BotError):
    """Nothing in it can be read; the text says why."""


def text_of(raw: bytes) -> str:
    """The characters of a calendar. Raises NotACalendar."""
    name = next((name for begins, name in _UTF_16 if raw.startswith(begins)), "")
    try:
        if name:
            return raw.decode(name)
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            # Only when the plain reading fails: some programs fold by octets, in the middle of a
            # letter.
            return _FOLDED.sub(rb"\1\3\2", raw).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not name and b"BEGIN:VCALENDAR" not in raw.upper():
            return raw.decode(errors="replace")  # that it is no calendar is told by its reader
        if name:
            said = "it begins as UTF-16 and does not go on so"
        else:
            line = raw.count(b"\n", 0, error.start) + 1
            said = f"it is not in UTF-8, as line {line} shows"
        raise NotACalendar(f"{said}: export it again, or save it as UTF-8") from None
