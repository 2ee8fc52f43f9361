"""The kept login: made up once, readable by its owner only, user/user only when asked for."""

from pathlib import Path

import pytest

from clickstream.core.login import DEMO_USER, is_loopback, keep_login, read_login


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "login.json"


def test_a_login_is_made_up_once(file: Path) -> None:
    made = keep_login(file)
    assert made.user == "admin"
    assert len(made.password) >= 16
    assert keep_login(file, demo=False) == made == read_login(file)
    assert file.stat().st_mode & 0o077 == 0


def test_two_folders_have_different_passwords_and_keys(tmp_path: Path) -> None:
    one, other = (keep_login(tmp_path / name) for name in ("a", "b"))
    assert one.password != other.password
    assert one.key != other.key


def test_the_demonstration_login_comes_and_goes_as_asked(file: Path) -> None:
    demo = keep_login(file, demo=True)
    assert (demo.user, demo.password) == (DEMO_USER, DEMO_USER)
    assert keep_login(file) == demo
    assert keep_login(file, demo=False).password != DEMO_USER


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"user": "a", "password": "b"}', "\x00"])
def test_a_damaged_file_keeps_no_login_and_is_replaced(file: Path, text: str) -> None:
    file.write_text(text)
    assert read_login(file) is None
    assert keep_login(file) == read_login(file)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.0.1", False),
        ("example.org", False),
    ],
)
def test_which_addresses_other_machines_reach(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
