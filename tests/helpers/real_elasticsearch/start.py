"""Starts a real Elasticsearch 7.10.2 from Maven Central and waits for it.

The jars are fetched once into a cache folder. Elasticsearch refuses to run as root, so root starts it as
`nobody`. It ends when its standard input closes, which happens at the latest when the tests end.
"""

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Unavailable", "real_elasticsearch"]

HERE = Path(__file__).parent
PORT = 19_201
START_S = 90.0
NOBODY = 65534


class Unavailable(Exception):
    """The machine has no Java or Maven, or cannot fetch the jars."""


def jars(cache: Path) -> Path:
    """Return the folder with the jars, fetched if they are not there. Raises: Unavailable."""
    done = cache / "complete"
    if done.exists():
        return cache
    cache.mkdir(parents=True, exist_ok=True)
    maven = shutil.which("mvn")
    if maven is None or shutil.which("java") is None:
        raise Unavailable("Java and Maven are not installed")
    copy = ["dependency:copy-dependencies", f"-DoutputDirectory={cache}"]
    result = subprocess.run(
        [maven, "-q", "-B", "-f", str(HERE / "pom.xml"), *copy], capture_output=True, text=True, timeout=600
    )
    if result.returncode:
        raise Unavailable(f"Maven could not fetch the jars: {result.stdout[-500:]}")
    done.touch()
    return cache


def _command(cache: Path, folder: Path) -> list[str]:
    java = [
        "java",
        "-Xmx700m",
        "-Dlog4j2.level=warn",
        "-cp",
        f"{cache}/*",
        str(HERE / "RealElasticsearch.java"),
    ]
    command = [*java, str(folder / "data"), str(PORT)]
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


@contextmanager
def real_elasticsearch(cache: Path, folder: Path) -> Iterator[str]:
    """Run the server while inside; gives its URL. Raises: Unavailable."""
    found = jars(cache)
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    url = f"http://127.0.0.1:{PORT}"
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(
            _command(found, folder),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HOME": str(folder)},
        )
        try:
            _wait(url, process, folder)
            yield url
        finally:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    tail = (folder / "server.log").read_text(errors="replace")[-1500:]
    raise Unavailable(f"Elasticsearch did not start:\n{tail}")
