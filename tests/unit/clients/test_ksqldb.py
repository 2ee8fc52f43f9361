import json
from pathlib import Path

import pytest
import responses

from clickstream.clients.ksqldb import KsqlDbClient, warnings_of
from clickstream.core.errors import Conflict, NotFound, SqlError, SqlSyntaxError
from tests.helpers.recorded_replies import load, replay

URL = "http://127.0.0.1:8088"


@pytest.fixture
def client() -> KsqlDbClient:
    return KsqlDbClient(URL)


@responses.activate
def test_a_statement_is_sent_as_the_real_server_was_asked(shared: Path, client: KsqlDbClient) -> None:
    recording = load(shared / "golden/clickstream/rest/012_stmt05_CREATE_table_events_per_min.json")
    replay(responses.mock, URL, recording)
    entities = client.execute(recording["request"]["body_json"]["ksql"])
    assert json.loads(responses.calls[0].request.body) == recording["request"]["body_json"]
    assert entities[0]["commandSequenceNumber"] == 10
    assert entities[0]["commandStatus"]["queryId"] == "CTAS_EVENTS_PER_MIN_9"


@responses.activate
def test_sequence_number_and_variables_travel_only_when_given(client: KsqlDbClient) -> None:
    responses.post(f"{URL}/ksql", json=[])
    client.execute("SHOW STREAMS;", after=4, variables={"size": "30"}, properties={"a": "b"})
    assert json.loads(responses.calls[0].request.body) == {
        "ksql": "SHOW STREAMS;",
        "streamsProperties": {"a": "b"},
        "sessionVariables": {"size": "30"},
        "commandSequenceNumber": 4,
    }


@responses.activate
@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("034_create_stream_duplicate", SqlError, "A stream with the same name already exists"),
        ("053_ctas_unknown_source", SqlError, "NOPE"),
        ("092_syntax_error", SqlSyntaxError, "line 1"),
        ("045_create_stream_avro_no_sr", SqlError, "."),
        ("148_create_connector_ksql_duplicate", Conflict, "Connector DG2 already exists"),
        ("153_drop_connector_unknown", NotFound, "NOPE not found"),
    ],
)
def test_a_refusal_is_our_error_with_the_servers_words(
    shared: Path, client: KsqlDbClient, name: str, error: type[Exception], words: str
) -> None:
    recording = load(shared / f"golden/rest/ksql/{name}.json")
    replay(responses.mock, URL, recording)
    with pytest.raises(error, match=words):
        client.execute(recording["request"]["body_json"]["ksql"])


@responses.activate
def test_a_syntax_error_has_line_and_column(shared: Path, client: KsqlDbClient) -> None:
    replay(responses.mock, URL, load(shared / "golden/rest/ksql/092_syntax_error.json"))
    with pytest.raises(SqlSyntaxError) as caught:
        client.execute("SELEC;")
    assert (caught.value.line, caught.value.column > 0) == (1, True)


@responses.activate
def test_info_and_health(shared: Path, client: KsqlDbClient) -> None:
    replay(responses.mock, URL, load(shared / "golden/rest/ksql/001_GET_info.json"))
    replay(responses.mock, URL, load(shared / "golden/rest/ksql/002_GET_healthcheck.json"))
    assert client.info().version
    assert client.info().status == "RUNNING"
    assert client.is_healthy()


@responses.activate
def test_streams_and_tables_are_one_set_of_names(shared: Path, client: KsqlDbClient) -> None:
    for name in ("001_SHOW_STREAMS", "002_SHOW_TABLES"):
        replay(responses.mock, URL, load(shared / f"golden/clickstream/meta/{name}.json"))
    names = client.source_names()
    assert {"CLICKSTREAM", "USER_CLICKSTREAM", "WEB_USERS", "EVENTS_PER_MIN"} <= names


@responses.activate
def test_queries_and_description(shared: Path, client: KsqlDbClient) -> None:
    replay(responses.mock, URL, load(shared / "golden/clickstream/meta/003_SHOW_QUERIES.json"))
    assert {query["state"] for query in client.queries()} == {"RUNNING"}
    responses.reset()
    replay(
        responses.mock, URL, load(shared / "golden/clickstream/meta/022_DESCRIBE_EXTENDED_PAGES_PER_MIN.json")
    )
    assert client.describe("PAGES_PER_MIN")["windowType"] == "HOPPING"
    responses.reset()
    replay(responses.mock, URL, load(shared / "golden/rest/ksql/074_describe_unknown.json"))
    with pytest.raises(NotFound):
        client.describe("NOPE")


@responses.activate
def test_a_query_has_columns_and_rows(shared: Path, client: KsqlDbClient) -> None:
    replay(responses.mock, URL, load(shared / "golden/rest/query/003_qs_pull_windowed_delimited.json"))
    with client.query("SELECT * FROM events_per_min WHERE k1=10;") as answer:
        assert answer.names == ("K1", "WINDOWSTART", "WINDOWEND", "USERID", "EVENT_TS", "EVENTS")
        assert answer.types[:2] == ("INTEGER", "BIGINT")
        assert list(answer.rows) == [[10, 1795505220000, 1795505280000, 10, 1795505220000, 2]]


@responses.activate
def test_a_query_that_is_refused_or_breaks_is_an_sql_error(shared: Path, client: KsqlDbClient) -> None:
    replay(responses.mock, URL, load(shared / "golden/rest/query/028_qs_pull_agg_not_allowed.json"))
    with pytest.raises(SqlError, match="Pull queries don't support GROUP BY"), client.query("SELECT 1;"):
        pass
    responses.reset()
    head = '{"queryId":"q","columnNames":["A"],"columnTypes":["INTEGER"]}'
    responses.post(f"{URL}/query-stream", body=head + '\n[1]\n{"status":"error","message":"gone"}\n')
    with client.query("SELECT 1;") as answer:
        assert next(answer.rows) == [1]
        with pytest.raises(SqlError, match="gone"):
            next(answer.rows)


@responses.activate
def test_print_gives_the_servers_lines(shared: Path, client: KsqlDbClient) -> None:
    recording = load(shared / "golden/clickstream/rest/005_print_clickstream_codes_limit3.json")
    replay(responses.mock, URL, recording)
    with client.print_topic("clickstream_codes", limit=3) as lines:
        assert list(lines) == recording["response"]["body_raw"].splitlines()
    assert json.loads(responses.calls[0].request.body) == recording["request"]["body_json"]
    assert client.has_records("clickstream_codes")


@responses.activate
def test_an_unknown_topic_has_no_records(shared: Path, client: KsqlDbClient) -> None:
    replay(responses.mock, URL, load(shared / "golden/rest/query/067_query_print_unknown.json"))
    assert not client.has_records("nope")


@responses.activate
def test_warnings_are_read_from_every_entity(client: KsqlDbClient) -> None:
    assert warnings_of([{"warnings": [{"message": "a"}]}, {"@type": "x"}, {"warnings": None}]) == ["a"]
