"""The JUnit report."""

from xml.etree import ElementTree as ET

from clickstream.node.sqltest.junit import junit_report
from clickstream.node.sqltest.results import Failure, Place, TestResult


def test_a_report_has_suites_by_file_and_failures_with_their_text() -> None:
    failure = Failure(Place("t/a.sql", 9), "wrong <&> \x01\nmore")
    results = [
        TestResult("one", Place("t/a.sql", 1), None, 0.5),
        TestResult("two", Place("t/a.sql", 5), failure, 0.25),
        TestResult("three", Place("t/b.sql", 1), None, 0.0),
    ]
    root = ET.fromstring(junit_report(results))
    assert (root.get("tests"), root.get("failures"), root.get("time")) == ("3", "1", "0.750")
    assert [suite.get("name") for suite in root] == ["t/a.sql", "t/b.sql"]
    case = root[0][1]
    assert (case.get("name"), case.get("classname"), case.get("line")) == ("two", "t.a", "5")
    assert case[0].get("message") == "wrong <&> �"
    assert (case[0].text or "").startswith("t/a.sql:9: wrong")
