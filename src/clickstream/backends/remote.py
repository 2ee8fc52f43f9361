"""The remote backend: services that exist already; nothing is started or ended."""

from collections.abc import Iterator
from dataclasses import dataclass

from clickstream.backends.base import SERVICES, Endpoints, Login, Started, Stopped
from clickstream.core.errors import BackendError, SettingsError
from clickstream.core.settings import SETTINGS_FILE, Settings

__all__ = ["RemoteBackend"]


@dataclass
class RemoteBackend:
    """Knows the URLs that the settings give."""

    settings: Settings
    name: str = "remote"

    def start(self) -> Started:
        """Check that all URLs are given. Raises: SettingsError."""
        self.endpoints()
        return Started(True, "services that run elsewhere")

    def stop(self, *, purge: bool = False) -> Stopped:
        """Refuse: what was not started here is not ended here."""
        raise BackendError(
            "the remote backend's services are not started or stopped from here",
            hint="`clickstream drop`, `sinks delete` and `connectors delete` take the pipeline away",
        )

    def endpoints(self) -> Endpoints:
        """Return the URLs of the settings. Raises: SettingsError if one is missing."""
        urls: dict[str, str] = {}
        for service in SERVICES:
            url = getattr(self.settings, f"{service}_url")
            if not url:
                name = f"{service}_url"
                raise SettingsError(
                    f"the remote backend needs {name}",
                    hint=f"set CLICKSTREAM_{name.upper()}=https://… or `{name}:` in {SETTINGS_FILE}",
                )
            urls[service] = url.rstrip("/")
        inside = self.settings.elasticsearch_inside_url or urls["elasticsearch"]
        login = Login(self.settings.grafana_user, self.settings.grafana_password)
        return Endpoints(**urls, elasticsearch_inside=inside, grafana_login=login)

    def logs(self, service: str | None = None, *, follow: bool = False) -> Iterator[str]:
        """Refuse: the logs are where the services are."""
        raise BackendError("the remote backend's logs are where its services run")
