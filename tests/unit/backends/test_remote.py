from pathlib import Path

import pytest

from clickstream.backends.remote import RemoteBackend
from clickstream.core.errors import BackendError, SettingsError
from clickstream.core.settings import Settings

URLS = {
    f"{name}_url": f"https://{name}.example/" for name in ("ksqldb", "connect", "elasticsearch", "grafana")
}


def test_urls_come_from_the_settings(project: Path) -> None:
    endpoints = RemoteBackend(Settings.read(**URLS)).endpoints()
    assert endpoints.ksqldb == "https://ksqldb.example"
    assert endpoints.elasticsearch_inside == "https://elasticsearch.example"
    inside = Settings.read(**URLS, elasticsearch_inside_url="http://es:9200")
    assert RemoteBackend(inside).endpoints().elasticsearch_inside == "http://es:9200"


@pytest.mark.parametrize("missing", sorted(URLS))
def test_a_missing_url_is_named_with_how_to_give_it(project: Path, missing: str) -> None:
    urls = {name: url for name, url in URLS.items() if name != missing}
    with pytest.raises(SettingsError, match=missing) as caught:
        RemoteBackend(Settings.read(**urls)).start()
    assert f"CLICKSTREAM_{missing.upper()}" in str(caught.value.hint)


def test_nothing_is_ended_from_here(project: Path) -> None:
    backend = RemoteBackend(Settings.read(**URLS))
    assert backend.start().was_running
    with pytest.raises(BackendError):
        backend.stop()
    with pytest.raises(BackendError):
        backend.logs()
