"""Forms about who owns a layer, and about credentials that were renewed."""

from bot.core.people.permissions import Deed
from bot.flows.governance import attestation, audit
from bot.flows.governance import credential_expiry as expiry
from bot.flows.work import Work
from bot.language.errors import Invalid, NotFound
from bot.slack.forms.fields import Day, PersonField
from bot.slack.forms.form import Form, Reader, form
from bot.slack.governance import credential_expiry
from bot.slack.handler import Handler
from bot.slack.ids import Action, first_number, incident_number, value
from bot.slack.kit import Block
from bot.slack.text import escape


@form(
    "modal:successor", "Hand over ownership", "Hand over", Deed.DECIDE, opened_by=Action.ATTEST_HAND
)
class Successor(Form):
    """Who takes a layer over."""

    to = PersonField("Who takes it over?")

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        number = incident_number(about)
        one = work.tx.attestation(number)
        if one is None:
            raise NotFound("This question is no longer on record.")
        return cls.shown(number, audit.subject_name(work.catalogue, one.connection), one.layer)

    @classmethod
    def shown(cls, number: int, name: str, layer: str) -> Block:
        about = f"*{escape(name)}* · {escape(layer)} layer."
        return cls.view(value(number), f"{about} Whoever keeps the catalogue is told.")

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        attestation.must_own(work, first_number(carried), by)

    def submitted(self, work: Work, by: str) -> None:
        attestation.hand_over(work, self.number, by, self.to)


@form("modal:rotated", "Rotated", "Save", Deed.CREDENTIAL, opened_by=Action.ROTATED)
class Rotated(Form):
    """Carries the credential's key."""

    ends = Day(
        "It stops working on",
        hint="Kept until the estate file says the same. Checks that read the date are asked.",
    )

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        subject = expiry.find(work, about)
        return cls.shown(subject.key, subject.name)

    @classmethod
    def shown(cls, key: str, name: str) -> Block:
        return cls.view(key, f"*{escape(name)}*")

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        expiry.must_answer(work, expiry.find(work, carried), by)

    async def send(self, handler: Handler, by: str) -> None:
        if self.ends is None:
            raise Invalid("Choose the day on which it stops working.")
        await credential_expiry.renewed(handler, self.body, self.carried, self.ends, by)
