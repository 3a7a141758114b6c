"""What the estate file says of each value of the core that it holds as it is; the reference."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, ValidationInfo

from bot.core.estate import catalogue, description, history
from bot.files.estate.entries import Entries, Entry, key
from bot.files.estate.fields import Day, DurationOrZero, PersonRef, QuotaRef, Slug, Text, WebAddress
from bot.files.estate.schema_watching import WATCHING, WEBHOOKS
from bot.language.errors import Mistake
from bot.language.units import write_duration


def _after_rotation(expires: date | None, info: ValidationInfo) -> date | None:
    rotated = info.data.get("rotated")
    if expires and rotated and expires < rotated:
        raise ValueError("a credential cannot expire before it was rotated")
    return expires


ESTATE = {
    catalogue.System: Entry(
        "An end of a connection.",
        name="What people call it.",
        kind="For example erp, shop, bank, warehouse.",
        publisher="Party that makes it.",
        aliases="Other names people use.",
        speaks="Playbooks whose error texts it speaks.",
        status_page=key("Address of its status page.", WebAddress | None),
    ),
    catalogue.LadderRung: Entry(
        "One rung of the escalation ladder.",
        "RungShape",
        after=key("Time since the incident opened.", DurationOrZero),
        people=key(
            "People to ping then, by id.",
            # A tuple of wrong names would be called empty as well.
            Annotated[list[PersonRef], Field(min_length=1), AfterValidator(tuple)],
            alias="ping",
        ),
    ),
    catalogue.BusinessImpact: Entry(
        "When the effect of a break makes it one level graver.",
        "EffectShape",
        amount=key("Amount waiting, in any currency.", gt=0),
        records=key("Number of records waiting or failed.", gt=0),
    ),
    catalogue.PeriodClose: Entry(
        "When the period is closed, which makes breaks graver.",
        "CloseShape",
        working_days=key(
            "Working days of each month, Monday to Friday, from 1.",
            tuple[Annotated[int, Field(ge=1, le=23)], ...],
        ),
        domains="Domains of connections it concerns.",
    ),
    catalogue.Owners: Entry(
        "Who owns the connection, one person per layer. A missing one is a finding, not an error.",
        technical="Runs it, holds the keys, works incidents.",
        functional="Says whether the data is right and approves changes on merit.",
        architecture="Guards the estate as a whole.",
    ),
    catalogue.Credential: Entry(
        "One login, token, key or certificate; never the secret itself.",
        id=key("Id, unique within the connection.", Slug),
        name="What people call it.",
        kind="For example oauth-app, api-key, certificate, ssh-key.",
        identity="Whose login it is.",
        owner="Person who renews it.",
        rotated="Date it was last renewed.",
        rotate_every="How often it should be renewed.",
        expires=key(
            "Date it stops working.", Annotated[Day | None, AfterValidator(_after_rotation)]
        ),
        where="Where it is renewed; never the secret.",
        same_as="`<connection>/<id>` of the one that this is; its facts are kept there.",
    ),
    catalogue.Docs: Entry(
        "Addresses of the five documents a newcomer needs, and of what a thorough dossier adds.",
        mapping="Field mappings, in each direction.",
        schedule="Schedule and triggers.",
        auth="How it logs in and who holds the keys.",
        playbook="Common failures and their fixes.",
        escalation="Whom to call, in which order.",
        reviewed="When somebody last read them through.",
        scope="What was agreed to be in scope.",
        diagram="Architecture diagram.",
        api="Reference of the interface.",
        dashboard="Dashboard that shows it at work.",
        rules="Business rules hidden in it.",
        close="Its part in the close runbook.",
    ),
    history.Release: Entry(
        "A release or maintenance of a system, as its maker announced it.",
        system="System that changes.",
        version="Version, as text.",
        at="When it goes live.",
        summary="What changes, in a line.",
        notes="Address of the release notes.",
    ),
    history.Change: Entry(
        "Something somebody changed on a connection.",
        connection="Connection that was changed.",
        at="When it was changed.",
        what="What was changed, in a line.",
        by="Who changed it.",
        approved_by="Who approved it.",
    ),
    history.ReleaseFeed: Entry(
        "A calendar of releases (iCalendar) that is read once a day.",
        "FeedShape",
        url=key("Its address; write ${NAME} when it holds a secret.", WebAddress),
        system="System that its entries are about.",
        name="What people call it.",
    ),
}

CONNECTION = {
    description.Lifecycle: Entry(
        "Where the connection is in its life.",
        stage="Planned, going live, live, to retire, retired.",
        since="When it came into this stage.",
        go_live="When it went or goes live.",
        until="When it was, or is to be, retired.",
        reason="Why it is retired or replaced.",
        replaced_by="Connection that takes over.",
        disposition="What is meant to become of it.",
        phase="Where a phased cut-over stands.",
        risk="What a modernisation would break.",
    ),
    description.Nature: Entry(
        "What kind of flow it is.",
        purpose=key(
            "Whether it moves business transactions or data for reports.",
            Literal["", "transactional", "analytical"],
        ),
        mode=key("Whether a user waits for it.", Literal["", "synchronous", "asynchronous"]),
        consistency=key(
            "Whether both ends must agree at once.", Literal["", "immediate", "eventual"]
        ),
        trigger="What sets it off.",
        recover_within="Time in which it must run again.",
        logic="Places that hold business rules.",
    ),
    description.Interface: Entry(
        "The interface it uses.",
        version="Version requested, as text.",
        sunset="When that version ends.",
        contract="Address of the interface or event contract.",
        contract_tested="When the contract was last tested.",
        quota=key("Quota group it draws on.", QuotaRef | None),
        standards="Standards it keeps.",
    ),
    description.Recovery: Entry(
        "What happens when records fail.",
        retry="What is sent again, when and how often.",
        idempotency="What happens when a record is sent twice.",
        replay="How records are sent again by hand, and who approves.",
        compensation="How a wrong booking is undone.",
        conflicts="What happens while another process holds the record.",
    ),
    description.RecordIds: Entry(
        "One kind of record that moves.",
        "RecordShape",
        name="What people call it.",
        must_move="Whether the business needs it over there.",
        critical_fields="Fields that must be right and there.",
        authority="System that owns the truth.",
        steward="Person who keeps it clean.",
        definition="What it means here, where others mean otherwise.",
        context="What has to travel with it.",
    ),
    description.Handoff: Entry(
        "Where work leaves one system for the next.",
        what="The work that changes hands.",
        owner="Person who owns it then.",
        trigger="What starts the next step.",
        waits="What must wait.",
        escalates="What escalates, and to whom.",
        note="What the receiving side must know.",
    ),
    description.Exceptions: Entry(
        "The owned process for rejected, incomplete and conflicting records.",
        owner="Person who owns the exceptions.",
        process="How they are dealt with, or its address.",
        fixers="Who may mend which kind of error.",
    ),
    description.Roles: Entry(
        "Who does what besides owning.",
        builder="Person who built it.",
        after_launch="Person who has it after launch.",
        may_change="Who may change it.",
        assesses_impact="Who judges a change's impact.",
        approves_changes="Who approves changes.",
        updates_docs="Who keeps its documents.",
        reviews_failures="Who reviews failures.",
        realigns="Who acts when process and integration no longer match.",
        decides_workarounds="Who decides between the core system and a workaround.",
        controls_rules="Who controls its workflow and escalation rules.",
    ),
    description.Workaround: Entry(
        "A way around a gap, registered before it becomes normal.",
        what="What people do instead.",
        owner="Person who answers for it.",
        since="Since when.",
        review="When to look at it again.",
    ),
    description.FallbackTrial: Entry(
        "A scenario that was tried end to end.",
        "TrialShape",
        case="What was tried.",
        on="When.",
        passed="Whether it went well.",
        awkward="Whether it is an exception case.",
    ),
    description.Risk: Entry(
        "An entry of the risk register.",
        what="What could go wrong.",
        impact="What it would cost.",
        mitigation="What is done about it.",
        owner="Person who answers for it.",
        review="When to look at it again.",
    ),
    description.Succession: Entry(
        "Who owns it twelve months from now.",
        next_owner="Person who takes over.",
        review="When ownership is looked at again.",
    ),
    description.Equipped: Entry(
        "Whether an owner has what owning takes.",
        tools="Access to the monitoring and the systems.",
        information="Knows how it works and what it feeds.",
        mandate="May decide and spend time on it.",
    ),
    description.About: Entry(
        "What may be said of a connection beyond what makes it run.",
        lifecycle="Where it is in its life.",
        monitoring="Passive when a person has to go and look.",
        nature="What kind of flow.",
        interface="Version, contract and quota.",
        recovery="Retry, replay and repair.",
        records="Details of the records that move.",
        handoffs="Where work changes hands.",
        exceptions="Process for records that fail.",
        roles="Who does what.",
        workarounds="Ways around its gaps.",
        trials="Scenarios tried.",
        risks="Risk register.",
        succession="Who owns it next.",
        equipped="What each owner has, by layer.",
        effort_days=key("Days of upkeep planned a year.", ge=0, le=3660),
        controls=key("Specific controls behind the maker's claims.", tuple[Text, ...]),
        reconciles_by_hand="What people still compare by hand.",
    ),
}

GOVERNANCE = {
    description.OperatingModel: Entry(
        "Who runs the estate, and why it was decided so.",
        kind="internal, hybrid or external.",
        reason="Why.",
        in_house_skill=key("Skill in your own house.", Literal["", "none", "some", "enough"]),
        handover="Address of the handover protocol.",
        escalation="Address of the escalation paths.",
        documentation="Address of how documents are kept.",
        decided="When it was decided.",
        decided_by="By whom.",
    ),
    description.Authority: Entry(
        "Which system owns the truth about a domain.",
        system="System of record.",
        steward="Person who keeps it clean.",
        definition="What the word means in this company.",
    ),
    description.Quota: Entry(
        "A limit that several connections share.",
        name="What people call it.",
        limit="The limit, in words.",
        owner="Person who shares it out.",
    ),
    history.Reminders: Entry(
        "When owners hear of a release of a system that they depend on.",
        notes="Before it: read the release notes.",
        sandbox="Before it: test in the sandbox.",
        freeze="Before it: change nothing more.",
        after="After it: does everything work?",
    ),
    description.Governance: Entry(
        "How the estate as a whole is run.",
        model=key("Who runs the estate, and why.", alias="operating_model"),
        authority="System of record by domain.",
        quotas="Shared limits, by id.",
        change_process="Address of the change process for all.",
        deprecation="Address of the versioning policy.",
        standards=key("Standards for interfaces.", tuple[Text, ...]),
        attest_every="How often owners confirm what is theirs.",
        docs_max_age="Age at which documents must be read again.",
        most_owned=key("Connections one person can answer for.", ge=1, le=1000),
        release_reminders="When owners hear of a release.",
        emergency_approval="How long the approval of an emergency change may take.",
    ),
    description.Accepted: Entry(
        "A finding that somebody answers for until a date.",
        finding=key("Its key, as the audit prints it.", examples=["key-person/mes-bridge"]),
        owner="Person who answers for it.",
        until="Date after which it counts again.",
        why="Why it is accepted.",
    ),
}

T = TypeVar("T")
ENTRIES = Entries({**ESTATE, **CONNECTION, **GOVERNANCE, **WATCHING, **WEBHOOKS})
Written = Annotated[T, ENTRIES]


def _ascending(ladder: tuple[catalogue.LadderRung, ...]) -> tuple[catalogue.LadderRung, ...]:
    for place, (before, rung) in enumerate(pairwise(ladder), start=1):
        if rung.after <= before.after:
            said = "each rung of a ladder must come later than the one before it"
            hint = f"write more than {write_duration(before.after)}"
            raise Mistake(said, place, "after", hint=hint)
    return ladder


Ladder = Annotated[tuple[Written[catalogue.LadderRung], ...], AfterValidator(_ascending)]
