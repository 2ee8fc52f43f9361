"""Words of a text, near enough to what Lucene's standard analyzer makes: Unicode words in lower case."""

import re
from functools import lru_cache

__all__ = ["tokens"]

# Letters are joined by an apostrophe, a full stop or a colon; digits by a full stop, a comma or a semicolon.
_WORD = re.compile(r"\w+(?:(?:(?<=[^\W\d_])['’.:](?=[^\W\d_])|(?<=\d)['.,;](?=\d))\w+)*")


@lru_cache(maxsize=100_000)
def tokens(text: str) -> tuple[str, ...]:
    """Return the words of `text` in order."""
    return tuple(word.lower() for word in _WORD.findall(text))
