"""What is told when an incident runs again, fails again, ends, or turns out to be another one's."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.monitoring.flapping import TurnsTold
from bot.core.outbox.notice import Notice, PersonalNotice, What, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ComesAndGoes(Notice):
    """With how often it did: `falls` times since then, `share` of the time down, and which of its
    connections. Zero times is not at all."""

    falls: int = 0
    since: datetime | None = None
    share: str = ""
    names: tuple[str, ...] = ()

    @property
    def turns(self) -> TurnsTold | None:
        if self.since is None or not self.falls:
            return None
        return TurnsTold(falls=self.falls, since=self.since, share=self.share, names=self.names)

    def after(self, turns: TurnsTold | None) -> Self:
        """The same of something that came and went so often; None where it did not."""
        if turns is None:
            return self
        return replace(
            self, falls=turns.falls, since=turns.since, share=turns.share, names=turns.names
        )


@notice(What.RECOVERED)
class Recovered(ComesAndGoes):
    """In the channel: `asked` have to confirm the data. `seen` is what the checks see, in marks."""

    asked: tuple[PersonId, ...]
    seen: str


@notice(What.RELAPSED, keys={"escalates": "climbs"})
class Relapsed(ComesAndGoes):
    """In the channel, and to each `reader` whose turn it is. Of several connections it is `parts`
    that fail again. `escalates`: the ladder goes on at once, since `last` were pinged or from
    `pinged` on."""

    holder: PersonId | None
    escalates: bool
    parts: tuple[ConnectionId, ...] = ()
    pinged: tuple[PersonId, ...] = ()
    last: tuple[PersonId, ...] = ()
    reader: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfData(Notice):
    """To `person`, who judges it."""

    person: PersonId


@notice(What.CONFIRM_DATA)
class ConfirmData(OfData):
    """Once for an incident: is it right?"""


@notice(What.CONFIRM_NUDGE)
class ConfirmReminder(OfData):
    """In the thread of that question: it waits for an answer."""


@notice(What.DATA_AFTER_END)
class DataAfterEnd(OfData):
    """A person resolved the incident: is it right?"""


@notice(What.DATA_CONFIRMED)
class DataConfirmed(Notice):
    """In the channel: it is resolved, or was so before and `asked` have still to speak. `failing`
    is in marks."""

    by: PersonId
    how: str = ""
    failing: tuple[str, ...] = ()
    asked: tuple[PersonId, ...]
    after_end: bool = False
    part: str = ""


@notice(What.DATA_WRONG)
class DataWrong(Notice):
    """In the channel, and to whoever has it or was pinged last. `again`: it is open once more, and
    `pinged` hear of it."""

    by: PersonId
    why: str
    part: str
    again: bool
    holder: PersonId | None
    pinged: tuple[PersonId, ...] = ()


@notice(What.RESOLVED)
class Resolved(Notice):
    """In the channel: `asked` have to say whether the data is right. `failing` is in marks."""

    by: PersonId
    how: str
    failing: tuple[str, ...]
    asked: tuple[PersonId, ...]


@notice(What.REVIEW_WANTED)
class ReviewWanted(PersonalNotice):
    """To whoever had it, for the time `asked`; or to a manager `of` whom it was asked in vain."""

    asked: int
    of: PersonId | None


@notice(What.REVIEWED)
class Reviewed(Notice):
    """In the channel."""

    by: PersonId
    cause: str
    helped: str
    follow_ups: str


@notice(What.MERGED)
class MergedAway(Notice):
    """In the channel that falls quiet: where it goes on. Without `by` for a shared `cause`."""

    by: PersonId | None
    into: int
    channel: str | None
    cause: str = ""
    holder: PersonId | None = None


@notice(What.JOINED)
class Joined(Notice):
    """In the other channel: which incident came, and who had it."""

    by: PersonId | None
    number: int
    title: str
    cause: str = ""
    holder: PersonId | None


@notice(What.SPLIT)
class OnItsOwn(Notice):
    """In the channel of a child that is on its own again."""

    by: PersonId | None
    whole: int | None
    pinged: tuple[PersonId, ...] = ()


@notice(What.SPLIT_OFF)
class SplitOff(Notice):
    """In the channel of the parent. `by` split one `part`, which is `number` now; or several
    `left`, each to its incident if it has one, since they `still` fail while the others run."""

    by: PersonId | None
    part: str = ""
    number: int | None = None
    left: tuple[tuple[ConnectionId, int | None], ...] = ()
    still: bool = False


@notice(What.REOPENED)
class Reopened(Notice):
    """In the channel, by a person's word or since it fails in the same way; and to each `reader`
    who judges its data and is not pinged."""

    by: PersonId | None = None
    why: str = ""
    resolved_at: datetime | None = None
    never_stopped: bool = False
    pinged: tuple[PersonId, ...] = ()
    reader: PersonId | None = None


@notice(What.REOPEN_WANTED)
class ReopenWanted(PersonalNotice):
    """To an owner: somebody else sees that it is not over."""

    by: PersonId
    why: str
