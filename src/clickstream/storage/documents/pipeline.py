"""Ingest pipelines: what happens to a document before it is written.

Processors are `set`, `remove`, `rename`, `lowercase`, `uppercase`, `trim` and `convert`; an unknown one is
refused by name when the pipeline is put. `set` on `_id` gives each row of a table its one document.
Templates are the part of Mustache that names fields: `{{FIELD}}`, `{{{FIELD}}}`, `{{&FIELD}}`.
Source: Elasticsearch reference, "Ingest processors"; compared with 7.10.2.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clickstream.storage.documents.errors import DocumentError, illegal_argument

__all__ = ["IngestPipeline", "Ingested"]


@dataclass(slots=True)
class Ingested:
    """A document on its way through a pipeline. `changed`: whether the source is no longer as it was sent."""

    index: str
    id: str | None
    source: dict[str, Any]
    changed: bool = False

    def get(self, path: str) -> Any:
        """Return the value at a dotted path. Raises: KeyError."""
        if path in ("_id", "_index"):
            return self.id if path == "_id" else self.index
        at: Any = self.source
        for part in path.removeprefix("_source.").split("."):
            if isinstance(at, list) and part.isdigit() and int(part) < len(at):
                at = at[int(part)]
            elif isinstance(at, dict):
                at = at[part]
            else:
                raise KeyError(path)
        return at

    def put(self, path: str, value: Any) -> None:
        """Set the value at a dotted path; objects on the way are made."""
        if path == "_id":
            self.id = _text(value)
            return
        if path == "_index":
            self.index = _text(value)
            return
        *parents, leaf = path.split(".")
        at = self.source
        for part in parents:
            at = at.setdefault(part, {})
            if not isinstance(at, dict):
                kind = _java_type(at)
                raise illegal_argument(
                    f"cannot set [{leaf}] with parent object of type [{kind}] as part of path [{path}]"
                )
        at[leaf] = value
        self.changed = True

    def take(self, path: str) -> Any:
        """Remove and return the value at a dotted path. Raises: KeyError."""
        *parents, leaf = path.split(".")
        at: Any = self.source
        for part in parents:
            at = at[part] if isinstance(at, dict) else {}
        if not isinstance(at, dict) or leaf not in at:
            raise KeyError(path)
        self.changed = True
        return at.pop(leaf)


Step = Callable[[Ingested], None]


class IngestPipeline:
    """A compiled pipeline."""

    def __init__(self, name: str, body: Mapping[str, Any]) -> None:
        self.name = name
        self.body = body
        processors = body.get("processors")
        if processors is None:
            raise _missing("processors")
        if not isinstance(processors, list):
            raise _parse_error(
                f"[processors] property isn't a list, but of type [{_java_type(processors)}]",
                property_name="processors",
            )
        self._steps = [_compile(processor) for processor in processors]
        self.id_of = _id_maker(processors)

    def run(self, document: Ingested) -> None:
        """Send a document through. Raises: DocumentError if a processor fails."""
        for step in self._steps:
            step(document)


def _id_maker(processors: list[Any]) -> Callable[[Mapping[str, Any]], str] | None:
    """Return what makes the id, if a pipeline does nothing else and needs top-level fields only."""
    if len(processors) != 1 or set(processors[0]) != {"set"}:
        return None
    settings = processors[0]["set"]
    if (
        set(settings) != {"field", "value"}
        or settings["field"] != "_id"
        or not isinstance(settings["value"], str)
    ):
        return None
    form, paths = _split(settings["value"])
    if not paths or any("." in path or path in ("_id", "_index") for path in paths):
        return None

    def make(source: Mapping[str, Any]) -> str:
        values = [source.get(path) for path in paths]
        plain = [value if type(value) is str or type(value) is int else _text(value) for value in values]
        return form % tuple(plain)

    return make


def _compile(processor: Any) -> Step:
    if not isinstance(processor, Mapping) or len(processor) != 1:
        raise _parse_error("processor must be an object with one member, the processor's type")
    ((kind, config),) = processor.items()
    maker = _MAKERS.get(kind)
    if maker is None:
        raise _parse_error(f"No processor type exists with name [{kind}]", processor_type=kind)
    if not isinstance(config, Mapping):
        raise _parse_error(f"property isn't a map, but of type [{_java_type(config)}]", processor_type=kind)
    settings = dict(config)
    settings.pop("tag", None)
    settings.pop("description", None)
    ignore_failure = _flag(settings.pop("ignore_failure", False))
    for unsupported in ("if", "on_failure"):
        if unsupported in settings:
            raise _parse_error(f"[{unsupported}] of a processor is not supported", processor_type=kind)
    step = maker(kind, settings)
    if settings:
        names = ", ".join(settings)
        raise _parse_error(
            f"processor [{kind}] doesn't support one or more provided configuration parameters [{names}]",
            processor_type=kind,
        )
    return _forgiving(step) if ignore_failure else step


def _forgiving(step: Step) -> Step:
    def run(document: Ingested) -> None:
        try:
            step(document)
        except DocumentError:
            return

    return run


# -------------------------------------------------------------------------------------------- processors


def _make_set(kind: str, settings: dict[str, Any]) -> Step:
    path = _template(str(_required(kind, settings, "field")))
    value = settings.pop("value", None)
    copy_from = settings.pop("copy_from", None)
    if value is None and copy_from is None:
        raise _missing("value", processor_type=kind)
    override = _flag(settings.pop("override", True))
    ignore_empty = _flag(settings.pop("ignore_empty_value", False))
    render = _value_template(value) if copy_from is None else _copying(copy_from)

    def run(document: Ingested) -> None:
        target = path(document)
        if not override and _present(document, target):
            return
        made = render(document)
        if ignore_empty and made in (None, ""):
            return
        document.put(target, made)

    return run


def _make_remove(kind: str, settings: dict[str, Any]) -> Step:
    given = _required(kind, settings, "field")
    paths = [_template(str(path)) for path in (given if isinstance(given, list) else [given])]
    ignore_missing = _flag(settings.pop("ignore_missing", False))

    def run(document: Ingested) -> None:
        for path in paths:
            target = path(document)
            try:
                document.take(target)
            except KeyError:
                if not ignore_missing:
                    raise _absent(target) from None

    return run


def _make_rename(kind: str, settings: dict[str, Any]) -> Step:
    source = _template(str(_required(kind, settings, "field")))
    target = _template(str(_required(kind, settings, "target_field")))
    ignore_missing = _flag(settings.pop("ignore_missing", False))

    def run(document: Ingested) -> None:
        old, new = source(document), target(document)
        if not _present(document, old):
            if ignore_missing:
                return
            raise illegal_argument(f"field [{old}] doesn't exist")
        if _present(document, new):
            raise illegal_argument(f"field [{new}] already exists")
        document.put(new, document.take(old))

    return run


def _text_processor(
    change: Callable[[Any], Any], *, texts_only: bool = True
) -> Callable[[str, dict[str, Any]], Step]:
    def make(kind: str, settings: dict[str, Any]) -> Step:
        path = str(_required(kind, settings, "field"))
        target = str(settings.pop("target_field", path))
        ignore_missing = _flag(settings.pop("ignore_missing", False))

        def run(document: Ingested) -> None:
            try:
                value = document.get(path)
            except KeyError:
                if ignore_missing:
                    return
                raise _absent(path) from None
            if texts_only and not isinstance(value, str):
                raise illegal_argument(
                    f"field [{path}] of type [{_java_type(value)}] cannot be cast to [java.lang.String]"
                )
            document.put(target, change(value))

        return run

    return make


def _make_convert(kind: str, settings: dict[str, Any]) -> Step:
    type_ = str(_required(kind, settings, "type"))
    change = _CONVERSIONS.get(type_)
    if change is None:
        raise _parse_error(f"type [{type_}] not supported, cannot convert field.", property_name="type")

    def convert(value: Any) -> Any:
        try:
            return change(value)
        except ValueError:
            raise illegal_argument(f"unable to convert [{value}] to {type_}") from None

    return _text_processor(convert, texts_only=False)(kind, settings)


def _to_boolean(value: Any) -> bool:
    text = str(value).lower()
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": _to_boolean,
    "string": lambda value: _text(value),
}
_MAKERS: dict[str, Callable[[str, dict[str, Any]], Step]] = {
    "set": _make_set,
    "remove": _make_remove,
    "rename": _make_rename,
    "lowercase": _text_processor(str.lower),
    "uppercase": _text_processor(str.upper),
    "trim": _text_processor(str.strip),
    "convert": _make_convert,
}


# ---------------------------------------------------------------------------------------------- templates

_TAG = re.compile(r"\{\{\{\s*([^{}]+?)\s*\}\}\}|\{\{&?\s*([^{}#/^>!&]+?)\s*\}\}")


def _template(text: str) -> Callable[[Ingested], str]:
    """Return what renders a template: its text with the fields' values put in."""
    form, paths = _split(text)
    if not paths:
        return lambda document: text

    def render(document: Ingested) -> str:
        return form % tuple([_lookup(document, path) for path in paths])

    return render


def _split(text: str) -> tuple[str, list[str]]:
    """Return a template as a form with `%s` for each field, and the fields."""
    form, at = "", 0
    paths: list[str] = []
    for tag in _TAG.finditer(text):
        form += text[at : tag.start()].replace("%", "%%") + "%s"
        paths.append(tag[1] or tag[2])
        at = tag.end()
    return form + text[at:].replace("%", "%%"), paths


def _lookup(document: Ingested, path: str) -> str:
    value = document.source.get(path)
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    if value is None:
        try:
            value = document.get(path)
        except (KeyError, IndexError):
            return ""
    return _text(value)


def _value_template(value: Any) -> Callable[[Ingested], Any]:
    if isinstance(value, str):
        return _template(value)
    if isinstance(value, list):
        items = [_value_template(item) for item in value]
        return lambda document: [item(document) for item in items]
    if isinstance(value, Mapping):
        members = [(_template(str(key)), _value_template(item)) for key, item in value.items()]
        return lambda document: {key(document): item(document) for key, item in members}
    return lambda document: value


def _copying(path: str) -> Callable[[Ingested], Any]:
    def copy(document: Ingested) -> Any:
        try:
            return document.get(path)
        except KeyError:
            return None

    return copy


def _text(value: Any) -> str:
    """Return a value as Java writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    return "" if value is None else str(value)


def _java_type(value: Any) -> str:
    names = {bool: "Boolean", int: "Integer", float: "Double", str: "String"}
    plain = names.get(type(value))
    return (
        f"java.lang.{plain}"
        if plain
        else "java.util.ArrayList"
        if isinstance(value, list)
        else "java.util.HashMap"
    )


def _present(document: Ingested, path: str) -> bool:
    try:
        return document.get(path) is not None
    except (KeyError, IndexError):
        return False


def _flag(value: object) -> bool:
    return value in (True, "true")


def _required(kind: str, settings: dict[str, Any], name: str) -> Any:
    if settings.get(name) is None:
        raise _missing(name, processor_type=kind)
    return settings.pop(name)


def _missing(name: str, **facts: object) -> DocumentError:
    return _parse_error(f"[{name}] required property is missing", property_name=name, **facts)


def _absent(path: str) -> DocumentError:
    leaf = path.rpartition(".")[2]
    return illegal_argument(f"field [{leaf}] not present as part of path [{path}]")


def _parse_error(reason: str, **facts: object) -> DocumentError:
    error = DocumentError("parse_exception", reason)
    error.facts.update(facts)
    return error
