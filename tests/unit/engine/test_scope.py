from clickstream.engine.scope import Scope, Slot
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.types import BIGINT, INTEGER, STRING

SCHEMA = LogicalSchema((Column("K", INTEGER),), (Column("A", STRING), Column("B", INTEGER)))


def places(scope: Scope) -> dict[str, str]:
    return {name: slot.place for name, slot in scope.slots.items()}


def test_key_value_time_and_window_have_their_places() -> None:
    scope = Scope.of(SCHEMA, windowed=True, hidden=[Column("ROWOFFSET", BIGINT)])
    assert places(scope) == {
        "ROWTIME": "t",
        "WINDOWSTART": "k[1]",
        "WINDOWEND": "k[2]",
        "A": "v[0]",
        "B": "v[1]",
        "ROWOFFSET": "v[2]",
        "K": "k[0]",
    }
    assert scope.key_width == 3


def test_a_projection_keeps_time_and_renames_the_key() -> None:
    scope = Scope.of(SCHEMA, windowed=False).renamed({"X": Slot("v[1]", INTEGER)}, [Column("KEY", INTEGER)])
    assert places(scope) == {"ROWTIME": "t", "X": "v[1]", "KEY": "k[0]"}


def test_a_new_key_hides_the_old_one_which_may_stay_as_a_value() -> None:
    scope = Scope.of(SCHEMA, windowed=False)
    assert "K" not in places(scope.rekeyed([Column("A", STRING)]))
    moved = scope.with_key_as_value(2).rekeyed([Column("A", STRING)])
    assert places(moved) == {"ROWTIME": "t", "A": "k[0]", "B": "v[1]", "K": "v[2]"}


def test_a_value_tuple_can_be_laid_out_anew() -> None:
    scope = Scope.of(SCHEMA, windowed=False).with_value({"K": INTEGER, "B": INTEGER})
    assert places(scope) == {"ROWTIME": "t", "K": "v[0]", "B": "v[1]"}
    assert scope.types["B"] == INTEGER
    assert Slot("v[2]", INTEGER).moved(3).place == "v[5]"
