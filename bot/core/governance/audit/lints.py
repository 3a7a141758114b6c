"""What the audit looks for, in one table: whom a finding goes to, how soon, why it matters, and
what to do. The facts are seen by the functions of `lints_*`.

Accepted findings are listed in this order; open ones are sorted.
"""

from functools import partial

from bot.core.estate.catalogue import Connection, Identity
from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Layer
from bot.core.governance.audit import lints_ownership as estate
from bot.core.governance.audit import lints_ownership as ownership
from bot.core.governance.audit import lints_running as changes
from bot.core.governance.audit import lints_running as running
from bot.core.governance.audit.finding import FindingWeight, Lint, Recipient
from bot.core.governance.audit.situation import Situation, listed

URGENT, IMPORTANT, MINOR = FindingWeight.URGENT, FindingWeight.IMPORTANT, FindingWeight.MINOR
BY_CRITICALITY = None
DOMAINS = ("customer", "product", "pricing", "contract", "invoice", "payment", "revenue")


def _owner(*layers: Layer) -> Recipient:
    """The person of the hit while they are here, else the owner of the first of `layers` that has
    one, else the architecture owner of the estate."""

    def told(
        situation: Situation, connection: Connection | None, person: PersonId | None
    ) -> PersonId | None:
        here = situation.present(person)
        return person if here else situation.reachable_owner(connection, *layers)

    return told


def _themselves(_: Situation, __: Connection | None, person: PersonId | None) -> PersonId | None:
    return person


def _superior(
    situation: Situation, connection: Connection | None, person: PersonId | None
) -> PersonId | None:
    return situation.superior(person, connection) if person else None


_TECHNICAL, _ARCHITECTURE = _owner(Layer.TECHNICAL), _owner(Layer.ARCHITECTURE)
_BUSINESS, _ANY = _owner(Layer.FUNCTIONAL), _owner(*Layer)
_APPROVER = _owner(Layer.FUNCTIONAL, Layer.TECHNICAL)
_ESTATE = _owner()

# Id, what sees it, whom it goes to, how soon, why it matters, what to do.
OF_CONNECTION: tuple[Lint[[Situation, Connection]], ...] = (
    Lint("orphan", ownership.orphan, _ARCHITECTURE, URGENT,
         "When it breaks, nobody is called and nobody notices.",
         "Keep it running as it is, find out who uses it, and name a technical owner."),
    *(Lint(f"no-{layer}-owner", partial(ownership.missing_layer, layer), _ANY, BY_CRITICALITY,
           why, f"Name one person as {layer} owner in the catalogue.")
      for layer, why in {
          Layer.TECHNICAL: "Nobody holds the keys or works its incidents.",
          Layer.FUNCTIONAL: "Nobody can say whether the data is right or approve a change.",
          Layer.ARCHITECTURE: "Nobody decides whether it stays.",
      }.items()),
    Lint("no-first-responder", ownership.no_responder, _TECHNICAL, BY_CRITICALITY,
         "The first hour of an incident goes to finding somebody.",
         "Name the person who is pinged first."),
    Lint("departed", ownership.departed, _superior, BY_CRITICALITY,
         "Pings and expiry warnings go to somebody who does not answer.",
         "Name a successor in the catalogue and walk the handover checklist with them."),
    Lint("no-cover", ownership.no_cover, _TECHNICAL, BY_CRITICALITY,
         "When they are away, an incident is nobody's.",
         "Add a second person to the ladder."),
    Lint("key-person", ownership.key_person, _superior, BY_CRITICALITY,
         "Their illness or notice stops the connection.",
         "Name a second person on the first rung, and share the keys' owner."),
    Lint("one-person-all-layers", ownership.all_layers, _superior, IMPORTANT,
         "Whoever runs it also judges its data and approves its changes.",
         "Give at least the functional layer to somebody from the business."),
    Lint("owner-review-due", ownership.review_due, _ARCHITECTURE, IMPORTANT,
         "Nobody knows who owns it next year.",
         "Confirm the owners and set a new date."),
    Lint("not-equipped", ownership.not_equipped, _superior, IMPORTANT,
         "An owner who cannot act is an owner in name.",
         ""),
    Lint("not-mine", ownership.denied, _superior, BY_CRITICALITY,
         "The catalogue names somebody who does not own it.",
         ""),
    Lint("not-confirmed", ownership.unanswered, _superior, IMPORTANT,
         "Ownership that nobody confirms is a line in a file.",
         "Ask them, or name another owner."),
    Lint("handover-unfinished", ownership.handover, _themselves, IMPORTANT,
         "What the last owner knew is being lost.",
         "Finish the handover checklist."),
    Lint("not-watched", running.not_watched, _TECHNICAL, BY_CRITICALITY,
         "It can stand still for days before anybody notices.",
         "Add a check to the catalogue."),
    Lint("nothing-counted", running.nothing_counted, _TECHNICAL, IMPORTANT,
         "Records that are skipped without an error are never missed.",
         "Add a rule on processed, completeness or reconciled."),
    Lint("found-by-people", running.found_by_people, _TECHNICAL, IMPORTANT,
         "The first sign should come from a system.",
         "Add a check that would have seen it."),
    Lint("retirement-overdue", running.retirement_overdue, _ARCHITECTURE, IMPORTANT,
         "It is kept alive without being looked after.",
         "Retire it, or set a new date with its reason."),
    *(Lint(f"{identity}-credential", partial(running.logins, identity), _TECHNICAL, BY_CRITICALITY,
           why, "Move it to a service account with a named owner.")
      for identity, why in {
          Identity.PERSONAL:
              "The flow stops when that person leaves or changes the password.",
          Identity.SHARED: "Nobody knows who else uses it, and nobody renews it.",
      }.items()),
    Lint("unowned-credential", running.unowned_keys, _TECHNICAL, IMPORTANT,
         "An expiry warning needs somebody to go to.",
         "Name the person who renews it."),
    Lint("credential-ended", running.ended, _TECHNICAL, BY_CRITICALITY,
         "Either it stands still, or the register is old and warns of nothing any more.",
         "Renew it and enter the new date."),
    Lint("rotation-overdue", running.rotation, _TECHNICAL, IMPORTANT,
         "A key that is never renewed is one that leavers still know.",
         "Renew it and enter the date."),
    Lint("docs-missing", running.docs_missing, _TECHNICAL, IMPORTANT,
         "Somebody new could not work an incident from the documents.",
         "Write the missing parts and enter their addresses."),
    Lint("docs-stale", running.docs_stale, _TECHNICAL, IMPORTANT,
         "Old documents send whoever works the incident the wrong way.",
         "Read them through, mend what changed, and enter today's date."),
    Lint("unapproved-change", changes.unapproved, _APPROVER, BY_CRITICALITY,
         "Changes without approval break what depends on the connection.",
         "Approve it after the fact, or take it back."),
    Lint("undocumented-change", changes.undocumented, _TECHNICAL, IMPORTANT,
         "Whoever works the next incident does not know of it.",
         "Press “Documented…” on the change and say where it is written down."),
    Lint("unauthorised-change", changes.unannounced, _ARCHITECTURE, BY_CRITICALITY,
         "Somebody changes it whom nobody can ask.",
         "Find out who it was, and record the change."),
    Lint("release", changes.untested, _TECHNICAL, BY_CRITICALITY,
         "What a release breaks is cheaper to find in a sandbox.",
         "Test it, and press the verdict in the reminder or ask for a later date."),
    Lint("contract-ended", running.contract, _ARCHITECTURE, BY_CRITICALITY,
         "They need not answer in an incident.",
         "Renew it, or name another party for the lane."),
    Lint("version-ends", running.sunset, _TECHNICAL, IMPORTANT,
         "After that day calls are refused.",
         "Plan the move to the next version, tested in a sandbox first."),
    Lint("unsafe-retry", running.blind_retry, _TECHNICAL, BY_CRITICALITY,
         "A retry after an unclear failure doubles money or stock.",
         "Give records a key that the target knows, or stop the automatic retry."),
    *(Lint(f"{register}-review-due", look, _BUSINESS, IMPORTANT,
           "What is not looked at again becomes part of the process.",
           "End it, or set a new date.")
      for register, look in (
          ("workaround", running.workaround_due), ("risk", running.risk_due)
      )),
    Lint("rules-in-two-places", running.two_places, _ARCHITECTURE, MINOR,
         "One is changed and the other forgotten.",
         "Keep the rules in one place and write down which."),
    Lint("not-ranked", running.not_ranked, _ARCHITECTURE, IMPORTANT,
         "In an outage nobody knows what comes first.",
         "Ask who would notice, and set its criticality."),
    Lint("drill-failed", changes.drill_failed, _TECHNICAL, IMPORTANT,
         "In a real break the same would be missing, at night.",
         ""),
    Lint("drill-missed", changes.drill_missed, _TECHNICAL, IMPORTANT,
         "In a real break the first ping would have gone unheard as well.",
         "Ask the first responder why, and name another one if need be."),
    Lint("gate", running.not_ready, _TECHNICAL, URGENT,
         "After go-live nobody comes back to them.",
         "Meet each of them, or move the date."),
)  # fmt: skip

# Nobody has to answer for these any more.
OF_RETIRED: tuple[Lint[[Situation, Connection]], ...] = (
    Lint("retired-but-running", running.retired_running, _ARCHITECTURE, IMPORTANT,
         "Nobody answers for what it writes.",
         "Switch it off, or mark it live and name its owners."),
)  # fmt: skip

OF_ESTATE: tuple[Lint[[Situation]], ...] = (
    Lint("owns-too-much", ownership.too_much, _superior, IMPORTANT,
         "In a bad week none of them is looked after.",
         "Give some of them to somebody else."),
    Lint("team-mailbox", ownership.team_mailbox, _superior, IMPORTANT,
         "A team cannot be woken up.",
         "Enter the address of one person."),
    Lint("no-operating-model", estate.no_model, _ESTATE, IMPORTANT,
         "In an incident each side waits for the other.",
         "Choose a model, write down why, and attach its three documents."),
    Lint("operating-model-unfinished", estate.model_unfinished, _ESTATE, IMPORTANT,
         "A model that is not written down ends with the people who agreed on it.",
         "Write the missing documents and enter their addresses."),
    Lint("operating-model-review-due", estate.model_old, _ESTATE, MINOR,
         "The estate grows; what fitted five connections does not fit twenty.",
         "Look at it again and enter the date."),
    Lint("no-system-of-record", estate.no_authority, _ESTATE, IMPORTANT,
         "When two systems differ, nobody can say which one is right.",
         f"Name one system each for {listed(DOMAINS)}, as far as they apply."),
    Lint("two-truths", estate.disagreement, _ESTATE, IMPORTANT,
         "Each overwrites the other.",
         "Decide which one it is."),
    Lint("point-to-point", estate.sprawl, _ESTATE, MINOR,
         "Each has its own login, retry and error handling to look after.",
         "Move them to one platform or to maintained connectors, the costliest first."),
    Lint("over-customised", estate.customised, _ESTATE, MINOR,
         "Every update of the ERP has to be tested against each of them.",
         "Compare each with a maintained connector."),
    Lint("unowned-quota", estate.quotas, _ESTATE, MINOR,
         "One connection can use it up and stop the others.",
         "Name an owner of the quota."),
    Lint("calendar-unread", estate.calendars, _ESTATE, IMPORTANT,
         "Nobody is told of a release that is announced there.",
         "Mend its address under `calendars` in the estate file."),
    Lint("stale-runbooks", changes.stale_runbooks, _ESTATE, MINOR,
         "Steps that nobody has walked may lead to systems that are gone.",
         "Read them, then /conn runbook confirm <name>, or write `confirmed` into the file."),
)  # fmt: skip

OF_ACCEPTANCES: Lint[[Situation, frozenset[str]]] = Lint(
    "acceptance-over", estate.acceptances_over, _ESTATE, IMPORTANT,
    "It counts again.",
    "Deal with it, or accept it again with a new date.",
)  # fmt: skip
