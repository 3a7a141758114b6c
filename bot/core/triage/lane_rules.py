"""The rules that argue for a lane, by stable id, and how often people found each one wrong.

Rule of this file: what is counted here is shown to people and changes no weight by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.estate.lane import Lane

RuleId = str

# Kept with incidents and counted over them: an id is never given to another rule.
CREDENTIAL: RuleId = "credential-expired"
STATUS_PAGE: RuleId = "status-page"
SWITCHED_OFF: RuleId = "switched-off"
SILENT_BRIDGE: RuleId = "silent-bridge"
NETWORK: RuleId = "several-systems"
OTHER_MAKERS: RuleId = "others-on-system"
QUOTA: RuleId = "shared-quota"
ALONE: RuleId = "only-this-one"
SAME_CREDENTIAL: RuleId = "same-credential"
SAME_VENDOR: RuleId = "same-vendor"
MAKER_RELEASE: RuleId = "maker-release"
RELEASE: RuleId = "release"
CHANGE: RuleId = "change"
ONE_TEXT: RuleId = "one-text"
MANY_TEXTS: RuleId = "many-texts"
OWNER_LEFT: RuleId = "owner-left"
AWAITED: RuleId = "file-awaited"
OTHERS_RUN: RuleId = "others-pass"
RENEWAL: RuleId = "renewal"
PLATFORM: RuleId = "whole-platform"
ELSEWHERE: RuleId = "others-elsewhere"
REGISTER: RuleId = "register-doubted"

WORDS: Mapping[RuleId, str] = {
    CREDENTIAL: "a credential is past its date",
    STATUS_PAGE: "the system's status page is red",
    SWITCHED_OFF: "the schedule or recipe is switched off",
    SILENT_BRIDGE: "the bridge gives no sign of life",
    NETWORK: "connections to several systems fail at once",
    OTHER_MAKERS: "connections by other makers on the same system fail too",
    QUOTA: "connections that share a quota are throttled together",
    ALONE: "only this connection on the system fails",
    SAME_CREDENTIAL: "connections with the same credential fail too",
    SAME_VENDOR: "connections by the same vendor fail too",
    MAKER_RELEASE: "the connector's maker released shortly before",
    RELEASE: "a system at one end was updated shortly before",
    CHANGE: "somebody changed the connection",
    ONE_TEXT: "all failed records carry one text",
    MANY_TEXTS: "the failed records carry many texts",
    OWNER_LEFT: "a refused login belongs to somebody who left",
    AWAITED: "a party's server answers, and what they owe has not come",
    OTHERS_RUN: "other records pass",
    RENEWAL: "a credential was renewed shortly before",
    PLATFORM: "flows to different systems on one platform fail",
    ELSEWHERE: "connections at one end fail while others there work",
    REGISTER: "the register of credentials says otherwise than the error",
}

_ENTRY = "playbook:"
ENOUGH = 4  # judgements, before a rule is called doubtful


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One rule argued for one lane."""

    rule: RuleId
    lane: Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVotes:
    """How a rule fared: in `judged` incidents a person named the lane, in `wrong` of them it had
    argued for other lanes only."""

    rule: RuleId
    judged: int
    wrong: int

    @property
    def doubtful(self) -> bool:
        return self.judged >= ENOUGH and self.wrong * 2 > self.judged

    @property
    def words(self) -> str:
        """`wrong 4 of 9 times`."""
        times = "time" if self.judged == 1 else "times"
        return f"wrong {self.wrong} of {self.judged} {times}"


def of_entry(entry: str) -> RuleId:
    """The rule that a playbook entry is, when it fits an error text."""
    return f"{_ENTRY}{entry}"


def words_of(rule: RuleId) -> str:
    """What the rule goes by, in words; its id for one that this version no longer has."""
    if rule.startswith(_ENTRY):
        return f"the error text fits the playbook entry {rule.removeprefix(_ENTRY)}"
    return WORDS.get(rule, rule)


def judged(votes: Iterable[Vote], lane: Lane) -> Mapping[RuleId, bool]:
    """Whether each rule was right, now that a person says `lane`. A rule that argued for several
    lanes is right when one of them was."""
    found: dict[RuleId, bool] = {}
    for vote in votes:
        found[vote.rule] = found.get(vote.rule, False) or vote.lane is lane
    return found


def doubts(
    votes: Iterable[Vote], lane: Lane | None, tallies: Iterable[RuleVotes]
) -> tuple[str, ...]:
    """A sentence for each doubtful rule that argues for `lane`; empty when there is none."""
    arguing = {vote.rule for vote in votes if vote.lane is lane}
    return tuple(
        f"The rule “{words_of(tally.rule)}” was {tally.words}."
        for tally in tallies
        if tally.rule in arguing and tally.doubtful
    )
