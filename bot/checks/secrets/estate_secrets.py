"""All secrets of the estate and of the settings, taken out of whatever comes from outside: a far
end may repeat what another one was told."""

from collections.abc import Callable, Iterable
from typing import Any

from bot.checks.secrets.notations import Forms
from bot.checks.secrets.secrecy import forms_of, redact_secrets, secrets_in
from bot.checks.tokens import Tokens
from bot.core.estate.catalogue import Catalogue
from bot.language.redaction import Secret

SHORTEST_ELSEWHERE = 6  # of a value: hiding shorter ones would garble what others say


class EstateSecrets:
    """`catalogue` is the one in use; `own` are the secrets of the settings, `tokens` those that
    others gave us to show. How each may be written is worked out once for every estate and every
    new token."""

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        own: Iterable[Secret] = (),
        tokens: Tokens | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._own = frozenset(own)
        self.tokens = tokens or Tokens()
        self._prepared: tuple[frozenset[Secret], frozenset[str], Forms] | None = None

    def forms(self) -> Forms:
        secrets, issued = self._catalogue().secrets, self.tokens.issued()
        prepared = self._prepared
        # By identity: a catalogue has its own set, and comparing thousands at each text costs more.
        if prepared is None or prepared[0] is not secrets or prepared[1] != issued:
            every = {*secrets_in(secrets | self._own), *issued}
            forms = forms_of({one for one in every if len(one) >= SHORTEST_ELSEWHERE})
            prepared = self._prepared = secrets, issued, forms
        return prepared[2]

    def clean(self, text: str) -> str:
        """`text` without any of these secrets."""
        return redact_secrets(text, (), self.forms())

    def cleaned(self, value: Any) -> Any:
        """`value` without these secrets in any of its texts, names of fields included."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {self.cleaned(key): self.cleaned(item) for key, item in value.items()}
        return [self.cleaned(item) for item in value] if isinstance(value, list) else value
