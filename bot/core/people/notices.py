"""What is told about covers."""

from datetime import datetime

from bot.core.estate.ids import PersonId
from bot.core.outbox.notice import Notice, What, notice


@notice(What.COVER_BEGINS)
class CoverBegins(Notice):
    """To both people; `by` stands in for `person`."""

    person: PersonId
    by: PersonId
    until: datetime | None = None
    entered_by: PersonId | None = None
    reader: PersonId


@notice(What.COVER_ENDS)
class CoverEnds(Notice):
    """To both people; `entered_by` ended it."""

    person: PersonId
    by: PersonId
    until: datetime | None = None
    entered_by: PersonId | None = None
    reader: PersonId


@notice(What.COVER_ASKED)
class CoverAsked(Notice):
    """To whoever is away and their manager: may somebody stand in, as they say themselves?"""


@notice(What.COVER_DECLINED)
class CoverDeclined(Notice):
    """To whoever wanted to stand in for `person`: `entered_by` said no."""

    person: PersonId
    entered_by: PersonId
