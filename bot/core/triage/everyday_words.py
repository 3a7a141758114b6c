"""Words that any program uses for trouble, whichever system speaks.

Rule of this file: a word stands here when it tells of no system. What one system's entry knows
only by such words says nothing about that system, unless it is known that it spoke.
"""

import re

_LISTED = """
    a an and any another are as at be been being by can can't cannot could did do does doesn't
    for from had has have in into is isn't it its may must no not of off on or out should that
    the there this to too was wasn't were while will with without you your

    abort aborted abandoned already available bad blocked broken busy cancelled canceled changed
    closed conflict corrupt crashed created defined deleted delivered denied disabled determine
    down duplicate duplicates empty enabled error errors exceeded exceeds exception exceptions
    exist existing exists expired fail failed failing fails failure failures fatal find
    forbidden found full happened held inactive active incomplete incorrect insufficient
    internal invalid left loaded locked lost mapped maximum minimum missing multiple null
    occurred offline open opened outage overdue pending paused process processed queued raised
    reached received refused rejected required reset running sent skipped started stopped stuck
    supported suspended terminated timed time timeout unable unauthorized unavailable unexpected
    unknown unreachable unsupported updated valid violation wait waiting warning wrong

    access account action address amount api app approval assertion authentication authorization
    authorisation batch body call certificate client code company connect connection content
    currency customer data date document documents email entity execution field fields file
    files format gateway header host id input invoice invoices item items job key length limit
    line list load location lock login lookup map mapping message messages method name negative
    network node number object operation order orders page parameter parse partner password path
    payload payment payments period permission port posting price process product program
    property quantity query queue quota rate read receiver record records reference request
    requests resource response retry role row run runtime schema script sender server service
    session signature size sku source status step stock sub supplier sync syntax system table
    target task tax token total transaction translation type update upload upstream url user
    username validation value values vat vendor version warehouse write
"""
_WORDS = frozenset(_LISTED.split())
_GIVEN = re.compile(r"\"[^\"]{0,80}\"|'[^']{0,80}'|[^\s\"'(),;:=]{0,60}\d[^\s\"'(),;:=]{0,60}")
_NUMBER = re.compile(r"\d{2,}")
_NUMBERED = re.compile(r"(?<![\w.-])[A-Za-z]{1,3}\d{2,}(?![\w-])")  # a code such as F5201
_REPETITION = re.compile(r"\{\d*,?\d*\}")
_CODE = re.compile(r"[a-z]{1,30}(?:_[a-z]{1,30}){1,8}")
_WORD = re.compile(r"[a-z]+(?:'t)?")
_LINKS = frozenset(
    {"a", "already", "be", "been", "by", "in", "is", "not", "of", "on", "or", "the", "to"}
)
_COINED = 3  # words in a code such as UNABLE_TO_LOCK_ROW, which somebody must have made up


def everyday(told: str, pattern: str) -> bool:
    """Whether `told`, what a pattern fitted, holds only everybody's words, beside quoted values and
    numbers that the pattern does not name."""
    lowered = told.lower()
    if _NUMBERED.search(told) or _names_a_number(lowered, pattern):
        return False
    if any(len(set(code.split("_")) - _LINKS) >= _COINED for code in _CODE.findall(lowered)):
        return False
    words = _WORD.findall(_GIVEN.sub(" ", lowered)) or _WORD.findall(lowered)
    return all(word in _WORDS for word in words)


def _names_a_number(told: str, pattern: str) -> bool:
    named = set(_NUMBER.findall(_REPETITION.sub(" ", pattern)))
    return not named.isdisjoint(_NUMBER.findall(told))
