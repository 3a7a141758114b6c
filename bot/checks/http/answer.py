"""What an answer over HTTP says: its status, its body in the right format, its own complaints.

Many far ends answer 200 and put the error into the body. Such an answer is an error as well, and
what it says of itself is reported.
"""

from datetime import datetime
from typing import Any

from bot.checks.http.document import (
    Document,
    JsonDocument,
    TextDocument,
    UnreadableAnswer,
    XmlDocument,
)
from bot.checks.http.extract import HttpAnswered, extract
from bot.checks.http.fetch import Ask, Call, HttpAnswer, all_pages
from bot.checks.http.settings import HttpSettings
from bot.checks.http.value_paths import Condition
from bot.checks.outcomes import Clean, refused_status, unreachable, unreadable
from bot.core.monitoring.signals import Blind, Cause, Observation
from bot.language.marks import outside

_NOTHING: tuple[object, ...] = (None, "", [], {}, False)


async def read_answer(
    answer: HttpAnswer,
    settings: HttpSettings,
    where: str,
    now: datetime,
    clean: Clean,
    *,
    call: Call,
    ask: Ask,
) -> Observation:
    """The meaning of the first answer and of the pages that follow it. Raises what `ask` raises,
    and Unacceptable or UnreadableAnswer for a page that breaks the bounds."""
    meaning = settings.on_status.get(answer.status)
    if meaning != "read" and (meaning or answer.status not in settings.expect):
        identified = settings.identified()
        return refused_status(answer, where, now, clean, meaning=meaning, identified=identified)
    # Before the body is read: a page that only says OK is no JSON, and need not be.
    if not settings.reads_body():
        bare = HttpAnswered(document=TextDocument(), headers=answer.headers, where=where)
        return extract(bare, settings, now, clean)
    try:
        document = read_document(answer, settings.format)
    except UnreadableAnswer as error:
        return unreachable(
            now, f"{where}: {unreadable(answer, str(error), clean)}", Cause.UNREADABLE
        )
    problem = problem_in(document, settings, clean)
    if problem:
        # An API may refuse our own login with status 200, and that breaks no connection.
        if settings.error_means == "blind":
            return Blind(at=now, reason=f"{where}: {problem}", cause=Cause.STATUS)
        return unreachable(now, f"{where}: {problem}", Cause.STATUS)
    cut = ""
    if settings.pages:

        def read(page: HttpAnswer) -> Document:
            return read_document(page, settings.format)

        cut = await all_pages(settings.pages, call, answer, document, ask, read)
    answered = HttpAnswered(
        document=document, headers=answer.headers, text=answer.text(), where=where, cut=cut
    )
    return extract(answered, settings, now, clean)


def read_document(answer: HttpAnswer, form: str) -> Document:
    """The body as `form` (json, xml or text). Raises UnreadableAnswer."""
    if form == "text":
        return TextDocument()
    return XmlDocument.read(answer.body) if form == "xml" else JsonDocument.read(answer.text())


def problem_in(document: Document, settings: HttpSettings, clean: Clean) -> str:
    """The complaint in a body that came with a good status code; empty when there is none."""
    bad = next((rule for rule in settings.error_when if _holds(document, rule)), None)
    lacking = next((rule for rule in settings.ok_when if not _holds(document, rule)), None)
    rule = bad or lacking
    if rule is None:
        return ""
    said = document.values(settings.error_text) if settings.error_text else []
    words = "; ".join(str(text) for text in said[:3] if text not in _NOTHING)
    problem = f"the answer reports an error at {rule.path}"
    return f"{problem}: {outside(clean(words), 200)}" if words else problem


def _holds(document: Document, rule: Condition) -> bool:
    values = document.values(rule.path)
    if rule.equals is not None:
        return any(_same(value, rule.equals) for value in values)
    if rule.differs is not None:
        return any(not _same(value, rule.differs) for value in values)
    present = any(value not in _NOTHING for value in values)
    return present is (rule.exists is not False)


def _same(value: Any, wanted: str | float | bool) -> bool:
    """Whether two values are written alike: true and "true" are, and so are 1 and 1.0."""
    if isinstance(wanted, float) and isinstance(value, (int, float)):
        return float(value) == wanted
    return str(value).casefold() == str(wanted).casefold()
