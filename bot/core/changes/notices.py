"""What is told about changes and releases. `change`, `unannounced` and `release` are numbers and
ids on record: the words are written from the record, so most is not in the notice itself."""

from dataclasses import dataclass

from bot.core.changes.change_request import ChangeState
from bot.core.estate.history import ReleaseStage
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.outbox.notice import Notice, What, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNotice(Notice):
    connection: ConnectionId
    change: int
    reader: PersonId


@notice(What.CHANGE_WANTED, keys={"speaks_for": "seats"})
class ChangeApprovalWanted(ChangeNotice):
    """To whoever approves, or covers for them: may this be changed? `speaks_for` are those whose
    word it is, `again` that they were asked before."""

    speaks_for: tuple[PersonId, ...]
    again: bool = False


@notice(What.CHANGE_STEP)
class ChangeStep(ChangeNotice):
    """To whoever has the next step, which is the one that follows `state`."""

    state: ChangeState
    again: bool = False


@notice(What.CHANGE_NEWS)
class ChangeNews(ChangeNotice):
    """To those who are to know of it, when it is proposed and when it is done."""

    state: ChangeState


@notice(What.CHANGE_QUESTION)
class ChangeQuestion(ChangeNotice):
    """To the proposer: somebody who has to approve asks."""

    asker: PersonId
    question: str


@notice(What.CHANGE_ANSWER)
class ChangeAnswer(ChangeNotice):
    """To whoever asked."""

    by: PersonId
    answer: str


@notice(What.SUSPECTED, keys={"unannounced": "suspicion"})
class UnannouncedSeen(Notice):
    """To the owners: something changed that nobody announced. `others` are asked too."""

    connection: ConnectionId
    name: str
    unannounced: int
    others: tuple[PersonId, ...] = ()


@notice(What.NOT_US, keys={"unannounced": "suspicion"})
class UnannouncedNotOurs(Notice):
    """To whoever guards the estate: its owner `by` says that it was not them."""

    connection: ConnectionId
    name: str
    unannounced: int
    by: PersonId


@notice(What.RELEASE_DUE)
class ReleaseDue(Notice):
    """To the owners of what a release touches, at each of its stages; `more` connections of theirs
    are not listed."""

    release: str
    stage: ReleaseStage
    connections: tuple[ConnectionId, ...]
    more: int = 0
