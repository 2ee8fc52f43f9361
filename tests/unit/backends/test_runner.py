import os
import sys

import pytest

from clickstream.backends.runner import SystemRunner
from clickstream.core.errors import DockerMissing
from tests.helpers.fake_stack import Told


def test_a_command_is_told_before_it_runs_and_its_code_returned() -> None:
    told = Told()
    assert SystemRunner(told).show([sys.executable, "-c", "raise SystemExit(3)"], os.environ) == 3
    assert told.notes == [f"$ {sys.executable} -c 'raise SystemExit(3)'"]


def test_output_and_errors_are_captured_together() -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr)"
    done = SystemRunner().capture([sys.executable, "-c", program], os.environ)
    assert done.returncode == 0
    assert {"out", "err"} == set(done.output.split())


def test_lines_come_as_they_are_written_and_the_program_ends_with_the_iteration() -> None:
    program = "import time\nprint('one', flush=True)\ntime.sleep(60)"
    lines = SystemRunner().lines([sys.executable, "-c", program], os.environ)
    assert next(lines) == "one"
    lines.close()  # type: ignore[attr-defined]


def test_a_program_that_is_not_there_is_docker_missing() -> None:
    runner = SystemRunner()
    for call in (runner.capture, runner.show, lambda argv, env: next(runner.lines(argv, env))):
        with pytest.raises(DockerMissing, match="no-such-program"):
            call(["no-such-program"], os.environ)
