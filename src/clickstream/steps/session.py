"""What SET, UNSET, DEFINE and UNDEFINE change: properties and variables that travel with later statements.

The REST API keeps no session; the client sends both with each request, as ksqlDB's own command line does.
"""

import re
from dataclasses import dataclass, field

__all__ = ["Session"]

SET = re.compile(r"\s*SET\s+'([^']+)'\s*=\s*'((?:[^']|'')*)'\s*;\s*$", re.IGNORECASE)
UNSET = re.compile(r"\s*UNSET\s+'([^']+)'\s*;\s*$", re.IGNORECASE)
DEFINE = re.compile(r"\s*DEFINE\s+(\w+)\s*=\s*'((?:[^']|'')*)'\s*;\s*$", re.IGNORECASE)
UNDEFINE = re.compile(r"\s*UNDEFINE\s+(\w+)\s*;\s*$", re.IGNORECASE)


@dataclass
class Session:
    """Properties and variables as they stand."""

    properties: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def take(self, text: str) -> str | None:
        """Apply a statement that changes the session and return what it did; None for any other statement."""
        if found := SET.match(text):
            self.properties[found[1]] = found[2].replace("''", "'")
            return f"{found[1]} is {found[2]}"
        if found := UNSET.match(text):
            was = self.properties.pop(found[1], None)
            return f"{found[1]} is no longer set" if was is not None else f"{found[1]} was not set"
        if found := DEFINE.match(text):
            self.variables[found[1]] = found[2].replace("''", "'")
            return f"${{{found[1]}}} is {found[2]}"
        if found := UNDEFINE.match(text):
            was = self.variables.pop(found[1], None)
            return f"${{{found[1]}}} is undefined" if was is not None else f"${{{found[1]}}} was not defined"
        return None
