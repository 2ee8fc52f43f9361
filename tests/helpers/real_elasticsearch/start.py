"""Starts a real Elasticsearch 7.10.2 from Maven Central and waits for it.

The jars are fetched once into a cache folder. Elasticsearch refuses to run as root, so root starts it as
`nobody`, from folders that `nobody` can read. It ends when its standard input closes, at the latest with us.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Unavailable", "real_elasticsearch"]

HERE = Path(__file__).parent
MAIN = "RealElasticsearch.java"
START_S = 120.0
NOBODY = 65534


class Unavailable(Exception):
    """The machine has no Java or Maven, or cannot fetch the jars."""


def _jars(*, download: bool) -> Path:
    cache = Path(tempfile.gettempdir()) / f"elasticsearch-7.10.2-jars-{os.getuid()}"
    if not (cache / "complete").exists():
        if not download:
            raise Unavailable("its jars are not here yet; CI=1 fetches them")
        _fetch(cache)
    shutil.copy(HERE / MAIN, cache / MAIN)
    return cache


def _fetch(cache: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None or shutil.which("java") is None:
        raise Unavailable("Java and Maven are not installed")
    cache.mkdir(mode=0o755, exist_ok=True)
    copy = ["dependency:copy-dependencies", f"-DoutputDirectory={cache}"]
    command = [maven, "-q", "-B", "-f", str(HERE / "pom.xml"), *copy]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if result.returncode:
        raise Unavailable(f"Maven could not fetch the jars: {result.stdout[-500:]}")
    (cache / "complete").touch()


def _command(cache: Path, folder: Path, port: int) -> list[str]:
    command = ["java", "-Xmx700m", "-cp", f"{cache}/*", str(cache / MAIN), str(folder / "data"), str(port)]
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def real_elasticsearch(*, download: bool) -> Iterator[str]:
    """Run the server while inside; gives its URL. Raises: Unavailable."""
    cache, port = _jars(download=download), _free_port()
    folder = Path(tempfile.mkdtemp(prefix="elasticsearch-"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    try:
        with (
            open(folder / "server.log", "wb") as log,
            _running(_command(cache, folder, port), log) as process,
        ):
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, folder)
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: list[str], log: object) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, cwd=tempfile.gettempdir()
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline_s = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline_s:
        try:
            with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    tail = (folder / "server.log").read_text(errors="replace")[-1500:]
    raise Unavailable(f"Elasticsearch did not start:\n{tail}")
