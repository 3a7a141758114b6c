"""Who covers for whom, and who is away."""

from bot.core.people.presence import Absence, Cover
from bot.store.table import Numbered, Rows, Table

_COVERS = Numbered("covers", Cover, "person", "until", "ended_at")
_ABSENCES = Table("absences", Absence, ("person",))


class PeopleRows(Rows):
    def add_cover(self, cover: Cover) -> Cover:
        return _COVERS.add(self, cover)

    def save_cover(self, cover: Cover) -> None:
        _COVERS.save(self, cover)

    def cover(self, number: int) -> Cover | None:
        return _COVERS.get(self, number)

    def covers(self) -> tuple[Cover, ...]:
        """Those not ended, oldest first, also when their time has come."""
        return _COVERS.where(self, ended_at=None)

    def save_absence(self, absence: Absence) -> None:
        """One per person: a newer one replaces it."""
        _ABSENCES.save(self, absence)

    def end_absence(self, person: str) -> None:
        _ABSENCES.drop(self, person)

    def absences(self) -> tuple[Absence, ...]:
        return _ABSENCES.where(self)
