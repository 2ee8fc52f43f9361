"""Documents, queries and aggregations made up at random, the same for the same seed."""

import random
from typing import Any

__all__ = ["FIRST_MS", "Generator", "documents"]

FIRST_MS = 1_795_504_680_000
USERS = [
    "GlenAlan_23344",
    "Reeva43",
    "DimitriSchenz88",
    "alison_99",
    "Ferd88",
    "Oriana_1987",
    "Abdel_86",
    "ArlyneW8ter",
]
ORDERS = ({"_key": "asc"}, {"_key": "desc"}, {"_count": "asc"}, {"_count": "desc"}, {"_term": "desc"})
SUB_ORDERS = ({"m": "desc"}, {"m": "asc"}, {"st.avg": "desc"}, [{"m": "desc"}, {"_key": "desc"}])
METRICS = (
    "avg",
    "cardinality",
    "extended_stats",
    "max",
    "min",
    "stats",
    "sum",
    "top_hits",
    "value_count",
)
NAMES = ("CITY", "OK", "TAGS", "REQUEST", "NOTE", "NONE", "SIZ*")
CITIES = ["Frankfurt", "London", "New York", "San Francisco", "Palo Alto", "Raleigh"]
STATUSES = [200, 302, 404, 405, 406, 407]
WORDS = ["quick", "Brown", "fox", "jumps", "over", "lazy", "dogs", "page", "404", "error"]

MAPPINGS = {
    "dynamic_templates": [
        {"event_time": {"match": "EVENT_TS", "mapping": {"type": "date"}}},
        {"notes": {"match": "NOTE", "mapping": {"type": "text"}}},
        {"whole_strings": {"match_mapping_type": "string", "mapping": {"type": "keyword"}}},
    ],
    "properties": {"EXACT": {"type": "double"}, "SHORT": {"type": "integer"}},
}


def documents(seed: int, count: int) -> list[dict[str, Any]]:
    """Return documents; some lack fields, some have several values."""
    rng = random.Random(seed)
    return [_document(rng, at) for at in range(count)]


def _document(rng: random.Random, at: int) -> dict[str, Any]:
    document: dict[str, Any] = {
        "SEQ": at,
        "EVENT_TS": FIRST_MS + rng.randrange(0, 3_600_000, 500),
        "USERNAME": rng.choice(USERS),
        "IP": f"{rng.choice((111, 122, 222))}.{rng.randrange(3)}.{rng.randrange(3)}.{rng.randrange(4)}",
        "STATUS": rng.choice(STATUSES),
        "COUNT": rng.randrange(1, 60),
        "TOTAL_BYTES": rng.randrange(278, 10**9),
    }
    if rng.random() < 0.8:
        document["CITY"] = rng.choice(CITIES)
    if rng.random() < 0.5:
        document["OK"] = rng.random() < 0.6
    if rng.random() < 0.7:
        document["RATIO"] = rng.randrange(1, 200) / 8
    if rng.random() < 0.7:
        document["EXACT"] = rng.randrange(-100, 100) / 4
    if rng.random() < 0.3:
        document["TAGS"] = rng.sample(["new", "bot", "mobile", "vip"], rng.randrange(1, 4))
    if rng.random() < 0.3:
        document["SIZES"] = [rng.randrange(10) for _ in range(rng.randrange(1, 4))]
    if rng.random() < 0.4:
        document["NOTE"] = " ".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 6)))
    if rng.random() < 0.4:
        document["REQUEST"] = {"PATH": rng.choice(["/", "/a b", "/x/y.html"]), "MS": rng.randrange(500)}
    if rng.random() < 0.1:
        document["SHORT"] = str(rng.randrange(5))
    return document


class Generator:
    """Makes requests up. `depth` bounds how deeply clauses and buckets nest."""

    KEYWORDS = ("USERNAME", "CITY", "IP", "TAGS", "REQUEST.PATH")
    NUMBERS = ("STATUS", "COUNT", "TOTAL_BYTES", "RATIO", "EXACT", "SIZES", "REQUEST.MS", "SHORT", "SEQ")

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def search(self) -> dict[str, Any]:
        """Return a search with a query, and hits or aggregations."""
        rng = self._rng
        body: dict[str, Any] = {"track_total_hits": True}
        if rng.random() < 0.85:
            body["query"] = self.query(2)
        if rng.random() < 0.5:
            body["size"] = rng.choice((1, 5, 25))
            body["sort"] = [*self._sort(), {"SEQ": "asc"}]
            if rng.random() < 0.4:
                body["from"] = rng.randrange(10)
            if rng.random() < 0.4:
                shown = (["USERNAME", "REQUEST"], "RE*", {"excludes": ["T*", "REQUEST.MS"]}, False)
                body["_source"] = rng.choice(shown)
            if rng.random() < 0.3:
                formatted = {
                    "field": "EVENT_TS",
                    "format": rng.choice(("epoch_millis", "yyyy-MM-dd HH:mm:ss.SSS")),
                }
                body["docvalue_fields"] = ["CITY", "TAGS", "SIZES", "OK", formatted]
        else:
            body["size"] = 0
            body["aggs"] = {str(at + 1): self.aggregation(2) for at in range(rng.randrange(1, 3))}
        return body

    def _sort(self) -> list[Any]:
        rng = self._rng
        field = rng.choice((*self.KEYWORDS, *self.NUMBERS, "EVENT_TS", "OK"))
        key: dict[str, Any] = {"order": rng.choice(("asc", "desc"))}
        if rng.random() < 0.4:
            key["missing"] = rng.choice(("_first", "_last"))
        return [{field: key}]

    # ----------------------------------------------------------------------------------- queries

    def query(self, depth: int) -> dict[str, Any]:
        """Return a query."""
        rng = self._rng
        if depth and rng.random() < 0.4:
            return self._bool(depth)
        makers = (
            self._term,
            self._terms,
            self._number_range,
            self._time_range,
            self._exists,
            self._text_pattern,
            self._match,
            self._query_string,
            lambda: {"match_all": {}},
            lambda: {"range": {"USERNAME": {"gte": "B", "lt": "G"}}},
            lambda: {"constant_score": {"filter": self.query(0)}},
        )
        return rng.choice(makers)()

    def _bool(self, depth: int) -> dict[str, Any]:
        rng = self._rng
        clauses: dict[str, Any] = {}
        for occur in ("must", "filter", "should", "must_not"):
            if rng.random() < 0.4:
                clauses[occur] = [self.query(depth - 1) for _ in range(rng.randrange(1, 3))]
        if "should" in clauses and rng.random() < 0.3:
            clauses["minimum_should_match"] = rng.choice((1, 2, "50%", -1))
        return {"bool": clauses}

    def _keyword_value(self, field: str) -> str:
        values = {
            "USERNAME": USERS,
            "CITY": CITIES,
            "IP": ["111.0.0.1", "122.1.1.1", "222.2.2.2"],
            "TAGS": ["new", "bot", "vip"],
            "REQUEST.PATH": ["/", "/a b", "/x/y.html"],
        }
        return self._rng.choice([*values[field], "nobody"])

    def _term(self) -> dict[str, Any]:
        rng = self._rng
        if rng.random() < 0.5:
            field = rng.choice(self.KEYWORDS)
            return {"term": {field: self._keyword_value(field)}}
        pairs = (
            ("STATUS", rng.choice((404, "404", 404.0))),
            ("OK", rng.choice((True, "false"))),
            ("SIZES", 3),
        )
        field, value = rng.choice((*pairs, ("RATIO", 2.5), ("EVENT_TS", FIRST_MS + 1000), ("NONE", 1)))
        return {"term": {field: rng.choice((value, {"value": value}))}}

    def _terms(self) -> dict[str, Any]:
        field = self._rng.choice(self.KEYWORDS)
        if self._rng.random() < 0.5:
            return {"terms": {field: [self._keyword_value(field) for _ in range(3)]}}
        return {"terms": {"STATUS": [404, "405", 1]}}

    def _number_range(self) -> dict[str, Any]:
        rng = self._rng
        bounds: dict[str, Any] = {}
        if rng.random() < 0.7:
            bounds[rng.choice(("gt", "gte"))] = rng.choice((0, 3, 20, 200.5, "10"))
        if rng.random() < 0.7:
            bounds[rng.choice(("lt", "lte"))] = rng.choice((5, 40, 405, 10**8, "30.5"))
        return {"range": {rng.choice(self.NUMBERS): bounds}}

    def _time_range(self) -> dict[str, Any]:
        rng = self._rng
        start = FIRST_MS + rng.randrange(0, 1_800_000, 250)
        ends = (
            {"gte": start, "lte": start + 900_000, "format": "epoch_millis"},
            {"gt": "2026-11-24T07:20", "lte": "2026-11-24T07:40"},
            {"gte": "2026-11-24T07:30:00.000Z||-10m/m", "lt": "2026-11-24T07:30:00Z||+10m"},
            {"gte": "2026-11-24", "lt": "now+100y/d"},
            {"gte": "2026-11-24T08:30", "time_zone": "+01:00"},
            {"lte": "2026-11-24T07:35:00Z||/h"},
            {"gt": "2026-11-24T07:00:00Z||/h"},
            {"gte": "24/11/2026 07:25", "format": "dd/MM/yyyy HH:mm"},
        )
        return {"range": {"EVENT_TS": rng.choice(ends)}}

    def _exists(self) -> dict[str, Any]:
        return {"exists": {"field": self._rng.choice(NAMES)}}

    def _text_pattern(self) -> dict[str, Any]:
        rng = self._rng
        return rng.choice(
            (
                {"wildcard": {"USERNAME": rng.choice(("*8*", "Re?va*", "a*"))}},
                {"wildcard": {"NOTE": {"value": "qu*k"}}},
                {"prefix": {"CITY": rng.choice(("San", "L", "x"))}},
                {"prefix": {"IP": {"value": "122."}}},
                {"regexp": {"USERNAME": "[A-F].*"}},
            )
        )

    def _match(self) -> dict[str, Any]:
        rng = self._rng
        return rng.choice(
            (
                {"match": {"NOTE": rng.choice(("quick fox", "BROWN", "nothing here", "lazy 404"))}},
                {"match": {"NOTE": {"query": "quick fox", "operator": "and"}}},
                {"match": {"CITY": "New York"}},
                {"match": {"STATUS": "404"}},
                {"match_phrase": {"NOTE": "lazy dogs"}},
                {"match_phrase": {"CITY": "San Francisco"}},
                {"multi_match": {"query": "fox", "fields": ["NOTE", "CITY"]}},
                {"term": {"NOTE": "brown"}},
                {"ids": {"values": ["1", "7", "nope"]}},
            )
        )

    def _query_string(self) -> dict[str, Any]:
        text = self.query_text(2)
        query: dict[str, Any] = {"query": text, "analyze_wildcard": True}
        if self._rng.random() < 0.2:
            query["default_operator"] = "AND"
        if self._rng.random() < 0.2:
            query["fields"] = ["USERNAME", "CITY^2"]
            query["lenient"] = True
        return {"query_string": query}

    def query_text(self, depth: int) -> str:
        """Return text of Lucene's syntax."""
        rng = self._rng
        if depth and rng.random() < 0.6:
            parts = [self.query_text(depth - 1) for _ in range(rng.randrange(2, 4))]
            parts = [rng.choice(("", "", "NOT ", "-", "+", "!")) + part for part in parts]
            joined = parts[0]
            for part in parts[1:]:
                joined += rng.choice((" ", " AND ", " OR ", " && ", " || ")) + part
            return f"({joined})" if depth < 2 else joined
        return rng.choice(
            (
                "*",
                "*:*",
                "USERNAME:Reeva43",
                "Reeva43",
                "404",
                "CITY:London",
                'CITY:"New York"',
                "CITY:New\\ York",
                'CITY:("New York" OR London)',
                "STATUS:404",
                "STATUS:>=405",
                "STATUS:<302",
                "COUNT:>30",
                "COUNT:[10 TO 20]",
                "COUNT:{10 TO 20}",
                "COUNT:[50 TO *]",
                "RATIO:[* TO 5.5}",
                "EVENT_TS:[2026-11-24T07:20 TO 2026-11-24T07:40]",
                "EVENT_TS:>2026-11-24T07\\:50",
                "USERNAME:*8*",
                "USERNAME:Re?va43",
                "USERNAME:alison*",
                "_exists_:CITY",
                "CITY:*",
                "OK:true",
                "TAGS:(new AND bot)",
                "NOTE:quick",
                "NOTE:(quick fox)",
                'NOTE:"lazy dogs"',
                "REQUEST.PATH:\\/x\\/y.html",
                "REQUEST.\\*:\\/",
                "USERNAME:/[A-F].*/",
                "IP:122.*",
                "NONE:x",
                "USERNAME:Reeva43^2",
                "USERNAME:[B TO G}",
            )
        )

    # ------------------------------------------------------------------------------ aggregations

    def aggregation(self, depth: int) -> dict[str, Any]:
        """Return an aggregation."""
        rng = self._rng
        if not depth or rng.random() < 0.3:
            return self._metric()
        made = rng.choice(
            (
                self._terms_buckets,
                self._terms_buckets,
                self._time_buckets,
                self._time_buckets,
                self._number_buckets,
                self._query_buckets,
                self._range_buckets,
            )
        )()
        if rng.random() < 0.8:
            made["aggs"] = {str(at + 1): self.aggregation(depth - 1) for at in range(rng.randrange(1, 3))}
            made["aggs"]["m"] = {"max": {"field": "COUNT"}}
            made["aggs"]["st"] = {"stats": {"field": "RATIO"}}
            if "terms" in made and rng.random() < 0.5:
                made["terms"]["order"] = rng.choice(SUB_ORDERS)
        return made

    def _metric(self) -> dict[str, Any]:
        rng = self._rng
        kind = rng.choice(METRICS)
        if kind == "top_hits":
            return {"top_hits": {"size": 2, "sort": [{"SEQ": "desc"}], "_source": ["SEQ", "USERNAME"]}}
        numbers = (
            (*self.NUMBERS, "NONE") if kind == "extended_stats" else (*self.NUMBERS, "EVENT_TS", "OK", "NONE")
        )
        field = rng.choice((*numbers, *self.KEYWORDS) if kind in ("value_count", "cardinality") else numbers)
        settings: dict[str, Any] = {"field": field}
        if field in ("RATIO", "SIZES") and rng.random() < 0.3 and kind in ("max", "min", "avg", "sum"):
            settings["missing"] = 1
        return {kind: settings}

    def _terms_buckets(self) -> dict[str, Any]:
        rng = self._rng
        field = rng.choice((*self.KEYWORDS, "STATUS", "COUNT", "OK", "RATIO", "SIZES", "EVENT_TS", "NONE"))
        settings: dict[str, Any] = {"field": field}
        if rng.random() < 0.6:
            settings["size"] = rng.choice((1, 3, 10, 500))
        if rng.random() < 0.5:
            settings["order"] = rng.choice(ORDERS)
        if rng.random() < 0.3:
            settings["min_doc_count"] = rng.choice((1, 2, 5))
        if field in ("CITY", "TAGS") and rng.random() < 0.4:
            settings["missing"] = rng.choice(("none", "London"))
        if field in self.KEYWORDS and rng.random() < 0.2:
            settings[rng.choice(("include", "exclude"))] = rng.choice((".*a.*", ["London", "bot", "Reeva43"]))
        return {"terms": settings}

    def _time_buckets(self) -> dict[str, Any]:
        rng = self._rng
        settings: dict[str, Any] = {"field": "EVENT_TS"}
        settings |= rng.choice(
            (
                {"fixed_interval": "10s"},
                {"fixed_interval": "60000ms"},
                {"fixed_interval": "7m"},
                {"interval": "1m"},
                {"calendar_interval": "1h"},
                {"calendar_interval": "day"},
                {"calendar_interval": "month"},
                {"calendar_interval": "week"},
                {"fixed_interval": "1d"},
                {"fixed_interval": "90m"},
            )
        )
        if rng.random() < 0.6:
            settings["min_doc_count"] = rng.choice((0, 1, 3))
        if rng.random() < 0.4:
            settings["format"] = rng.choice(("epoch_millis", "yyyy-MM-dd'T'HH:mm", "epoch_second"))
        if rng.random() < 0.3:
            settings["time_zone"] = rng.choice(("Europe/Berlin", "+05:30", "America/New_York", "UTC"))
        if rng.random() < 0.2:
            settings["offset"] = rng.choice(("+30s", "-1h"))
        if rng.random() < 0.2:
            settings["order"] = rng.choice(({"_key": "desc"}, {"_count": "desc"}))
        if settings.get("min_doc_count") == 0 and rng.random() < 0.5 and "format" not in settings:
            settings["extended_bounds"] = {"min": FIRST_MS - 120_000, "max": FIRST_MS + 3_900_000}
        if rng.random() < 0.1:
            settings["keyed"] = True
        return {"date_histogram": settings}

    def _number_buckets(self) -> dict[str, Any]:
        rng = self._rng
        settings: dict[str, Any] = {"field": rng.choice(("COUNT", "RATIO", "EXACT", "SIZES", "NONE"))}
        settings["interval"] = rng.choice((1, 5, 2.5))
        if rng.random() < 0.5:
            settings["min_doc_count"] = rng.choice((0, 1, 2))
        if rng.random() < 0.2:
            settings["offset"] = 1
        return {"histogram": settings}

    def _query_buckets(self) -> dict[str, Any]:
        rng = self._rng
        return rng.choice(
            (
                {"filter": self.query(1)},
                {"filters": {"filters": {"a": self.query(0), "b": self.query(0)}}},
                {"filters": {"filters": [self.query(0)], "other_bucket": True}},
                {"missing": {"field": rng.choice(("CITY", "SIZES", "NONE"))}},
            )
        )

    def _range_buckets(self) -> dict[str, Any]:
        rng = self._rng
        if rng.random() < 0.7:
            ranges = [{"to": 10}, {"from": 10, "to": 40}, {"from": 40, "key": "many"}]
            return {
                "range": {
                    "field": rng.choice(("COUNT", "RATIO")),
                    "ranges": ranges,
                    "keyed": rng.random() < 0.3,
                }
            }
        return {
            "date_range": {
                "field": "EVENT_TS",
                "ranges": [{"to": "2026-11-24T07:30:00Z"}, {"from": "2026-11-24T07:30:00Z"}],
            }
        }
