"""Text that may leave the company: without credentials, addresses of people and account numbers.

Hiding too much is the smaller mistake. Record ids and error codes stay, since the reader needs
them to find the record on their side.

Text that is never shown.
"""

import re
from collections.abc import Iterable
from typing import Self

HIDDEN = "[hidden]"

# Told by how they begin, whatever stands around them: the estate file may not hold one either.
TOKENS = {
    "a Shopify token": r"\bshp(?:at|ca|pa|ss|ua)_[A-Za-z0-9]{8}[\w-]*",
    "a Stripe key": r"\b(?:sk|rk)_(?:live|test)_?[A-Za-z0-9]{4}[\w-]*|\bwhsec_[A-Za-z0-9+/=]{8,}",
    "a Slack token": r"\bxox[a-z]-[A-Za-z0-9-]{6,}|\bxapp-\d-[A-Za-z0-9-]{6,}",
    "a GitHub token": r"\b(?:gh[opsur]_|github_pat_)[A-Za-z0-9_]{16,}",
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a signed token": r"\beyJ[\w-]{6,600}\.[\w-]{4,}(?:\.[\w-]*)?",
}

_NAMED = (
    re.compile(r"\b(bearer|basic|token)\s+[\w.~+/=-]{8,}", re.IGNORECASE),
    rf"\1 {HIDDEN}",
)
# Of two that could match, the one further up wins.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [^-]{1,60}-----.{0,4000}?(?:-----END|$)", re.DOTALL), HIDDEN),
    _NAMED,
    (
        re.compile(
            r"\b((?:[\w-]{0,40}[_-])?(?:pass(?:word|wd)?|secret|token|api[_-]?key|apikey|signature"
            r"|sig|authorization|credential|access[_-]?key|client[_-]?secret|auth[_-]?code))"
            r"(\"?'?\s{0,3}[=:]\s{0,3}\"?'?)(?!\[hidden\])[^\s\"'&,;<>]{3,}",
            re.IGNORECASE,
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"://[^/\s:@]{1,80}:[^/\s@]{1,200}@"), f"://{HIDDEN}@"),
    (re.compile("|".join(TOKENS.values())), HIDDEN),
    (re.compile(r"\b(?:xox[abprs]|xapp|sk|pk|rk|ghp|gho|shpat|shpss|AKIA)[_-]?[\w-]{12,}"), HIDDEN),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"), HIDDEN),
    # Numbers of bank accounts (IBAN), of cards and accounts, and of telephones, in this order.
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"), HIDDEN),
    (re.compile(r"(?<![\w-])(?:\d[ -]?){13,19}(?![\w-])"), HIDDEN),
    (re.compile(r"(?<!\w)\+\d[\d ()-]{7,16}\d(?!\w)"), HIDDEN),
    # Long and random-looking: letters and digits mixed, longer than ids that people handle.
    # It is tried once for each run of such letters: at every word in it would be quadratic.
    (
        re.compile(
            r"(?<![A-Za-z0-9+/_-])(?=[A-Za-z+/_-]*[0-9])(?=[0-9+/_-]*[A-Za-z])"
            r"[A-Za-z0-9+/_-]{40,}={0,2}"
        ),
        HIDDEN,
    ),
)


# In a text of our own "token handling" is prose; a token has a digit, or a capital inside.
_IN_PROSE = (
    re.compile(r"\b((?i:bearer|basic|token))\s+(?=[\w.~+/=-]*(?:\d|[a-z][A-Z]))[\w.~+/=-]{8,}"),
    rf"\1 {HIDDEN}",
)
_OURS = tuple(_IN_PROSE if one is _NAMED else one for one in _PATTERNS)


def redact(text: str, *, ours: bool = False) -> str:
    """`text` with everything hidden that looks like a secret or a person's data. `ours` is what the
    catalogue and the runbooks say, where the word after "token" is a word."""
    for pattern, instead in _OURS if ours else _PATTERNS:
        text = pattern.sub(instead, text)
    return text


class Secret(str):
    """Text from the environment or a secret file. Printing and formatting it shows `***`;
    use as text (encode, compare, search) works on the real characters. `parts` are the values
    from outside that it was put together of: each is as secret as the whole."""

    __slots__ = ("parts",)
    parts: tuple[str, ...]

    def __new__(cls, text: str, parts: Iterable[str] = ()) -> Self:
        # str() of a Secret is ***: one made from another keeps the characters.
        made = super().__new__(cls, str.__str__(text))
        known = (str.__str__(part) for part in (*getattr(text, "parts", ()), *parts))
        made.parts = tuple(dict.fromkeys(known))
        return made

    def reveal(self) -> str:
        """The characters themselves, as an ordinary str: for the request that needs them."""
        return str.__str__(self)

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"
