"""kill −9 while documents are written: documents and offsets agree, whichever bulk was the last."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickstream.storage.documents.store import DocumentStore

CHILD = """
import sys
from pathlib import Path
from clickstream.storage.documents.store import BulkOperation, DocumentStore
store = DocumentStore(Path(sys.argv[1]))
store.put_pipeline("key", {"processors": [{"set": {"field": "_id", "value": "{{{U}}}|{{{T}}}"}}]})
template = {"settings": {"default_pipeline": "key"}}
store.put_index_template("rows", {"index_patterns": ["rows"], "template": template})
offset = store.committed_offsets("sink").get("ROWS", 0)
print("ready", flush=True)
while True:
    bulk = [
        BulkOperation("index", "rows", f"ROWS+0+{at}", {"U": at % 7, "T": at // 50, "N": at})
        for at in range(offset, offset + 97)
    ]
    offset += 97
    store.bulk(bulk, consumer="sink", offsets={"ROWS": offset})
"""


@pytest.mark.slow
def test_a_killed_sink_goes_on_where_its_documents_end(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"
    last = 0
    for attempt in range(5):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.1 + random.Random(attempt).random() / 4)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        last = _check(path, last)
    assert last > 0


def _check(path: Path, last: int) -> int:
    store = DocumentStore(path)
    offset = store.committed_offsets("sink")["ROWS"]
    assert offset >= last
    wanted = {f"{at % 7}|{at // 50}": at for at in range(offset)}
    assert store.count("rows") == len(wanted)
    aggs = {"s": {"sum": {"field": "N"}}, "m": {"max": {"field": "N"}}}
    found = store.search("rows", {"size": 0, "aggs": aggs})["aggregations"]
    assert found["s"]["value"] == sum(wanted.values())
    assert found["m"]["value"] == offset - 1
    store.close()
    return offset
