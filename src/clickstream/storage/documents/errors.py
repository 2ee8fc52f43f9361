"""What the document store refuses, in Elasticsearch's own vocabulary.

DocumentError(kind, reason, **facts)        `kind` is Elasticsearch's snake-case type of the error
├─ IndexMissing                              also NotFound
├─ IndexExists                               also Conflict
├─ DocumentMissing                           also NotFound
└─ ShardsFailed(root)                        a request that parsed, but fails on the data

`server/elasticsearch/errors.py` writes them as JSON and gives each kind its HTTP status.
Source: answers of Elasticsearch 7.10.2 to wrong requests.
"""

from clickstream.core.errors import ClickstreamError, Conflict, NotFound

__all__ = [
    "DocumentError",
    "DocumentMissing",
    "IndexExists",
    "IndexMissing",
    "ShardsFailed",
    "illegal_argument",
    "mapper_parsing",
    "parsing",
    "unknown_field",
    "unparsable",
]


class DocumentError(ClickstreamError):
    """A refusal; `facts` are further members of the error object, `cause` is its `caused_by`."""

    def __init__(
        self, kind: str, reason: str, *, cause: "DocumentError | None" = None, **facts: object
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.facts: dict[str, object] = facts
        self.cause = cause


class IndexMissing(DocumentError, NotFound):
    """A named index does not exist."""

    def __init__(self, index: str, *, resource: str = "index_or_alias") -> None:
        super().__init__(
            "index_not_found_exception",
            f"no such index [{index}]",
        )
        self.facts = {"resource.type": resource, "resource.id": index, "index_uuid": "_na_", "index": index}
        self.index = index


class IndexExists(DocumentError, Conflict):
    """An index of that name exists already."""

    def __init__(self, index: str, uuid: str) -> None:
        super().__init__(
            "resource_already_exists_exception",
            f"index [{index}/{uuid}] already exists",
            index_uuid=uuid,
            index=index,
        )


class DocumentMissing(DocumentError, NotFound):
    """An update names a document that is not there."""

    def __init__(self, index: str, uuid: str, id_: str) -> None:
        super().__init__(
            "document_missing_exception",
            f"[_doc][{id_}]: document missing",
            index_uuid=uuid,
            shard="0",
            index=index,
        )


class ShardsFailed(DocumentError):
    """The request was understood, but every index it went to refused it for `root`."""

    def __init__(self, root: DocumentError, *, index: str = "", phase: str = "query") -> None:
        super().__init__("search_phase_execution_exception", "all shards failed", phase=phase, grouped=True)
        self.root = root
        self.index = index


def illegal_argument(reason: str) -> DocumentError:
    """Return a refusal of a value."""
    return DocumentError("illegal_argument_exception", reason)


def parsing(reason: str, *, cause: DocumentError | None = None) -> DocumentError:
    """Return a refusal of a request body's structure."""
    return DocumentError("parsing_exception", reason, cause=cause)


def unknown_field(where: str, field: str) -> DocumentError:
    """Return the refusal of a member that a part of a request does not know."""
    return DocumentError("x_content_parse_exception", f"[{where}] unknown field [{field}]")


def unparsable(where: str, field: str, cause: DocumentError) -> DocumentError:
    """Return the refusal of a member's value."""
    return DocumentError(
        "x_content_parse_exception", f"[{where}] failed to parse field [{field}]", cause=cause
    )


def mapper_parsing(reason: str, *, cause: DocumentError | None = None) -> DocumentError:
    """Return a refusal of a document or mapping that does not fit."""
    return DocumentError("mapper_parsing_exception", reason, cause=cause)
