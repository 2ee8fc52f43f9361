"""The login of the embedded pages: made up once, kept in the data folder, read by the server and the CLI."""

import json
import secrets
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path

__all__ = ["DEMO_USER", "PagesLogin", "is_loopback", "keep_login", "read_login"]

DEMO_USER = "user"
"""User and password of the demonstration login, as the tutorial has it."""

MADE_UP_USER = "admin"


@dataclass(frozen=True, slots=True)
class PagesLogin:
    """A user, a password, and the key that signs sessions."""

    user: str
    password: str
    key: str


def is_loopback(host: str) -> bool:
    """Return whether a server that listens at `host` is reached from its own machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_login(path: Path) -> PagesLogin | None:
    """Return the login that a file keeps, None if there is none."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        return PagesLogin(str(kept["user"]), str(kept["password"]), str(kept["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_login(path: Path, *, demo: bool | None = None) -> PagesLogin:
    """Return the login of a data folder: the one that is kept, or a new one.

    `demo` says whether it is user/user; a kept one that does not fit is replaced. With None any kept one
    fits. Only its owner may read the file.
    """
    kept = read_login(path)
    if kept is not None and (demo is None or demo == (kept.password == DEMO_USER)):
        return kept
    user, password = (DEMO_USER, DEMO_USER) if demo else (MADE_UP_USER, secrets.token_urlsafe(12))
    made = PagesLogin(user, password, secrets.token_urlsafe(32))
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(asdict(made)), "utf-8")
    return made
