"""What an address by which people are pinged may leave open, to be filled in for each of them."""

import re

FILLED = ("{person}", "{email}")
_PLACE = re.compile(r"\{[A-Za-z_]{1,40}\}")


def open_place(way: str) -> str:
    """What is wrong with the places of an address, without the address; empty when all of them
    are filled in."""
    if set(_PLACE.findall(str.__str__(way))) <= set(FILLED):
        return ""
    return f"it leaves open what nobody fills in: only {' and '.join(FILLED)} are"
