"""Ownership over time, findings with their history, attestations, handovers and rounds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.estate.ledger import Handover, Holding
from bot.core.governance.audit.attestation import Attestation
from bot.core.governance.audit.finding import KnownFinding, Score
from bot.store.codec import Rows, moment, pack, stamp, unpack


class LedgerRows(Rows):
    def open_holdings(self) -> tuple[Holding, ...]:
        rows = self.all("select body from ledger where until is null order by id")
        return tuple(unpack(Holding, row["body"]) for row in rows)

    def holdings_of(self, subject: str) -> tuple[Holding, ...]:
        """Every line of a connection, oldest first."""
        rows = self.all("select body from ledger where subject = ? order by id", subject)
        return tuple(unpack(Holding, row["body"]) for row in rows)

    def begin_holding(self, holding: Holding) -> None:
        self.add(
            "ledger",
            {
                "subject": holding.subject,
                "layer": holding.layer,
                "since": stamp(holding.since),
                "until": None,
                "body": pack(holding),
            },
        )

    def end_holding(self, holding: Holding) -> None:
        """Close the open line of its subject and layer."""
        self.change(
            "update ledger set until = ?, body = ?"
            " where subject = ? and layer = ? and until is null",
            stamp(holding.until) if holding.until else None,
            pack(holding),
            holding.subject,
            holding.layer,
        )

    def open_findings(self) -> Mapping[str, KnownFinding]:
        rows = self.all('select "key", body from findings where gone_at is null')
        return {row["key"]: unpack(KnownFinding, row["body"]) for row in rows}

    def save_finding(self, known: KnownFinding) -> None:
        self.put(
            "findings",
            {
                "key": known.finding.key,
                "gone_at": stamp(known.gone_at) if known.gone_at else None,
                "body": pack(known),
            },
        )

    def save_score(self, score: Score) -> None:
        self.put("audit_scores", {"day": score.day.isoformat(), "body": pack(score)})

    def scores(self, limit: int) -> tuple[Score, ...]:
        """The newest, oldest first."""
        rows = self.all("select body from audit_scores order by day desc limit ?", limit)
        return tuple(unpack(Score, row["body"]) for row in reversed(rows))

    def add_attestation(self, attestation: Attestation) -> None:
        self.add(
            "attestations",
            {
                "round": attestation.round,
                "person": attestation.person,
                "open": 1,
                "body": pack(attestation),
            },
        )

    def save_attestation(self, attestation: Attestation) -> None:
        self.change(
            "update attestations set open = ?, body = ? where id = ?",
            int(attestation.closed_at is None),
            pack(attestation),
            attestation.id,
        )

    def attestation(self, number: int) -> Attestation | None:
        row = self.one("select id, body from attestations where id = ?", number)
        return _attestation(row) if row else None

    def open_attestations(self) -> tuple[Attestation, ...]:
        rows = self.all("select id, body from attestations where open = 1 order by id")
        return tuple(_attestation(row) for row in rows)

    def attestations_of(self, round: str) -> tuple[Attestation, ...]:
        rows = self.all("select id, body from attestations where round = ? order by id", round)
        return tuple(_attestation(row) for row in rows)

    def last_attestation_round(self) -> str | None:
        row = self.one("select max(round) as round from attestations")
        return row["round"] if row else None

    def add_handover(self, handover: Handover) -> Handover:
        number = self.add(
            "handovers",
            {
                "connection": handover.connection,
                "layer": handover.layer,
                "open": 1,
                "body": pack(handover),
            },
        )
        stored = self.handover(number)
        assert stored is not None
        return stored

    def save_handover(self, handover: Handover) -> None:
        self.change(
            "update handovers set open = ?, body = ? where id = ?",
            int(handover.finished_at is None),
            pack(handover),
            handover.id,
        )

    def handover(self, number: int) -> Handover | None:
        row = self.one("select id, body from handovers where id = ?", number)
        return _handover(row) if row else None

    def open_handovers(self) -> tuple[Handover, ...]:
        rows = self.all("select id, body from handovers where open = 1 order by id")
        return tuple(_handover(row) for row in rows)

    def round_due(self, name: str) -> datetime | None:
        """When a standing round is due next; None before its first."""
        row = self.one("select due_at from rounds where name = ?", name)
        return moment(row["due_at"]) if row else None

    def set_round(self, name: str, due: datetime) -> None:
        self.put("rounds", {"name": name, "due_at": stamp(due)})


def _attestation(row: Mapping[str, object]) -> Attestation:
    return replace(unpack(Attestation, str(row["body"])), id=int(str(row["id"])))


def _handover(row: Mapping[str, object]) -> Handover:
    return replace(unpack(Handover, str(row["body"])), id=int(str(row["id"])))
