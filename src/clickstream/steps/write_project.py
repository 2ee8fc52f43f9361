"""Writes the packaged pipeline into a folder, where it can be edited: its files win over packaged ones."""

import shutil
from pathlib import Path

from clickstream.core.errors import SettingsError
from clickstream.core.paths import ASSET_NAMES, Assets

__all__ = ["write_project"]


def write_project(assets: Assets, folder: Path) -> list[Path]:
    """Copy what is not there yet and return the files written.

    Raises: SettingsError if the folder cannot be written.
    """
    written: list[Path] = []
    try:
        for name in ASSET_NAMES:
            written += copy_missing(assets.packaged / name, folder / name)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error.strerror}") from error
    return written


def copy_missing(source: Path, target: Path) -> list[Path]:
    """Copy a file or a folder, leaving out what exists."""
    if source.is_dir():
        return [
            path for inner in sorted(source.iterdir()) for path in copy_missing(inner, target / inner.name)
        ]
    if target.exists():
        return []
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return [target]
