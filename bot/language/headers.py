"""What may stand in a header of a request; whatever else cannot be sent at all."""

import re

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# HTTP leaves open what octets above ASCII mean here, and servers read them differently.
_VALUE = re.compile(r"[\t\x20-\x7e]*")


def header_mistake(name: str, value: str) -> str:
    """Why a header cannot be sent, without its value; empty when it can. Blanks and line breaks
    around the value are not looked at, since they are left out."""
    value = str.__str__(value).strip()
    if not _NAME.fullmatch(name):
        return f"{name!r} is no name of a header: letters, digits and dashes, such as x-api-key"
    if _VALUE.fullmatch(value):
        return ""
    if len(value.splitlines()) > 1:
        return f"the value of the header {name} has a line break, and a header is one line"
    return f"the value of the header {name} has a control character or a letter outside ASCII"
