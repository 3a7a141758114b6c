"""The one family of errors whose message a user may read.

Everything else that is raised is our own fault and reaches users only as a reference number.
"""


class BotError(Exception):
    """An answer to the user's own request; `str(error)` is written for that user."""


class NotFound(BotError):
    """The thing that was named does not exist; the message says what is nearest."""


class NotAllowed(BotError):
    """The person may not do this; the message says who may."""


class Invalid(BotError):
    """The request cannot be understood as given; the message says what was expected."""


class Refused(BotError):
    """The request is well-formed but illegal in the present state; nothing was changed."""
