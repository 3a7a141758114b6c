"""The fields of a form: how each is drawn, and how what was entered in it is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, Protocol, Self, TypeVar, overload

from bot.slack.kit import Block, field, option, plain, select, text_input

T = TypeVar("T")
Element = Mapping[str, Any]


class Sent(Protocol):
    """A form as it came back: what was entered, and who the chosen Slack users are."""

    people: dict[str, str]

    def entered(self, name: str) -> Element:
        """The state of a field; empty when the form has none of the name."""
        ...


@dataclass(eq=False)
class FormField(Generic[T]):
    """On the class it is what is drawn; on a form that was sent it is what was entered. `name` is
    for a field that is called otherwise in Slack than on the class."""

    label: str
    _: KW_ONLY
    name: str = ""
    optional: bool = False
    hint: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    @overload
    def __get__(self, form: None, owner: type) -> Self: ...
    @overload
    def __get__(self, form: Sent, owner: type) -> T: ...
    def __get__(self, form: Sent | None, owner: type) -> Self | T:
        # A descriptor, so that mypy knows on the sent form what on the class is a field.
        return self if form is None else self.read(form)

    def draw(self, first: Any = None, options: Sequence[Block] = (), *, label: str = "") -> Block:
        """With what it holds at `first`, and what is offered where only the record tells."""
        return field(
            self.name,
            label or self.label,
            self.element(first, options),
            optional=self.optional,
            hint=self.hint,
        )

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        raise NotImplementedError

    def read(self, form: Sent) -> T:
        raise NotImplementedError


def given(element: Element) -> str:
    """What was entered or chosen; empty when nothing was."""
    chosen = (element.get("selected_option") or {}).get("value")
    return str(element.get("value") or chosen or element.get("selected_user") or "").strip()


def _given_many(element: Element) -> tuple[str, ...]:
    # Slack leaves the list out where nothing was chosen.
    chosen = tuple(str(one.get("value")) for one in element.get("selected_options") or ())
    return chosen or tuple(str(user) for user in element.get("selected_users") or ())


@dataclass(eq=False)
class Text(FormField[str]):
    """`longest` is how many characters are kept."""

    longest: int
    _: KW_ONLY
    multiline: bool = False
    placeholder: str = ""

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        return text_input(
            self.name,
            multiline=self.multiline,
            placeholder=self.placeholder,
            longest=self.longest,
            initial=first or "",
        )

    def read(self, form: Sent) -> str:
        return given(form.entered(self.name))


@dataclass(eq=False)
class Choice(FormField[str]):
    """One of `words`, by the value that stands for it; without words, of what the record offers."""

    placeholder: str
    words: Mapping[Any, str] | None = None

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        offered = offer(self.words) if self.words is not None else options
        block = select(self.name, self.placeholder, offered)
        if preset := _chosen(block, [first])[:1]:
            block["initial_option"] = preset[0]
        return block

    def read(self, form: Sent) -> str:
        return given(form.entered(self.name))


@dataclass(eq=False)
class Choices(FormField[tuple[str, ...]]):
    """Several of what the record offers."""

    placeholder: str

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        block = {**select(self.name, self.placeholder, options), "type": "multi_static_select"}
        if preset := _chosen(block, first or ()):
            block["initial_options"] = preset
        return block

    def read(self, form: Sent) -> tuple[str, ...]:
        return _given_many(form.entered(self.name))


def offer(words: Mapping[Any, str]) -> list[Block]:
    return [option(text, value) for value, text in words.items()]


def _chosen(menu: Block, values: Iterable[Any]) -> list[Block]:
    """Of what fits into the menu, since Slack takes no other."""
    wanted = tuple(values)
    return [one for one in menu["options"] if one["value"] in wanted]


class PersonField(FormField[str]):
    """The id under which the person acts."""

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        return {
            "type": "users_select",
            "action_id": self.name,
            "placeholder": plain("Person"),
        }

    def users(self, form: Sent) -> tuple[str, ...]:
        return (given(form.entered(self.name)),)

    def read(self, form: Sent) -> str:
        # Looked up before: a field is read within a transaction, where nobody may wait for Slack.
        return form.people[given(form.entered(self.name))]


class People(FormField[tuple[str, ...]]):
    """As `PersonField`, of several; `first` are Slack users."""

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        block: Block = {
            "type": "multi_users_select",
            "action_id": self.name,
            "placeholder": plain("People"),
        }
        return {**block, "initial_users": list(first)} if first else block

    def users(self, form: Sent) -> tuple[str, ...]:
        return _given_many(form.entered(self.name))

    def read(self, form: Sent) -> tuple[str, ...]:
        return tuple(dict.fromkeys(form.people[user] for user in self.users(form)))


class Moment(FormField[datetime | None]):
    """A date and a time, in the zone of whoever fills it in."""

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        block: Block = {"type": "datetimepicker", "action_id": self.name}
        return {**block, "initial_date_time": int(first.timestamp())} if first else block

    def read(self, form: Sent) -> datetime | None:
        chosen = form.entered(self.name).get("selected_date_time")
        # Slack sends the moment itself, in seconds, whatever zone it was chosen in.
        return None if chosen is None else datetime.fromtimestamp(int(chosen), UTC)


class Day(FormField[date | None]):
    """None for anything but a date."""

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        return {"type": "datepicker", "action_id": self.name}

    def read(self, form: Sent) -> date | None:
        try:
            return date.fromisoformat(str(form.entered(self.name).get("selected_date") or ""))
        except ValueError:
            return None


@dataclass(eq=False)
class Tick(FormField[bool]):
    """One box, with `words` beside it."""

    words: str

    def element(self, first: Any, options: Sequence[Block]) -> Block:
        box = option(self.words, self.name)
        return {"type": "checkboxes", "action_id": self.name, "options": [box]}

    def read(self, form: Sent) -> bool:
        ticked = form.entered(self.name).get("selected_options") or ()
        return self.name in {str(one["value"]) for one in ticked}
