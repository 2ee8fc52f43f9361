import json
from pathlib import Path

import pytest

from clickstream.node.command_log import CommandLog
from clickstream.storage.database import Database


@pytest.fixture
def database() -> Database:
    return Database.in_memory()


@pytest.fixture
def commands(database: Database) -> CommandLog:
    return CommandLog(database)


def append(commands: CommandLog, database: Database, count: int, subject: str = "") -> None:
    for n in range(count):
        with database.transaction():
            commands.append(f"stream/`S{n}`/create", f"CREATE {n}", subject=subject)


def test_sequence_numbers_go_up_by_two(commands: CommandLog, database: Database) -> None:
    append(commands, database, 3)
    assert [c.sequence for c in commands.all()] == [0, 2, 4]
    assert commands.next_sequence == 6


def test_query_ids_take_the_number_before_their_command(commands: CommandLog, database: Database) -> None:
    assert commands.next_query_id("CSAS", "FIRST") == "CSAS_FIRST_0"
    append(commands, database, 3)
    assert commands.next_query_id("CSAS", "USER_CLICKSTREAM") == "CSAS_USER_CLICKSTREAM_5"
    assert commands.next_query_id("INSERTQUERY") == "INSERTQUERY_5"


def test_the_numbers_are_those_of_the_real_server(
    commands: CommandLog, database: Database, shared: Path
) -> None:
    """Replays the order in which commands succeeded on a real server."""
    numbered = 0
    for file in sorted((shared / "golden/rest/ksql").glob("*.json")):
        answer = json.loads(file.read_text())["response"].get("body_json")
        for entity in answer if isinstance(answer, list) else ():
            if entity.get("commandSequenceNumber", -1) < 0 or entity.get("@type") != "currentStatus":
                continue
            assert entity["commandSequenceNumber"] == commands.next_sequence, file.name
            if query_id := entity["commandStatus"]["queryId"]:
                prefix, name, _ = query_id.split("_", 1)[0], query_id.split("_", 1)[1].rsplit("_", 1)[0], ""
                assert query_id == commands.next_query_id(prefix, name)
                numbered += 1
            append(commands, database, 1)
    assert numbered >= 5


def test_commands_come_back_as_they_were(commands: CommandLog, database: Database) -> None:
    with database.transaction():
        command = commands.append(
            "table/`T`/create", "CREATE TABLE T …", query_id="CTAS_T_0", subject="source:T",
            properties={"auto.offset.reset": "latest", "n": 1}, message="Created",
        )  # fmt: skip
    assert commands.live() == [command]


def test_retired_commands_are_not_replayed_but_count(commands: CommandLog, database: Database) -> None:
    append(commands, database, 2, "source:A")
    append(commands, database, 1, "source:B")
    with database.transaction():
        commands.retire(["source:A"])
    assert [c.sequence for c in commands.live()] == [4]
    assert [c.sequence for c in commands.all()] == [0, 2, 4]
    assert commands.next_sequence == 6
