"""What stands beside a good word and says that something failed: by kinds of fields, in any
spelling of their names (`exitCode`, `exit_code`, `EXIT-CODE`).

Rule of this file: a field is known by its whole name, and what it holds counts unless it says that
there is nothing.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.core.monitoring.heartbeat import PingKind
from bot.core.monitoring.webhooks.fields import Body, word_of
from bot.core.monitoring.webhooks.status_words import FAILS, WORDS, set_of

_UNITS = (
    r"(?:counts?|counter|number|num|nr|no|of|total|totals|records?|rows?|items?|documents?|docs"
    r"|messages?|orders?|lines?|entries|entry|files?|jobs?|runs?|steps?|tests?|checks?|objects?"
    r"|transactions?|invoices?|deliveries|events?|requests?|tasks?)"
)
_TROUBLE = r"(?:failed|failures?|fails?|errors?|errored|rejected|rejects|rejections|exceptions?)"
_TOLD = r"(?:messages?|msg|texts?|descriptions?|codes?|details?|reason|info|list)"
_GOOD = r"(?:ok|up|healthy|success|successful|succeeded|passed)"
_OUTCOME = r"(?:result|outcome|conclusion|verdict)"
_NOTHING = frozenset({"none", "null", "nil", "no", "false", "n/a", "na", "-", "no error"}) | {
    "no errors"
}
# `0`, `0.0`, `0 of 200`, `0 records`.
_ZERO = re.compile(r"0+(?:[.,]0+)?(?:\s*(?:of|/)\s*\d{1,12})?(?:\s*[a-z]+)?", re.ASCII)
_HTTP_ERROR = re.compile(r"[45]\d\d(?!\d).*", re.ASCII | re.DOTALL)
_FALSE, _TRUE = frozenset({"false", "0", "no"}), frozenset({"true", "1", "yes"})
# In the name of a result they say that not all of it is good: `startup_failure`.
_BAD_PARTS = FAILS | set_of(
    "failures errors rejected partial partially exception fatal faulted terminated unsuccessful"
    " unsuccessfully"
)
_DENIED = set_of("no not never without zero 0")
# Whose fields say how it went just as those of the message itself.
_PARTS = set_of(
    "result results outcome summary stats statistics counts totals metrics data details run job"
    " execution response"
)


def _nothing(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_nothing(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return all(_nothing(one) for one in value)
    said = _plain(value)
    known = WORDS.get(word_of(said)) is PingKind.SUCCESS
    return not said or said in _NOTHING or known or _ZERO.fullmatch(said) is not None


def _plain(value: Any) -> str:
    return "" if value is None else str(value).strip().casefold()


def _is_something(value: Any) -> bool:
    return not _nothing(value)


def _says_bad(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    word = word_of(value)
    parts = set(word.split("_"))
    # “not_failed” and “0_errors” hold a bad word and say something good.
    return word in _BAD_PARTS or (bool(parts & _BAD_PARTS) and not parts & _DENIED)


def _is_http_error(value: Any) -> bool:
    return _HTTP_ERROR.fullmatch(_plain(value)) is not None or _says_bad(value)


# A kind of field: its name without signs and capitals, and which of its values tell of a failure.
_KINDS: tuple[tuple[re.Pattern[str], Callable[[Any], bool]], ...] = tuple(
    (re.compile(name), bad)
    for name, bad in (
        (rf"{_UNITS}*{_TROUBLE}{_UNITS}*", _is_something),
        (rf"(?:error|failure|exception|fault){_TOLD}|fault|faultstring", _is_something),
        (r"(?:process)?exit(?:code|status|value)|ret(?:urn)?code|rc|errorlevel", _is_something),
        (
            r"(?:http|response|httpresponse)?statuscode|http(?:status|code)"
            r"|(?:http)?response(?:code|status)",
            _is_http_error,
        ),
        (rf"(?:final|overall|job|run|task|sync|test|build)?{_OUTCOME}s?", _says_bad),
        (
            r"(?:final|overall|job|run|task|sync|event|trigger)?(?:status|state)"
            r"|(?:service|host)(?:short)?state|newstatevalue|alerttransition|notificationtype",
            lambda value: isinstance(value, str) and word_of(value) in FAILS,
        ),
        (rf"(?:is|was|all)?{_GOOD}", lambda value: _plain(value) in _FALSE),
        (
            r"(?:has|is|was|with)(?:failed|failures?|errors?)|(?:is|was|has)?(?:timedout|aborted"
            r"|cancell?ed|crashed|down)",
            lambda value: _plain(value) in _TRUE,
        ),
    )
)


def complains(body: Body) -> bool:
    """Whether a field of the message, or of the part of it that tells how it went, speaks of a
    failure."""
    inside = [
        part for name, part in body.items() if _bare(name) in _PARTS and isinstance(part, Mapping)
    ]
    return any(_complaint(name, value) for one in (body, *inside) for name, value in one.items())


def _complaint(name: Any, value: Any) -> bool:
    said = _bare(name)
    return any(form.fullmatch(said) and bad(value) for form, bad in _KINDS)


def _bare(name: Any) -> str:
    # No name of a field that we know is longer.
    return re.sub(r"[\W_]+", "", str(name)[:60]).casefold()
