"""Where files are: the pipeline's assets, and what a server keeps in its data folder.

Assets are `ksql/`, `grafana/`, `elasticsearch/`, `docker/`, `docker-compose.yml` and `clickstream.yaml`.
A project folder's own file wins over the packaged one of its name: whoever edits a copy changes the pipeline.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import clickstream
from clickstream.core.errors import SettingsError

__all__ = ["ASSET_NAMES", "Assets", "DataFolder", "packaged_assets"]

ASSET_NAMES = ("clickstream.yaml", "docker", "docker-compose.yml", "elasticsearch", "grafana", "ksql")
"""Top-level names of the assets, as they stand in a project folder."""


def packaged_assets() -> Path:
    """Return the folder of the assets that came with the package.

    An installed wheel carries them inside the package; an editable checkout has them at its top.
    """
    package = Path(clickstream.__file__).resolve().parent
    inside = package / "assets"
    return inside if inside.is_dir() else package.parents[1]


@dataclass(frozen=True)
class Assets:
    """Finds assets by their relative name: first in the project folder, then in the package."""

    project: Path
    packaged: Path

    @classmethod
    def of(cls, project: Path) -> "Assets":
        """Return the assets as seen from the folder `project`."""
        return cls(project, packaged_assets())

    def find(self, name: str) -> Path:
        """Return the path of the file or folder `name`.

        Raises: SettingsError if neither the project folder nor the package has it.
        """
        for root in (self.project, self.packaged):
            if (root / name).exists():
                return root / name
        raise SettingsError(
            f"no file {name} in {self.project} or in the package",
            hint=f"`clickstream init {self.project}` writes the packaged files there",
        )

    def is_own(self, name: str) -> bool:
        """Return whether `name` comes from the project folder."""
        return (self.project / name).exists() and self.project != self.packaged

    def glob(self, folder: str, pattern: str) -> list[Path]:
        """Return the files of `folder` that match, by name, a project's own before a packaged one."""
        found: dict[str, Path] = {}
        for root in (self.packaged, self.project):
            found |= {path.name: path for path in (root / folder).glob(pattern)}
        return [found[name] for name in sorted(found)]

    def shown(self, path: Path) -> str:
        """Return the path as a message should show it: short where it is inside a root."""
        for root in (self.project, self.packaged):
            if path.is_relative_to(root):
                return str(path.relative_to(root))
        return str(path)


@dataclass(frozen=True)
class DataFolder:
    """Names of what the embedded server and its controller keep in one data folder."""

    root: Path

    @property
    def server_json(self) -> Path:
        """Process id, ports and version of the server; there from when it serves until it ends."""
        return self.root / "server.json"

    @property
    def log_file(self) -> Path:
        """What the server writes to its standard output and error."""
        return self.root / "server.log"

    @property
    def lock_file(self) -> Path:
        """The file that the server of the folder keeps locked while it runs; holds its process number."""
        return self.root / "lock"

    @property
    def login_file(self) -> Path:
        """User and password of the pages, where they ask for them."""
        return self.root / "login.json"

    @property
    def history(self) -> Path:
        """The lines typed at the `clickstream ksql` prompt."""
        return self.root / "ksql_history"

    @property
    def marker(self) -> Path:
        """Says that the folder was made by `clickstream up`, so that `down --purge` may delete it."""
        return self.root / ".clickstream-data"

    def entries(self) -> Iterator[Path]:
        """Yield what is in the folder; nothing if there is no folder."""
        if self.root.is_dir():
            yield from self.root.iterdir()
