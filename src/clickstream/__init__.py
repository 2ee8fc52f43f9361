"""Live analytics for click streams: one CLI, three backends (embedded, compose, remote)."""

from clickstream.version import __version__

__all__ = ["__version__"]
