"""The quickstart `clickstream_users`: a user of the web site, each with a new id.

Source: the dump of the real connector's topic: field order, types and values; registration times are
uniform between its bounds.
"""

from typing import Any

from clickstream.connectors.datagen.java_random import JavaRandom

__all__ = ["KEY", "make_user"]

KEY = "user_id"

# 18 names for ever more ids: many ids share a name, as many sessions of one person would
_USERNAMES = (
    *("AbdelKable_86", "akatz1022", "AlanGreta_GG66", "alison_99", "AndySims_345324", "Antonio_0966"),
    *("ArlyneW8ter", "BenSteins_235", "bobk_43", "DimitriSchenz88", "Ferd88", "GlenAlan_23344"),
    *("k_robertz_88", "LukeWaters_23", "Nathan_126", "Oriana_70", "Reeva43", "Roberto_123"),
)
_FIRST_NAMES = (
    *("Abdel", "Antonio", "Arlyne", "Curran", "Dimitri", "Elwyn"),
    *("Ferd", "Greta", "Hanson", "Oriana", "Reeva", "Woodrow"),
)
_LAST_NAMES = (
    *("Adicot", "De Banke", "Garrity", "Jushcke", "Lalonde", "Pask"),
    *("Rockhill", "Romagosa", "Tomini", "Trice", "Vanyard", "Vears"),
)
_CITIES = ("Frankfurt", "London", "New York", "Palo Alto", "Raleigh", "San Francisco")
_LEVELS = ("Gold", "Platinum", "Silver")
_REGISTERED_MS = (1_407_645_330_000, 1_502_339_792_000)


def make_user(random: JavaRandom, iteration: int) -> dict[str, Any]:
    """Return the fields of one user; ids count up from 1."""
    first_ms, last_ms = _REGISTERED_MS
    return {
        "user_id": iteration + 1,
        "username": _USERNAMES[random.next_int(len(_USERNAMES))],
        "registered_at": first_ms + int(random.next_double() * (last_ms - first_ms)),
        "first_name": _FIRST_NAMES[random.next_int(len(_FIRST_NAMES))],
        "last_name": _LAST_NAMES[random.next_int(len(_LAST_NAMES))],
        "city": _CITIES[random.next_int(len(_CITIES))],
        "level": _LEVELS[random.next_int(len(_LEVELS))],
    }
