"""What a call that did not simply succeed means: the far end is broken, or we are blind.

Blind: the name does not resolve, there is no network, our monitoring credential is refused, we
ask too often. Everything else was seen: `reachable` is false and the error says what happened.
"""

import errno
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx

from bot.checks.documents import Unreadable
from bot.checks.fetch import Answer, Unacceptable
from bot.checks.readable import readable
from bot.core.signals import Blind, Observation, Reading, Signal
from bot.core.text import outside
from bot.core.units import say_duration

_OUR_SIDE = frozenset(
    {errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE}
)
_EXCERPT = 160


Clean = Callable[[str], str]


def unreachable(now: datetime, error: str) -> Reading:
    """The far end is broken, and this is how it showed."""
    return Reading(at=now, signals={Signal.REACHABLE: False}, error=outside(error))


def failed_call(
    error: Exception, where: str, timeout: timedelta, now: datetime, clean: Clean = str
) -> Observation:
    """The meaning of an exception that ended a call to `where`, given `timeout` in all."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Blind(at=now, reason=f"{where}: Name or service not known; our DNS, or a wrong name")
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in _OUR_SIDE:
            return Blind(at=now, reason=f"{where}: no network from here ({cause.strerror})")
    return unreachable(now, f"{where}: {clean(_in_words(error, causes, timeout))}")


def _in_words(error: Exception, causes: tuple[BaseException, ...], timeout: timedelta) -> str:
    if isinstance(error, Unacceptable):
        return str(error)
    if isinstance(error, Unreadable):
        return f"a further page is not {error}"
    if isinstance(error, httpx.TimeoutException):
        # The library's own name is what playbooks know: ConnectTimeout, ReadTimeout.
        return f"{type(error).__name__}: no answer within {say_duration(timeout)}"
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
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def refused_status(
    answer: Answer, where: str, now: datetime, clean: Clean, *, meaning: str | None = None
) -> Observation:
    """The meaning of a status code that the check does not expect, unless it gives a `meaning`
    of its own: `unreachable` or `blind`."""
    said = f"{where}: {answer.status} {outside(clean(answer.reason), 60)}".rstrip()
    if meaning == "blind":
        return Blind(at=now, reason=f"the status page cannot be used: {said}")
    if meaning is None and answer.status in (401, 403):
        return Blind(
            at=now, reason=f"the monitoring credential is refused ({answer.status}): {said}"
        )
    if meaning is None and answer.status == 429:
        after = outside(clean(answer.headers.get("retry-after", "")), 40)
        wait = f"Retry-After: {after}" if after else "no Retry-After given"
        return Blind(at=now, reason=f"we are asked to slow down: {said}, {wait}")
    excerpt = _beginning(answer, clean)
    return unreachable(now, f"{said}: {excerpt}" if excerpt else said)


def unreadable(answer: Answer, form: str, clean: Clean) -> str:
    """That the body is not of the format `form` (JSON, XML), with how it begins."""
    kind = outside(clean(answer.headers.get("content-type", "no content type")), 60)
    return f"the answer is not {form} ({kind}): {_beginning(answer, clean) or 'empty'}"


def _beginning(answer: Answer, clean: Clean) -> str:
    words = readable(answer.text(), answer.headers.get("content-type", ""))
    return outside(clean(words), _EXCERPT)
