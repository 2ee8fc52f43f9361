import pytest

from clickstream.node.identity import ServerIdentity
from clickstream.node.rejections import RequestRejected
from clickstream.node.server_properties import (
    check_allowed,
    default_names,
    effective,
    emits_every_change,
    is_known,
    list_properties,
    reads_from_beginning,
)

IDENTITY = ServerIdentity(host="h:1", connect_url="http://h:2", data_dir="/data")


def test_values_of_this_server_are_put_in() -> None:
    values = {p.name: p.value for p in list_properties({}, IDENTITY)}
    assert values["ksql.connect.url"] == "http://h:2"
    assert values["ksql.streams.application.server"] == "http://h:1"
    assert values["ksql.streams.state.dir"] == "/data/state"
    assert values["ksql.metrics.extension"] is None
    assert values["ksql.schema.registry.url"] == ""


def test_an_override_under_either_name_is_listed() -> None:
    for name in ("auto.offset.reset", "ksql.streams.auto.offset.reset"):
        values = {p.name: p.value for p in list_properties({name: "latest"}, IDENTITY)}
        assert values["ksql.streams.auto.offset.reset"] == "latest"
        assert effective("auto.offset.reset", {name: "latest"}) == "latest"


def test_an_overridden_property_is_no_default() -> None:
    assert "ksql.timestamp.throw.on.invalid" in default_names({})
    assert "ksql.timestamp.throw.on.invalid" not in default_names({"ksql.timestamp.throw.on.invalid": "true"})


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("auto.offset.reset", True),
        ("ksql.streams.auto.offset.reset", True),
        ("ksql.streams.consumer.max.poll.records", True),
        ("ksql.service.id", True),
        ("ksql.functions.collect_list.limit", True),
        ("nope.nope", False),
        ("ksql.streams.nope.nope", False),
    ],
)
def test_which_names_exist(name: str, known: bool) -> None:
    assert is_known(name) is known


def test_the_servers_own_are_not_for_requests() -> None:
    check_allowed(["auto.offset.reset", "ksql.query.pull.table.scan.enabled", "unknown"])
    with pytest.raises(RequestRejected, match=r"\[ksql.service.id\]"):
        check_allowed(["ksql.service.id"])


def test_where_queries_begin_and_what_they_emit() -> None:
    assert reads_from_beginning({})
    assert not reads_from_beginning({"auto.offset.reset": "LATEST"})
    assert not emits_every_change({})
    assert emits_every_change({"cache.max.bytes.buffering": 0})
