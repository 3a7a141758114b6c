"""Time zones in other words than their names: what Windows calls them, and misspelt ones.

A zone is only named for another word where it is meant without doubt: a suggestion that is hours
off would be taken.
"""

import re
from collections.abc import Iterator

from bot.language.zones import zone_names

A_PLACE = "write a place, such as Europe/Berlin"
_LABEL = re.compile(r"\((?:UTC|GMT)(?:[+-]\d{1,2}[:.]?\d{2})?\)\s*(.+)")
_SHORT = 7  # letters of a place up to which one slip of the pen is all it may differ by

# What Windows shows people in the place of a zone's name; its names proper are known already.
SHOWN_BY_WINDOWS = {
    "coordinated universal time": "UTC",
    "dublin, edinburgh, lisbon, london": "Europe/London",
    "monrovia, reykjavik": "Atlantic/Reykjavik",
    "casablanca": "Africa/Casablanca",
    "amsterdam, berlin, bern, rome, stockholm, vienna": "Europe/Berlin",
    "belgrade, bratislava, budapest, ljubljana, prague": "Europe/Budapest",
    "brussels, copenhagen, madrid, paris": "Europe/Paris",
    "sarajevo, skopje, warsaw, zagreb": "Europe/Warsaw",
    "west central africa": "Africa/Lagos",
    "athens, bucharest": "Europe/Bucharest",
    "cairo": "Africa/Cairo",
    "harare, pretoria": "Africa/Johannesburg",
    "helsinki, kyiv, riga, sofia, tallinn, vilnius": "Europe/Kiev",
    "jerusalem": "Asia/Jerusalem",
    "istanbul": "Europe/Istanbul",
    "moscow, st. petersburg": "Europe/Moscow",
    "kuwait, riyadh": "Asia/Riyadh",
    "nairobi": "Africa/Nairobi",
    "abu dhabi, muscat": "Asia/Dubai",
    "islamabad, karachi": "Asia/Karachi",
    "chennai, kolkata, mumbai, new delhi": "Asia/Kolkata",
    "kathmandu": "Asia/Kathmandu",
    "bangkok, hanoi, jakarta": "Asia/Bangkok",
    "beijing, chongqing, hong kong, urumqi": "Asia/Shanghai",
    "kuala lumpur, singapore": "Asia/Singapore",
    "perth": "Australia/Perth",
    "taipei": "Asia/Taipei",
    "osaka, sapporo, tokyo": "Asia/Tokyo",
    "seoul": "Asia/Seoul",
    "adelaide": "Australia/Adelaide",
    "darwin": "Australia/Darwin",
    "brisbane": "Australia/Brisbane",
    "canberra, melbourne, sydney": "Australia/Sydney",
    "hobart": "Australia/Hobart",
    "auckland, wellington": "Pacific/Auckland",
    "brasilia": "America/Sao_Paulo",
    "city of buenos aires": "America/Argentina/Buenos_Aires",
    "santiago": "America/Santiago",
    "newfoundland": "America/St_Johns",
    "atlantic time (canada)": "America/Halifax",
    "bogota, lima, quito, rio branco": "America/Bogota",
    "eastern time (us & canada)": "America/New_York",
    "indiana (east)": "America/Indiana/Indianapolis",
    "central time (us & canada)": "America/Chicago",
    "guadalajara, mexico city, monterrey": "America/Mexico_City",
    "saskatchewan": "America/Regina",
    "arizona": "America/Phoenix",
    "mountain time (us & canada)": "America/Denver",
    "pacific time (us & canada)": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
}


def of_windows(name: str) -> str | None:
    """The zone that Windows calls or shows by this name, in any case."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    label = _LABEL.fullmatch(name)
    text = label[1] if label else name
    shown = " ".join(text.replace(" /", ",").split()).casefold()
    proper = (zone for known, zone in WINDOWS_TO_OLSON.items() if known.casefold() == shown)
    return SHOWN_BY_WINDOWS.get(shown) or next(proper, None)


def zone_hint(name: str) -> str:
    """What to write in place of a name that is no zone. An abbreviation or an offset is never
    taken for another one, since it may be hours away."""
    text = name.strip().replace(" ", "_")
    same = (one for one in sorted(zone_names()) if one.casefold() == text.casefold())
    found = next(same, None) or of_windows(name.strip()) or next(_misspelt(text), None)
    return f"did you mean '{found}'?" if found else A_PLACE


def _misspelt(name: str) -> Iterator[str]:
    """Zones of the same place with a slip in it, or of that place in another region."""
    from rapidfuzz.distance import OSA  # only who has made a mistake pays for it

    region, _, place = name.casefold().rpartition("/")
    # The shorter a name, the more places are one letter away from it.
    bound = 0 if len(place) < 5 else 1 if len(place) <= _SHORT else 2
    slips: list[tuple[int, bool, str]] = []
    for one in zone_names():
        where, _, called = one.casefold().rpartition("/")
        if where and where != "etc":
            slip = OSA.distance(place, called, score_cutoff=bound)
            # In another region the place must be spelt right: two slips at once are no sure hit.
            if slip <= (bound if region in ("", where) else 0):
                slips.append((slip, where != region, one))
    yield from (one for _, _, one in sorted(slips))
