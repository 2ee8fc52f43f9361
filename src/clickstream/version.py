"""The version of the package; CHANGELOG.md has a heading for each."""

__version__ = "0.1.0"
