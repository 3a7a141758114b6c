"""A secret that comes back packed in what was made of it, or only begun."""

import base64
import json
from collections.abc import Callable

import pytest

from bot.checks.secrets.secrecy import redact_secrets, secrets_in
from bot.language.redaction import Secret
from tests.checks.secrets.test_canary import CANARY

PACKED: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 behind something": lambda text: base64.b64encode(b"a" + text.encode()).decode(),
    "base64 over lines": lambda text: base64.encodebytes(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
}
LOGIN = f"int-user:{CANARY}"
COPIED: dict[str, str] = {
    "bearer": f"Bearer {CANARY}",
    "basic": f"Basic {PACKED['base64'](LOGIN)}",
    "a dump": f"GET /x HTTP/1.1\r\nAuthorization: Basic {PACKED['base64'](LOGIN)}\r\nHost: h\r\n",
    "json": json.dumps({"headers": {"authorization": f"Basic {PACKED['base64'](LOGIN)}"}}),
}


@pytest.mark.parametrize("inner", COPIED)
@pytest.mark.parametrize("outer", PACKED)
@pytest.mark.parametrize("known", ["login", "password"])
def test_a_header_that_comes_back_packed_shows_no_login(outer: str, inner: str, known: str) -> None:
    packed = PACKED[outer](COPIED[inner])

    kept = redact_secrets(f"refused: {packed} today", [LOGIN if known == "login" else CANARY])

    assert kept.startswith("refused: ")
    assert kept.endswith(" today")
    assert not _holds(packed, kept)


def _holds(packed: str, kept: str) -> bool:
    """Whether three quarters of what was packed are there still, in one piece."""
    bare = "".join(kept.split())
    whole = "".join(packed.split())
    most = len(whole) * 3 // 4
    return any(whole[at : at + most] in bare for at in range(len(whole) - most + 1))


def test_what_only_looks_packed_stays() -> None:
    said = "INTERNATIONALIZATIONSERVICE orderConfirmationMessageHandler 4f2a91c75b3e4f2a91c75b3e"

    assert redact_secrets(said, [LOGIN, CANARY]) == said


HOOK = "http://far.example:25022/hook/CANhookQ8x7Zk2wVb"
FEED = "http://far.example:25022/cal/CANcalQ8x7Zk2wVb.ics?t=CANcalqQ8x7Zk2wVb"


@pytest.mark.parametrize("address", [HOOK, FEED])
def test_most_of_a_secret_address_gives_it_away(address: str) -> None:
    secrets = tuple(secrets_in(Secret(address)))
    begins = address.index("CAN")

    for end in range(begins + 12, len(address) + 1):
        assert address[begins : begins + 12] not in redact_secrets(
            f"at {address[:end]} it", secrets
        )


@pytest.mark.parametrize("address", [HOOK, FEED])
def test_where_another_address_is_alike_it_stays(address: str) -> None:
    secrets = tuple(secrets_in(Secret(address)))
    others = [address[: address.index("CAN")], f"{address[: address.index('CAN')]}orders/7"]

    for other in others:
        assert redact_secrets(f"at {other} it", secrets) == f"at {other} it"


@pytest.mark.parametrize("mark", ["…", "...", "....."])
def test_a_beginning_before_any_mark_of_a_cut_goes(mark: str) -> None:
    assert redact_secrets(f"it said s3cret-val{mark}", ["s3cret-value"]) == f"it said ***{mark}"
