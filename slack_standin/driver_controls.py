"""Operating the controls of a message or a view by their visible labels."""

from collections.abc import Callable
from typing import Protocol

from slack_standin.acts import interactions
from slack_standin.acts.services import Services
from slack_standin.state.entities import User, View
from slack_standin.state.refusal import Json
from slack_standin.state.view_state import VALUE_FIELDS
from slack_standin.state.visible import blocks_text, controls, label_of

_BUTTONS = ("button", "icon_button", "workflow_button")


class _Driver(Protocol):
    @property
    def services(self) -> Services: ...

    async def until(self, look: Callable[[], bool | None], what: str) -> bool: ...


class _Person(Protocol):
    """Whoever operates the controls."""

    @property
    def driver(self) -> _Driver: ...

    @property
    def user(self) -> User: ...


class Panel:
    """Something with blocks on it. Labels match whole first, then as a part."""

    __slots__ = ()
    person: _Person

    @property
    def blocks(self) -> list[Json]:
        raise NotImplementedError

    @property
    def container(self) -> Json:
        raise NotImplementedError

    @property
    def labels(self) -> list[str]:
        """What can be clicked: button texts and the options of overflow menus."""
        return [label for label, _, _ in self._clickable()]

    async def click(self, label: str) -> None:
        """Press a button, or pick an entry of an overflow menu, radio group or checkboxes."""
        known = self._clickable()
        for same in (str.__eq__, str.__contains__):
            for text, block, action in known:
                if same(text, label):
                    await self._act(block, action)
                    return
        raise AssertionError(f"nothing to click says {label!r}; there is {self.labels}")

    async def choose(self, menu: str, option: str) -> None:
        """Pick an option of a select, found by its placeholder, action id or section text."""
        for block, element in controls(self.blocks):
            if element["type"] in VALUE_FIELDS and self._is_called(block, element, menu):
                field = VALUE_FIELDS[element["type"]]
                value = await self._value(block, element, option)
                await self._act(block, {**_ids(block, element), field: value})
                return
        raise AssertionError(f"there is no menu {menu!r}; the text is {self._text()!r}")

    def _text(self) -> str:
        return blocks_text(self.person.driver.services.workspace, self.blocks)

    def _is_called(self, block: Json, element: Json, name: str) -> bool:
        ws = self.person.driver.services.workspace
        known = {label_of(element), str(element.get("action_id"))}
        for key in ("label", "text"):
            if isinstance(block.get(key), dict):
                known.add(str(block[key].get("text", "")))
                known.add(blocks_text(ws, [block[key]]))
        return name in known

    def _clickable(self) -> list[tuple[str, Json, Json]]:
        found: list[tuple[str, Json, Json]] = []
        for block, element in controls(self.blocks):
            kind = element["type"]
            if kind in _BUTTONS:
                found.append((label_of(element), block, _ids(block, element)))
            elif kind in ("overflow", "radio_buttons", "checkboxes"):
                for option in element["options"]:
                    chosen: object = [option] if kind == "checkboxes" else option
                    field = "selected_options" if kind == "checkboxes" else "selected_option"
                    action = {**_ids(block, element), field: chosen}
                    found.append((option["text"]["text"], block, action))
            elif kind == "feedback_buttons":
                for key in ("positive_button", "negative_button"):
                    button = element[key]
                    action = {**_ids(block, element), **button}
                    found.append((button["text"]["text"], block, action))
        return found

    async def _act(self, block: Json, action: Json) -> None:
        driver = self.person.driver
        await interactions.act(driver.services, self.person.user, self.container, action, {})
        driver.services.workspace.flush()

    async def _value(self, block: Json, element: Json, wanted: object) -> object:
        """The state value for what a person enters: an option by label, a member by name, text."""
        if isinstance(wanted, list):
            return [await self._single(block, element, item) for item in wanted]
        single = await self._single(block, element, wanted)
        field = VALUE_FIELDS[element["type"]]
        plural = field in ("selected_options", "selected_users", "selected_channels")
        return [single] if plural or field == "selected_conversations" else single

    async def _single(self, block: Json, element: Json, wanted: object) -> object:
        kind = str(element["type"])
        ws = self.person.driver.services.workspace
        if "static" in kind or kind in ("radio_buttons", "checkboxes"):
            return _option(element, wanted)
        if "external" in kind:
            return _option(await self._suggested(block, element, str(wanted)), wanted)
        if "users" in kind:
            user = ws.users.get(str(wanted)) or ws.user_named(str(wanted))
            return user.id if user is not None else wanted
        if "channels" in kind or "conversations" in kind:
            channel = ws.channel_named(str(wanted))
            return channel.id if channel is not None else wanted
        return wanted

    async def _suggested(self, block: Json, element: Json, typed: str) -> Json:
        driver = self.person.driver
        return await interactions.suggest(
            driver.services,
            self.person.user,
            self.container,
            block["block_id"],
            element["action_id"],
            typed,
        )


class Form(Panel):
    """A view: a panel whose inputs can be filled in."""

    __slots__ = ()
    view_id: str

    @property
    def _view(self) -> View:
        view = self.person.driver.services.workspace.views.get(self.view_id)
        if view is None:
            raise AssertionError("this view is closed")
        return view

    @property
    def blocks(self) -> list[Json]:
        return list(self._view.body["blocks"])

    @property
    def container(self) -> Json:
        return {"type": "view", "view_id": self.view_id}

    @property
    def text(self) -> str:
        """Everything that can be read on the view."""
        return self._text()

    @property
    def values(self) -> Json:
        """What the inputs hold: label to value."""
        held = {}
        for block, element in controls(self.blocks):
            field = VALUE_FIELDS.get(element["type"])
            if field is not None and "label" in block:
                entry = self._view.values[block["block_id"]][element["action_id"]]
                held[block["label"]["text"]] = entry[field]
        return held

    async def until(self, words: str) -> None:
        """Wait until the view reads so."""
        await self.person.driver.until(
            lambda: True if words in self.text else None, f"{words!r} in the view {self.text!r}"
        )

    async def fill(self, label: str, value: object) -> None:
        """Enter a value: text, an option's label, a member's or channel's name, or a list."""
        for block, element in controls(self.blocks):
            field = VALUE_FIELDS.get(element["type"])
            if field is not None and self._is_called(block, element, label):
                entered = await self._value(block, element, value)
                await self._act(block, {**_ids(block, element), field: entered})
                return
        raise AssertionError(f"there is no field {label!r}; the view reads {self.text!r}")


def _ids(block: Json, element: Json) -> Json:
    return {"block_id": block["block_id"], "action_id": element["action_id"]}


def _option(source: Json, wanted: object) -> Json:
    groups = source.get("option_groups") or []
    options = [*(source.get("options") or []), *(o for g in groups for o in g["options"])]
    for option in options:
        if wanted in (option["text"]["text"], option["value"]):
            return dict(option)
    labels = [option["text"]["text"] for option in options]
    raise AssertionError(f"there is no option {wanted!r}; there is {labels}")
