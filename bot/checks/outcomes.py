"""What a call that did not simply succeed means: the far end is broken, or we are blind.

Blind: our request cannot be sent, the name does not resolve, there is no network, our monitoring
credential is refused, we ask too often. Everything else was seen: `reachable` is false and the
error says what happened.
"""

import errno
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx

from bot.checks.http.document import UnreadableAnswer, readable
from bot.checks.http.fetch import HttpAnswer, Unacceptable, Unsendable
from bot.checks.own_pace import was_answered
from bot.core.monitoring.signals import NO_ANSWER, Blind, Cause, Observation, Reading, Signal
from bot.language.marks import outside
from bot.language.units import say_limit

_OUR_SIDE = frozenset(
    {errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE}
)
_EXCERPT = 160
_WORDS = re.compile(r"\w+")


Clean = Callable[[str], str]


def unreachable(now: datetime, error: str, cause: Cause | None) -> Reading:
    """The far end is broken, and this is how it showed."""
    return Reading(at=now, signals={Signal.REACHABLE: False}, error=outside(error), cause=cause)


def failed_call(
    error: Exception, where: str, timeout: timedelta, now: datetime, clean: Clean = str
) -> Observation:
    """The meaning of an exception that ended a call to `where`, given `timeout` in all."""
    if isinstance(error, Unsendable | httpx.InvalidURL):
        said = str(error) if isinstance(error, Unsendable) else "its address is no web address"
        reason = f"{where}: our own request is wrong, nothing was sent: {clean(said)}"
        return Blind(at=now, reason=reason)
    causes, cause = tuple(_causes(error)), cause_of(error)
    if cause is Cause.NAME:
        reason = f"{where}: Name or service not known; our DNS, or a wrong name"
        return Blind(at=now, reason=reason, cause=cause)
    ours = _our_side(causes)
    # Only where no address answered: one that refused us had been reached over our network.
    if ours is not None and cause in (None, Cause.NO_ROUTE):
        reason = f"{where}: no network from here ({ours.strerror})"
        return Blind(at=now, reason=reason, cause=cause)
    return unreachable(now, f"{where}: {clean(_in_words(error, causes, timeout))}", cause)


def cause_of(error: BaseException) -> Cause | None:
    """What ended a call, told by the types of `error` and all that led to it; None for what is
    not known. Where several addresses were tried, one that answered outweighs those that did
    not, and whoever has answered once within a look was there."""
    causes = tuple(_causes(error))
    found = {cause for one in causes if (cause := _kind(one)) is not None}
    cause = next((cause for cause in _WEIGHT if cause in found), None)
    # “No answer” is what own-network detection counts, so a silence after an answer is none.
    return Cause.CLOSED if cause in NO_ANSWER and was_answered() else cause


# An answer first, so that the address that nothing leads to does not speak for the one that does.
_WEIGHT = (
    Cause.UNREADABLE,
    Cause.STATUS,
    Cause.REFUSED,
    Cause.TLS,
    Cause.CLOSED,
    Cause.NAME,
    Cause.TIMEOUT,
    Cause.NO_ROUTE,
)
_NO_ROUTE = frozenset(
    {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
)


# The narrower before the wider: a refused connection is a ConnectionError, too.
_KINDS: tuple[tuple[tuple[type[BaseException], ...], Cause], ...] = (
    ((socket.gaierror,), Cause.NAME),
    ((Unacceptable, UnreadableAnswer), Cause.UNREADABLE),
    ((ssl.SSLError,), Cause.TLS),
    ((ConnectionRefusedError,), Cause.REFUSED),
    ((httpx.RemoteProtocolError, ConnectionError, EOFError), Cause.CLOSED),
    ((httpx.ConnectTimeout, httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError), Cause.TIMEOUT),
)


def _kind(one: BaseException) -> Cause | None:
    if isinstance(one, OSError) and one.errno in _NO_ROUTE:
        return Cause.NO_ROUTE
    return next((cause for types, cause in _KINDS if isinstance(one, types)), None)


def _our_side(causes: tuple[BaseException, ...]) -> OSError | None:
    """The error that says so when no address could be tried for want of something of ours."""
    numbered = [one for one in causes if isinstance(one, OSError) and one.errno is not None]
    ours = bool(numbered) and all(one.errno in _OUR_SIDE for one in numbered)
    return numbered[0] if ours else None


def _in_words(error: Exception, causes: tuple[BaseException, ...], timeout: timedelta) -> str:
    if isinstance(error, Unacceptable):
        return str(error)
    if isinstance(error, UnreadableAnswer):
        return f"a further page is not {error}"
    if isinstance(error, httpx.TimeoutException):
        # The library's own name is what playbooks know: ConnectTimeout, ReadTimeout.
        return f"{type(error).__name__}: no answer within {say_limit(timeout)}"
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or 'handshake'}: {_verify_message(cause)}"
        if isinstance(cause, ConnectionRefusedError):
            return "Connection refused"
    return f"{type(error).__name__}: {error}"


def _verify_message(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {error.verify_message}"
    return str(error.args[-1]) if error.args else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and all that led to it, through causes and exception groups."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        # httpx and anyio wrap what the system said, several addresses in a group of exceptions.
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def refused_status(
    answer: HttpAnswer,
    where: str,
    now: datetime,
    clean: Clean,
    *,
    meaning: str | None = None,
    identified: bool = True,
) -> Observation:
    """The meaning of a status code that the check does not expect, unless it gives a `meaning`
    of its own: `unreachable` or `blind`. `identified` is whether it came with a credential."""
    said = f"{where}: {answer.status} {outside(clean(answer.reason), 60)}".rstrip()
    if meaning == "blind":
        return Blind(at=now, reason=f"the status page cannot be used: {said}", cause=Cause.STATUS)
    challenge = _challenge(answer)
    if meaning is None and (challenge or answer.status in (401, 403)):
        why = _refusal(answer, challenge, identified=identified)
        # The title of the page tells a firewall from a lost right; a 401 says it all by itself.
        page = _beginning(answer, clean) if challenge or answer.status == 403 else ""
        reason = f"{why} ({answer.status}): {said}{f': {page}' if page else ''}"
        return Blind(at=now, reason=reason, cause=Cause.STATUS)
    # Whoever asks us to slow down is there and works: it is our looks that are too many.
    if meaning is None and answer.status == 429:
        after = outside(clean(answer.headers.get("retry-after", "")), 40)
        wait = f"Retry-After: {after}" if after else "no Retry-After given"
        reason = f"we are asked to slow down: {said}, {wait}"
        return Blind(at=now, reason=reason, cause=Cause.STATUS)
    excerpt = _beginning(answer, clean)
    told = excerpt and not _repeats(excerpt, answer)
    return unreachable(now, f"{said}: {excerpt}" if told else said, Cause.STATUS)


def _repeats(excerpt: str, answer: HttpAnswer) -> bool:
    """Whether a page has no word beside the status that was told already."""
    known = {str(answer.status), *_WORDS.findall(answer.reason.casefold())}
    return known.issuperset(_WORDS.findall(excerpt.casefold()))


# What stands before a system and asks whoever calls to prove that they are a browser says so here.
_CHALLENGES = ("cf-mitigated", "x-amzn-waf-action")


def _challenge(answer: HttpAnswer) -> str:
    return next((name for name in _CHALLENGES if answer.headers.get(name)), "")


def _refusal(answer: HttpAnswer, challenge: str, *, identified: bool) -> str:
    if challenge:
        said = outside(answer.headers[challenge], 40)
        return f"a protection before it refuses us ({challenge}: {said})"
    if identified:
        return "the monitoring credential is refused"
    if answer.status == 401 or answer.headers.get("www-authenticate"):
        return "it asks for a credential, and the check has none"
    return "it refuses us and asks for no login"


def unreadable(answer: HttpAnswer, form: str, clean: Clean) -> str:
    """That the body is not of the format `form` (JSON, XML), with how it begins."""
    kind = outside(clean(answer.headers.get("content-type", "no content type")), 60)
    return f"the answer is not {form} ({kind}): {_beginning(answer, clean) or 'empty'}"


def _beginning(answer: HttpAnswer, clean: Clean) -> str:
    words = readable(answer.text(), answer.headers.get("content-type", ""))
    return outside(clean(words), _EXCERPT)
