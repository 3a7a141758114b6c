"""What triage remembers: votes of its rules and lessons."""

from datetime import datetime

from bot.core.estate.lane import Lane
from bot.core.triage.lane_rules import RuleVotes, Vote, judged
from bot.core.triage.lesson import Proposal
from bot.store.codec import columns, record, stamp
from bot.store.table import Numbered, Rows

_LESSONS = Numbered("lessons", Proposal, "incident")


class TriageRows(Rows):
    def save_votes(self, incident: int, votes: tuple[Vote, ...]) -> None:
        """Replace the votes of an incident by these; their judgement is gone."""
        self.change("delete from lane_votes where incident = ?", incident)
        for vote in votes:
            self.insert("lane_votes", {"incident": incident, **columns(vote, "rule", "lane")})

    def votes(self, incident: int) -> tuple[Vote, ...]:
        rows = self.all("select rule, lane from lane_votes where incident = ?", incident)
        return tuple(record(Vote, row) for row in rows)

    def judge_votes(self, incident: int, lane: Lane, by: str, at: datetime) -> None:
        """A person said whose lane it is; a later word takes the place of an earlier one."""
        self.change("delete from rule_marks where incident = ?", incident)
        for rule, good in judged(self.votes(incident), lane).items():
            mark = {"incident": incident, "rule": rule, "good": int(good), "by": by}
            self.insert("rule_marks", {**mark, "at": stamp(at)})

    def rule_votes(self) -> tuple[RuleVotes, ...]:
        """Every rule that was ever judged, the one most often wrong first."""
        rows = self.all(
            "select rule, count(*) as judged, sum(1 - good) as wrong from rule_marks"
            " group by rule order by wrong desc, judged desc, rule"
        )
        return tuple(record(RuleVotes, row) for row in rows)

    def add_proposal(self, proposal: Proposal) -> Proposal:
        return _LESSONS.add(self, proposal)

    def save_proposal(self, proposal: Proposal) -> None:
        _LESSONS.save(self, proposal)

    def proposal(self, number: int) -> Proposal | None:
        return _LESSONS.get(self, number)

    def proposals(self) -> tuple[Proposal, ...]:
        """All of them, oldest first."""
        return _LESSONS.where(self)

    def proposals_of(self, incident: int) -> tuple[Proposal, ...]:
        return _LESSONS.where(self, incident=incident)
