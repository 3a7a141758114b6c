"""Findings with their history, scores, attestations, schedule and steps about credentials."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.governance.audit.attestation import Attestation
from bot.core.governance.audit.finding import KnownFinding, Score
from bot.core.governance.credential_expiry import CredentialWatch
from bot.store.codec import moment_if_any, stamp
from bot.store.table import Numbered, Rows, Table

_FINDINGS = Table(
    "findings", KnownFinding, ("key",), "gone_at", key=lambda known: known.finding.key
)
_SCORES = Table("audit_scores", Score, ("day",))
_ATTESTATIONS = Numbered(
    "attestations", Attestation, "round", "person", open=lambda one: one.closed_at is None
)
_CREDENTIALS = Table("credential_watches", CredentialWatch, ("key",))


class GovernanceRows(Rows):
    def open_findings(self) -> Mapping[str, KnownFinding]:
        return {known.finding.key: known for known in _FINDINGS.where(self, gone_at=None)}

    def save_finding(self, known: KnownFinding) -> None:
        _FINDINGS.save(self, known)

    def save_score(self, score: Score) -> None:
        _SCORES.save(self, score)

    def scores(self, limit: int) -> tuple[Score, ...]:
        """The newest, oldest first."""
        return _SCORES.select(self, "order by day desc limit ?", limit)[::-1]

    def add_attestation(self, attestation: Attestation) -> None:
        _ATTESTATIONS.add(self, attestation)

    def save_attestation(self, attestation: Attestation) -> None:
        _ATTESTATIONS.save(self, attestation)

    def attestation(self, number: int) -> Attestation | None:
        return _ATTESTATIONS.get(self, number)

    def open_attestations(self) -> tuple[Attestation, ...]:
        return _ATTESTATIONS.where(self, open=True)

    def attestations_of(self, round: str) -> tuple[Attestation, ...]:
        return _ATTESTATIONS.where(self, round=round)

    def last_attestation(self) -> str | None:
        return self.text("select max(round) as round from attestations")

    def scheduled(self, name: str) -> datetime | None:
        """When what recurs under this name is due next; None before its first time."""
        return moment_if_any(self.text("select due_at from rounds where name = ?", name))

    def schedule(self, name: str, due: datetime) -> None:
        self.put("rounds", {"name": name, "due_at": stamp(due)}, "name")

    def credential_watch(self, key: str) -> CredentialWatch | None:
        return _CREDENTIALS.get(self, key)

    def credential_watches(self) -> tuple[CredentialWatch, ...]:
        return _CREDENTIALS.where(self)

    def save_credential_watch(self, watch: CredentialWatch) -> None:
        _CREDENTIALS.save(self, watch)
