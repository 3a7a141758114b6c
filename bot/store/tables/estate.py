"""Ownership over time, and handovers."""

from bot.core.estate.ledger import Handover, Holding
from bot.store.codec import pack, plain
from bot.store.table import Numbered, Rows, Table

_LEDGER = Table("ledger", Holding, (), "subject", "layer", "since", "until")
_HANDOVERS = Numbered(
    "handovers", Handover, "connection", "layer", open=lambda one: one.finished_at is None
)


class EstateRows(Rows):
    def open_holdings(self) -> tuple[Holding, ...]:
        return _LEDGER.where(self, order="id", until=None)

    def holdings_of(self, subject: str) -> tuple[Holding, ...]:
        """Every line of a connection, oldest first."""
        return _LEDGER.where(self, order="id", subject=subject)

    def begin_holding(self, holding: Holding) -> None:
        self.insert("ledger", _LEDGER.row(holding, until=None))

    def end_holding(self, holding: Holding) -> None:
        """Close the open line of its subject and layer."""
        self.change(
            "update ledger set until = ?, body = ?"
            " where subject = ? and layer = ? and until is null",
            plain(holding.until),
            pack(holding),
            holding.subject,
            holding.layer,
        )

    def add_handover(self, handover: Handover) -> Handover:
        return _HANDOVERS.add(self, handover)

    def save_handover(self, handover: Handover) -> None:
        _HANDOVERS.save(self, handover)

    def handover(self, number: int) -> Handover | None:
        return _HANDOVERS.get(self, number)

    def open_handovers(self) -> tuple[Handover, ...]:
        return _HANDOVERS.where(self, open=True)
