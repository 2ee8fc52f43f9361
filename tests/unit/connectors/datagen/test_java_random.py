"""Numbers that `java.util.Random` gave, run on Java 17."""

from clickstream.connectors.datagen.java_random import JavaRandom


def test_integers_below_a_bound_are_those_of_java() -> None:
    random = JavaRandom(42)
    assert [random.next_int(100) for _ in range(5)] == [30, 63, 48, 84, 70]


def test_bounds_that_are_powers_of_two_take_the_high_bits() -> None:
    random = JavaRandom(0)
    assert [random.next_int(16) for _ in range(4)] == [11, 13, 3, 9]


def test_long_integers_are_signed() -> None:
    assert JavaRandom(42).next_long() == -5025562857975149833


def test_fractions_are_those_of_java() -> None:
    assert JavaRandom(42).next_double() == 0.7275636800328681


def test_a_seed_is_the_whole_state() -> None:
    random = JavaRandom(-7)
    random.next_long()
    random.set_seed(99)
    assert random.next_long() == JavaRandom(99).next_long()
