"""Drives the `ksql` package from PyPI, in an environment of its own; prints what it got as JSON.

    python ksql_client.py URL

The package is of 2021 and uses names that Python has moved since; they are put back before it is loaded, the
package itself is as published.
"""

import collections
import collections.abc
import json
import sys
import types
from itertools import islice
from typing import Any

for _name in ("Iterable", "Mapping", "MutableMapping", "MutableSet", "Set"):
    setattr(collections, _name, getattr(collections.abc, _name))
sys.modules.setdefault("telnetlib", types.ModuleType("telnetlib"))


def main(url: str) -> dict[str, Any]:
    from ksql.errors import KSQLError

    from ksql import KSQLAPI

    client = KSQLAPI(url)
    found: dict[str, Any] = {"version": client.get_ksql_version()}
    found["created"] = client.ksql(
        "CREATE STREAM clicks (id INT KEY, page VARCHAR, bytes BIGINT)"
        " WITH (kafka_topic='clicks', value_format='JSON', partitions=1);"
    )
    found["created_by_builder"] = client.create_stream(
        table_name="again", columns_type=["page varchar", "bytes bigint"], topic="clicks", value_format="JSON"
    )
    found["created_as"] = client.create_stream_as(
        table_name="large",
        select_columns=["id", "page", "bytes"],
        src_table="clicks",
        kafka_topic="large",
        conditions="bytes > 100",
    )
    client.ksql("CREATE TABLE totals AS SELECT page, SUM(bytes) AS total FROM clicks GROUP BY page;")
    # INSERT … VALUES is answered with an empty list, here as by ksqlDB, which this client cannot read.
    rows = [
        {"ID": at, "PAGE": page, "BYTES": size}
        for at, page, size in ((1, "a", 50), (2, "b", 150), (3, "a", 200))
    ]
    found["inserted_by_http2"] = client.inserts_stream("clicks", rows)
    found["streams"] = [one["name"] for one in client.ksql("SHOW STREAMS;")[0]["streams"]]
    earliest = {"ksql.streams.auto.offset.reset": "earliest"}
    push = "SELECT * FROM large EMIT CHANGES LIMIT 2;"
    # The client stumbles over an answer's end, which is as ksqlDB's; only what comes before is taken.
    rows_as_objects = client.query(push, stream_properties=earliest, return_objects=True)
    found["push_objects"] = list(islice(rows_as_objects, 2))
    found["push_http2"] = list(
        client.query(push, stream_properties={"auto.offset.reset": "earliest"}, use_http2=True)
    )
    found["pull"] = list(islice(client.query("SELECT * FROM totals WHERE page = 'a';"), 2))
    found["closed"] = client.close_query("nothing")
    found["properties"] = len(client.get_properties())
    try:
        client.ksql("SELECT nothing;")
    except KSQLError as error:
        found["error"] = str(error)
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
