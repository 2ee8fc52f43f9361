"""Finds a connector by the name that a user typed."""

from clickstream.core.errors import NotFound
from clickstream.steps.context import StepContext

__all__ = ["find_connector"]


def find_connector(context: StepContext, wanted: str) -> str:
    """Return the connector's name, in the case it has. Raises: NotFound, naming those that exist."""
    names = context.connect.names()
    if wanted in names:
        return wanted
    same = [name for name in names if name.lower() == wanted.lower()]
    if same:
        return same[0]
    known = (
        f"the connectors are {', '.join(names)}" if names else "`clickstream connectors create` makes some"
    )
    raise NotFound(f"no connector {wanted}", hint=known)
