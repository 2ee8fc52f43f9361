"""Which backend a run uses.

`auto` is embedded: pulling gigabytes of images must never be a surprise. The others are chosen by an option,
the environment or `clickstream.yaml`.
"""

from dataclasses import dataclass

from clickstream.backends.base import Backend
from clickstream.backends.compose import ComposeBackend
from clickstream.backends.embedded import EmbeddedBackend
from clickstream.backends.remote import RemoteBackend
from clickstream.backends.runner import SystemRunner
from clickstream.core.paths import Assets
from clickstream.core.settings import Settings
from clickstream.core.waiting import Waiter

__all__ = ["Choice", "choose_backend"]

HOW_TO_CHOOSE = "`--backend embedded|compose|remote`, CLICKSTREAM_BACKEND or `backend:` in clickstream.yaml"


@dataclass(frozen=True)
class Choice:
    """The backend and the reason for it, as a user should read it."""

    backend: Backend
    reason: str


def choose_backend(
    settings: Settings, assets: Assets, waiter: Waiter, *, demo_credentials: bool = False
) -> Choice:
    """Return the backend that the settings ask for."""
    asked = settings.backend
    reason = f"{asked}, as asked for"
    if asked == "auto":
        asked, reason = "embedded", f"embedded (the default; {HOW_TO_CHOOSE} choose another)"
    if asked == "compose":
        runner = SystemRunner(waiter.progress)
        return Choice(ComposeBackend(settings, assets, runner, demo_credentials), reason)
    if asked == "remote":
        return Choice(RemoteBackend(settings), reason)
    return Choice(EmbeddedBackend(settings, waiter, demo_credentials), reason)
