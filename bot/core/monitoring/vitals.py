"""One thing that the bot needs to do its work, and how it is with it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`wrong` says what is wrong, empty when nothing is; `unknown` why that cannot be said, empty
    when it can; `since` when either was first noticed; `todo` what a person can do about it;
    `age_s` how many seconds ago it last showed that it works, None where that cannot be said;
    `outside` that it lies outside the process, so that a new start mends nothing; `needed` that
    nothing counts as ready before this is known."""

    name: str
    wrong: str = ""
    unknown: str = ""
    since: datetime | None = None
    todo: str = ""
    age_s: float | None = None
    outside: bool = False
    needed: bool = True

    @property
    def fine(self) -> bool:
        """Whether the part works, or nothing has to wait until that is known."""
        return not self.wrong and not (self.unknown and self.needed)
