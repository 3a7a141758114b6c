"""What a form is: one class in its wing. It draws itself, says who may send it and what makes it
stale, and does what it was sent for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from bot.core.incidents.incident import Incident
from bot.core.people.permissions import Deed
from bot.flows.incidents import on_flip
from bot.flows.people import permitted
from bot.flows.work import Work
from bot.slack import kit
from bot.slack.forms.fields import Choice, Choices, Element, FormField, Text
from bot.slack.handler import Body, Handler
from bot.slack.ids import Action, carried, first_number, opened_at, value
from bot.slack.kit import Block, context, section
from bot.slack.text import Writer, escape

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asked for a form, and how people are written for them."""

    by: str
    writer: Writer


class Form:
    """On the class what is shown, with `fields` in their order; an instance is one that was sent.
    `carried` is what it was opened with and brings back."""

    callback: ClassVar[str]
    title: ClassVar[str]
    submit: ClassVar[str]
    deed: ClassVar[Deed]
    fields: ClassVar[tuple[FormField[Any], ...]]
    closing: ClassVar[str] = ""  # below the fields
    complains_at: ClassVar[str]  # the field under which a refusal stands that names none
    leads_to: ClassVar[type["Form"] | None] = None  # what may be asked next, of the same number

    def __init__(self, body: Body) -> None:
        self.body = body
        self.carried = carried(body)
        self.people: dict[str, str] = {}

    def entered(self, name: str) -> Element:
        # Each block holds one element, so its id need not be asked for.
        return next(iter(self.body["view"]["state"]["values"].get(name, {}).values()), NOTHING)

    @property
    def number(self) -> int:
        return first_number(self.carried)

    @property
    def rest(self) -> str:
        """What it carries behind the number."""
        return self.carried.partition("|")[2]

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        """The form about what was pressed. Raises NotFound when that is gone."""
        raise NotImplementedError

    @classmethod
    def wanted(cls, work: Work, number: int) -> Block | None:
        """The form that another one leads to; None when there is nothing to ask."""
        return None

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        """Raises what sending it would raise for whoever may not; here anybody may who came in at
        the door (`permissions.admit`)."""

    @classmethod
    def view(
        cls,
        carried: str,
        intro: str = "",
        *,
        first: Mapping[str, Any] = NOTHING,
        options: Mapping[str, Sequence[Block]] = NOTHING,
    ) -> Block:
        """All fields by their names: what they hold at `first`, and what the record offers. A menu
        for which it has nothing is left out."""
        drawn = [
            field.draw(first.get(field.name), options.get(field.name, ()))
            for field in cls.fields
            # Slack refuses a menu that has nothing in it.
            if not _offers(field) or options.get(field.name)
        ]
        return cls.modal(carried, [*([section(intro)] if intro else []), *drawn])

    @classmethod
    def modal(cls, carried: str, blocks: Sequence[Block]) -> Block:
        below = [context(cls.closing)] if cls.closing else []
        return kit.modal(
            cls.callback, cls.title, [*blocks, *below], submit=cls.submit, private=carried
        )

    def must_be_current(self, work: Work, by: str) -> None:
        """Raises Refused for a form that has not seen what somebody else did."""

    def submitted(self, work: Work, by: str) -> object:
        """What it is for. What this raises stands in the form."""

    def act(self, work: Work, by: str) -> None:
        self.must_be_current(work, by)
        self.submitted(work, by)

    async def send(self, handler: Handler, by: str) -> None:
        """For a form that takes more than one transaction."""
        await handler.runtime.do(self.act, by)


def _offers(field: FormField[Any]) -> bool:
    """Whether only the record tells what can be chosen."""
    return isinstance(field, Choices) or (isinstance(field, Choice) and field.words is None)


class FormOfIncident(Form):
    """Carries an incident, and is for whoever may do its deed to that one. `overtaken_by` are the
    kinds of the timeline that it may not have missed."""

    overtaken_by: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        permitted.must(work, cls.deed, work.incident(first_number(carried)), by)

    def must_be_current(self, work: Work, by: str) -> None:
        at = opened_at(self.body)
        if at is not None and self.overtaken_by:
            on_flip.refuse_incident(work, self.number, self.overtaken_by, by=by, opened_at=at)


class IncidentForm(FormOfIncident):
    """One that needs of the incident no more than its name."""

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        return cls.shown(work.incident(first_number(about)))

    @classmethod
    def shown(cls, incident: Incident) -> Block:
        return cls.view(value(incident.id), head(incident))


def head(incident: Incident) -> str:
    return f"*{escape(incident.headline)}* ({incident.key})"


FORMS: dict[str, type[Form]] = {}  # by callback_id
OPENERS: dict[Action, type[Form]] = {}  # by the button that opens it
F = TypeVar("F", bound=Form)


def form(
    callback: str, title: str, submit: str, deed: Deed, *, opened_by: Action | None = None
) -> Callable[[type[F]], type[F]]:
    """Makes a class known as a form. Without a word of its own it complains at its first text."""

    def register(cls: type[F]) -> type[F]:
        cls.callback, cls.title, cls.submit, cls.deed = callback, title, submit, deed
        # By name, so that a form may say a field of its base anew in the same place.
        cls.fields = tuple({one.name: one for one in _fields_of(cls)}.values())
        if not hasattr(cls, "complains_at"):
            texts = [one for one in cls.fields if isinstance(one, Text)]
            cls.complains_at = next((one.name for one in (*texts, *cls.fields)), "")
        FORMS[callback] = cls
        if opened_by is not None:
            OPENERS[opened_by] = cls
        return cls

    return register


def _fields_of(cls: type[Form]) -> Iterator[FormField[Any]]:
    for base in reversed(cls.__mro__):
        yield from (one for one in vars(base).values() if isinstance(one, FormField))


@form("modal:timeline", "", "", Deed.LOOK)
class Shown(Form):
    """What is only read, under a title of its own; sending it closes it."""

    @classmethod
    def saying(cls, title: str, blocks: Sequence[Block], *, submit: str = "") -> Block:
        return kit.modal(cls.callback, title, blocks, submit=submit)
