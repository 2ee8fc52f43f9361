from tests.helpers.engine_runs import run, short

STREAM = "CREATE STREAM S (K INT KEY, V INT, W STRING) WITH (kafka_topic='s', value_format='JSON');"


def test_rows_get_a_new_key_and_keep_the_old_one_as_a_column() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT AS SELECT * FROM S PARTITION BY W;",
        [("s", 1, {"V": 1, "W": "a"}), ("s", 2, {"V": 2, "W": None}), ("s", 3, None)],
    )
    assert found[0].key == "a"
    assert found[0].value == {"V": 1, "K": 1}
    assert short(found[1:]) == [(None, (2, 2)), (None, None)]


def test_several_keys_may_be_null() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT WITH (key_format='JSON') AS SELECT V, W, K FROM S PARTITION BY V, K;",
        [("s", 1, {"V": 5, "W": "a"}), ("s", 2, {"W": "b"}), ("s", 3, None)],
    )
    assert [r.key for r in found] == [{"V": 5, "K": 1}, {"V": None, "K": 2}, {"V": None, "K": 3}]
    assert [r.value for r in found] == [{"W": "a"}, {"W": "b"}, None]


def test_a_struct_can_be_a_key() -> None:
    found = run(
        STREAM + "CREATE STREAM OUT WITH (key_format='JSON') AS "
        "SELECT STRUCT(A := V) AS ST, W FROM S PARTITION BY STRUCT(A := V);",
        [("s", 1, {"V": 5, "W": "a"})],
    )
    assert found[0].key == {"A": 5}
