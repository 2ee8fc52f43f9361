import pytest

from clickstream.engine.expressions.code import Code


def test_lines_become_a_function() -> None:
    code = Code()
    with code.block("def add(x)"):
        constant = code.constant(2)
        total = code.assign(f"x + {constant}")
        with code.block(f"if {total} > 5"):
            code.line("return 'big'")
        code.line(f"return {total}")
    add = code.compile("add")
    assert (add(1), add(4)) == (3, "big")


def test_an_empty_block_does_nothing() -> None:
    code = Code()
    with code.block("def nothing()"):
        pass
    assert code.compile("nothing")() is None


def test_names_are_never_used_twice() -> None:
    code = Code()
    names = [code.name(), code.name("y"), code.constant(1), code.assign("1")]
    assert len(set(names)) == len(names)


def test_a_mistake_shows_when_the_function_is_compiled() -> None:
    code = Code()
    code.line("def broken(:")
    with pytest.raises(SyntaxError):
        code.compile("broken")
