"""Results as a JUnit report, the form that build servers read."""

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from clickstream.node.sqltest.failure_text import failure_lines
from clickstream.node.sqltest.results import TestResult

__all__ = ["junit_report"]

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(results: Sequence[TestResult]) -> str:
    """Return the results as XML: a suite for each file, a case for each test."""
    root = ET.Element("testsuites", _counts("clickstream test", results))
    for path, group in groupby(results, key=lambda result: result.place.path):
        members = list(group)
        suite = ET.SubElement(root, "testsuite", _counts(path, members))
        for result in members:
            _add_case(suite, result)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(name: str, results: Sequence[TestResult]) -> dict[str, str]:
    return {
        "name": _clean(name),
        "tests": str(len(results)),
        "failures": str(sum(not result.passed for result in results)),
        "errors": "0",
        "skipped": "0",
        "time": f"{sum(result.seconds for result in results):.3f}",
    }


def _add_case(suite: ET.Element, result: TestResult) -> None:
    place = result.place
    attributes = {
        "name": _clean(result.name),
        "classname": _clean(place.path.removesuffix(".sql").replace("/", ".").strip(".")),
        "file": _clean(place.path),
        "line": str(place.line),
        "time": f"{result.seconds:.3f}",
    }
    case = ET.SubElement(suite, "testcase", attributes)
    if result.failure is not None:
        message = _clean(result.failure.message.split("\n")[0])
        failure = ET.SubElement(case, "failure", {"message": message, "type": "failure"})
        failure.text = _clean("\n".join(failure_lines(result.failure)))


def _clean(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return _NOT_XML.sub("�", text)
