"""All secrets of the estate and of the settings, taken out of whatever comes from outside: a far
end may repeat what another one was told."""

from collections.abc import Callable, Iterable
from typing import Any

from bot.checks.notations import Forms
from bot.checks.secrecy import forms_of, scrub, secrets_in
from bot.core.catalogue import Catalogue
from bot.core.secret import Secret

SHORTEST_ELSEWHERE = 6  # of a value: hiding shorter ones would garble what others say


class EstateSecrets:
    """`catalogue` is the one in use; `own` are the secrets of the settings. How each may be written
    is worked out once for every estate."""

    def __init__(self, catalogue: Callable[[], Catalogue], own: Iterable[Secret] = ()) -> None:
        self._catalogue = catalogue
        self._own = frozenset(own)
        self._prepared: tuple[frozenset[Secret], Forms] | None = None

    def forms(self) -> Forms:
        secrets = self._catalogue().secrets
        prepared = self._prepared
        if prepared is None or prepared[0] is not secrets:
            every = secrets_in(secrets | self._own)
            prepared = secrets, forms_of({one for one in every if len(one) >= SHORTEST_ELSEWHERE})
            self._prepared = prepared
        return prepared[1]

    def clean(self, text: str) -> str:
        """`text` without any of them."""
        return scrub(text, (), self.forms())

    def cleaned(self, value: Any) -> Any:
        """The same for a value with all texts in it, names of fields included."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {self.cleaned(key): self.cleaned(item) for key, item in value.items()}
        return [self.cleaned(item) for item in value] if isinstance(value, list) else value
