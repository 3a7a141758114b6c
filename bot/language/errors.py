"""The one family of errors whose message a user may read.

Everything else that is raised is our own fault and reaches users only as a reference number.

What is wrong, or in doubt, with settings that somebody wrote, and in which part of them.
"""

from dataclasses import dataclass


class BotError(Exception):
    """An answer to the user's own request; `str(error)` is written for that user. `field` names
    the field of a form that it is about; empty for all of it."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotFound(BotError):
    """The thing that was named does not exist; the message says what is nearest."""


class NotAllowed(BotError):
    """The person may not do this; the message says who may."""


class Invalid(BotError):
    """The request cannot be understood as given; the message says what was expected."""


class Refused(BotError):
    """The request is well-formed but illegal in the present state; nothing was changed."""


class CannotStore(BotError):
    """Nothing can be stored now; nothing was changed. Whoever meets this error need not log it: it
    is told of in one place, with what to do."""


class Unsure(BotError):
    """It can be done, and is worth a second look: `str(error)` is the question, in marks. `deed`
    of incident `number`, with `words`, is done when they press the button called `label` while
    `mark`, of what was asked about, is still the same."""

    def __init__(
        self, question: str, *, deed: str, number: int, mark: str, label: str, words: str = ""
    ) -> None:
        super().__init__(question)
        self.deed, self.number, self.mark = deed, number, mark
        self.words, self.label = words, label


Place = tuple[str | int, ...]  # keys and places in lists, below whatever is looked at


class Mistake(ValueError):
    """A setting that can never work: `at` is where it stands, and `hint` what to write instead."""

    def __init__(self, message: str, *at: str | int, hint: str = "") -> None:
        super().__init__(message)
        self.at, self.hint = at, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A setting that works, and is hardly meant."""

    at: Place
    message: str
    hint: str = ""
