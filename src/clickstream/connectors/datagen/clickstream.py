"""The quickstart `clickstream`: one request of a web server.

Source: the dump of the real connector's topic: field order, types and the values that occur, each with its
weight.
"""

from typing import Any

from clickstream.connectors.datagen.java_random import JavaRandom

__all__ = ["KEY", "make_click"]

KEY = "ip"

# 36 addresses, four of them twice as frequent as the others
_COMMON = ("111.168.57.122", "122.168.57.222", "222.168.57.122", "233.168.257.122")
_IPS = (
    *("111.145.8.144", "111.152.45.45", "111.168.57.122", "111.173.165.103", "111.203.236.146"),
    *("111.245.174.111", "111.245.174.248", "111.249.79.93", "111.90.225.227", "122.145.8.244"),
    *("122.152.45.245", "122.168.57.222", "122.173.165.203", "122.203.236.246", "122.245.174.122"),
    *("122.245.174.248", "122.249.79.233", "122.90.225.227", "222.145.8.144", "222.152.45.45"),
    *("222.168.57.122", "222.173.165.103", "222.203.236.146", "222.245.174.222", "222.245.174.248"),
    *("222.249.79.93", "222.90.225.227", "233.145.28.144", "233.152.245.45", "233.168.257.122"),
    *("233.173.215.103", "233.203.236.146", "233.245.174.233", "233.245.174.248", "233.249.279.93"),
    "233.90.225.227",
    *_COMMON,
)
_REQUESTS = (
    "GET /index.html HTTP/1.1",
    "GET /site/login.html HTTP/1.1",
    "GET /site/user_status.html HTTP/1.1",
    "GET /site/user_status.html HTTP/1.1",
    "GET /images/track.png HTTP/1.1",
    "GET /images/logo-small.png HTTP/1.1",
)
_STATUSES = ("200", "302", "404", "405", "406", "407")
_SIZES = ("278", "1289", "2048", "4096", "4006", "4196", "14096")
_AGENTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/59.0.3071.115 Safari/537.36",
)
_FIRST_USER, _USERS = -1, 41
"""User ids are -1 to 39: -1 and 0 never have a user record, the others once enough users were made."""

_TIME_STEP = 10


def make_click(random: JavaRandom, iteration: int) -> dict[str, Any]:
    """Return the fields of one click. `time` and `_time` count; they are not times."""
    counter = iteration * _TIME_STEP + 1
    return {
        "ip": _IPS[random.next_int(len(_IPS))],
        "userid": _FIRST_USER + random.next_int(_USERS),
        "remote_user": "-",
        "time": str(counter),
        "_time": counter,
        "request": _REQUESTS[random.next_int(len(_REQUESTS))],
        "status": _STATUSES[random.next_int(len(_STATUSES))],
        "bytes": _SIZES[random.next_int(len(_SIZES))],
        "referrer": "-",
        "agent": _AGENTS[random.next_int(len(_AGENTS))],
    }
