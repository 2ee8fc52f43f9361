"""Mappings: which fields an index has, how unknown ones come to be, and how a document becomes values.

Objects are flattened to dotted names. `_default_` and single mapping types are accepted, as bodies made for
Elasticsearch 6 and before have them, and unwrapped.
Source: Elasticsearch reference, "Dynamic mapping" and "Dynamic templates"; compared with 7.10.2.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clickstream.storage.documents.columns import Scalar
from clickstream.storage.documents.dates import date_format
from clickstream.storage.documents.errors import DocumentError, illegal_argument, mapper_parsing
from clickstream.storage.documents.fields import FieldType, make_field
from clickstream.storage.documents.names import matches

__all__ = ["IndexMapping", "Values", "field_names"]

Values = Scalar | tuple[Scalar, ...]
"""One value, or several in ascending order."""

_ROOT = {
    "_data_stream_timestamp",
    "_meta",
    "_routing",
    "_size",
    "_source",
    "date_detection",
    "dynamic",
    "dynamic_date_formats",
    "dynamic_templates",
    "numeric_detection",
    "properties",
}
MAX_DEPTH = 20
MAX_FIELDS = 1_000
"""`index.mapping.depth.limit` and `index.mapping.total_fields.limit`, Elasticsearch's defaults."""

_DYNAMIC_DATES = ("strict_date_optional_time", "yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z")
_DATE_LIKE = re.compile(r"\d{4}[-/T\d]")
_DEFAULT_TEXT = {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}
_DYNAMIC_TYPES: dict[str, dict[str, Any]] = {
    "long": {"type": "long"},
    "double": {"type": "float"},
    "boolean": {"type": "boolean"},
    "date": {"type": "date"},
    "string": _DEFAULT_TEXT,
}


class IndexMapping:
    """The fields of one index; it grows as documents bring new ones."""

    def __init__(self, body: Mapping[str, Any] | None = None) -> None:
        self.fields: dict[str, FieldType] = {}
        self._root: dict[str, Any] = {}
        self._properties: dict[str, Any] = {}
        self._subfields: dict[str, list[FieldType]] = {}
        self._objects: dict[str, dict[str, Any]] = {"": self._root}
        self.merge(body or {})

    # -------------------------------------------------------------------------------- from and to JSON

    def merge(self, body: Mapping[str, Any]) -> None:
        """Add a mapping body's fields and settings.

        Raises: DocumentError if a field would change its type or the body is no mapping.
        """
        body = _unwrapped(body)
        unknown = [key for key in body if key not in _ROOT]
        if unknown:
            listed = ", ".join(f"[{key} : {_java_text(body[key])}]" for key in unknown)
            raise mapper_parsing(f"Root mapping definition has unsupported parameters:  {listed}")
        for key, value in body.items():
            if key == "dynamic_templates":
                _check_templates(value)
            if key != "properties":
                self._root[key] = value
        self._merge_properties(body.get("properties") or {}, self._properties, "")

    def objects(self) -> list[str]:
        """Return the names of the objects that fields are in."""
        return [name for name in self._objects if name]

    def has_subfields(self, name: str) -> bool:
        """Return whether the field's values go to further fields too."""
        return bool(self._subfields.get(name))

    def to_json(self) -> dict[str, Any]:
        """Return the mapping as Elasticsearch shows it."""
        answer = dict(self._root)
        if "dynamic" in answer:
            answer["dynamic"] = _dynamic_text(answer["dynamic"])
        if self._properties:
            answer["properties"] = _sorted_properties(self._properties)
        return answer

    def field_json(self, name: str) -> dict[str, Any] | None:
        """Return the entry of one field, as `_mapping/field` shows it."""
        field_ = self.fields.get(name)
        if field_ is None:
            return None
        entry = self._entry(name)
        return _shown(entry) if entry is not None else {"type": field_.type, **field_.settings}

    def _entry(self, name: str) -> dict[str, Any] | None:
        level: dict[str, Any] | None = {"properties": self._properties}
        for part in name.split("."):
            if level is None:
                return None
            inner: dict[str, Any] = level.get("properties") or level.get("fields") or {}
            level = inner.get(part)
        return level

    def _merge_properties(self, given: Mapping[str, Any], into: dict[str, Any], prefix: str) -> None:
        if not isinstance(given, Mapping):
            raise mapper_parsing("Expected map for property [properties]")
        for leaf, settings in given.items():
            if not isinstance(settings, Mapping):
                got = type(settings).__name__
                raise mapper_parsing(f"Expected map for property [fields] on field [{leaf}] but got a {got}")
            # A dotted name is a path through objects.
            head, _, rest = leaf.partition(".")
            if rest:
                self._merge_object(head, {"properties": {rest: settings}}, into, prefix)
            elif "type" not in settings or settings["type"] == "object":
                self._merge_object(leaf, settings, into, prefix)
            else:
                self._merge_field(leaf, settings, into, prefix)

    def _merge_object(
        self, leaf: str, settings: Mapping[str, Any], into: dict[str, Any], prefix: str
    ) -> None:
        name = prefix + leaf
        if name in self.fields:
            raise illegal_argument(f"can't merge a non object mapping [{name}] with an object mapping")
        entry = into.setdefault(leaf, {})
        entry.update({key: value for key, value in settings.items() if key not in ("type", "properties")})
        self._objects[name] = entry
        nested = settings.get("properties") or {}
        if nested:
            self._merge_properties(nested, entry.setdefault("properties", {}), name + ".")

    def _merge_field(self, leaf: str, settings: Mapping[str, Any], into: dict[str, Any], prefix: str) -> None:
        name = prefix + leaf
        known = self.fields.get(name)
        if known is not None and known.type != settings["type"]:
            raise illegal_argument(
                f"mapper [{name}] cannot be changed from type [{known.type}] to [{settings['type']}]"
            )
        if name in self._objects:
            raise illegal_argument(f"can't merge a non object mapping [{name}] with an object mapping")
        self.fields[name] = make_field(name, settings)
        into[leaf] = {**into.get(leaf, {}), **settings}
        for sub, sub_settings in (into[leaf].get("fields") or {}).items():
            self.fields[f"{name}.{sub}"] = make_field(f"{name}.{sub}", sub_settings)
        prefix_dot = name + "."
        self._subfields[name] = [self.fields[prefix_dot + sub] for sub in into[leaf].get("fields") or {}]

    # ------------------------------------------------------------------------------------ documents

    def parse(self, source: Mapping[str, Any], id_: str) -> dict[str, Values]:
        """Return the values of a document's fields; fields that were unknown join the mapping.

        Raises: DocumentError (mapper_parsing_exception) if a value does not fit its field.
        """
        values: dict[str, Values] = {}
        fields, subfields = self.fields, self._subfields
        for name, value in source.items():
            field_ = fields.get(name)
            kind = type(value)
            if field_ is None or kind is dict or kind is list or value is None:
                self._parse_any(name, "", value, values, id_)
                continue
            try:
                parsed = field_.parse(value)
            except DocumentError as error:
                raise _unfit(field_, value, id_, error) from error
            if parsed is not None:
                # `O.x` beside `O: {x}` names the same field twice.
                values[name] = parsed if name not in values else _joined(values[name], parsed, field_)
            if subfields[name]:
                self._parse_subfields(name, value, values, id_)
        return values

    def _parse_any(self, leaf: str, prefix: str, value: Any, values: dict[str, Values], id_: str) -> None:
        name = prefix + leaf
        if isinstance(value, dict):
            self._parse_object(name, value, values, id_)
        elif isinstance(value, list):
            for item in value:
                self._parse_any(leaf, prefix, item, values, id_)
        elif value is None:
            self._parse_null(name, values)
        else:
            self._parse_leaf(leaf, prefix, value, values, id_)

    def _parse_object(self, name: str, value: dict[str, Any], values: dict[str, Values], id_: str) -> None:
        field_ = self.fields.get(name)
        if field_ is not None:
            cause = DocumentError("illegal_state_exception", "Can't get text on a START_OBJECT")
            raise _unfit(field_, _java_text(value), id_, cause)
        if name not in self._objects and not self._may_add(name, id_):
            return
        if self._objects.get(name, {}).get("enabled") in (False, "false"):
            return
        if name not in self._objects:
            self._add(name, {"properties": {}})
        for leaf, item in value.items():
            self._parse_any(leaf, name + ".", item, values, id_)

    def _parse_null(self, name: str, values: dict[str, Values]) -> None:
        field_ = self.fields.get(name)
        if field_ is not None and field_.settings.get("null_value") is not None:
            self._store(field_, field_.parse(field_.settings["null_value"]), values)

    def _parse_leaf(self, leaf: str, prefix: str, value: Any, values: dict[str, Values], id_: str) -> None:
        name = prefix + leaf
        field_ = self.fields.get(name)
        if field_ is None:
            if name in self._objects:
                raise mapper_parsing(
                    f"object mapping for [{name}] tried to parse field [{leaf}] as object, "
                    "but found a concrete value"
                )
            if not self._may_add(name, id_):
                return
            self._add(name, self._dynamic_settings(name, leaf, value))
            field_ = self.fields[name]
        try:
            self._store(field_, field_.parse(value), values)
        except DocumentError as error:
            raise _unfit(field_, value, id_, error) from error
        self._parse_subfields(name, value, values, id_)

    def _parse_subfields(self, name: str, value: Any, values: dict[str, Values], id_: str) -> None:
        for sub in self._subfields.get(name, ()):
            try:
                self._store(sub, sub.parse(value), values)
            except DocumentError as error:
                raise _unfit(sub, value, id_, error) from error

    @staticmethod
    def _store(field_: FieldType, parsed: Scalar | None, values: dict[str, Values]) -> None:
        if parsed is None:
            return
        known = values.get(field_.name)
        values[field_.name] = parsed if known is None else _joined(known, parsed, field_)

    # ------------------------------------------------------------------------------- dynamic mapping

    def _may_add(self, name: str, id_: str) -> bool:
        parent = name.rpartition(".")[0]
        while parent and "dynamic" not in self._objects.get(parent, {}):
            parent = parent.rpartition(".")[0]
        dynamic = str(self._objects.get(parent, {}).get("dynamic", True)).lower()
        if dynamic == "strict":
            within, _, leaf = name.rpartition(".")
            raise DocumentError(
                "strict_dynamic_mapping_exception",
                f"mapping set to strict, dynamic introduction of [{leaf}] within [{within or '_doc'}] "
                "is not allowed",
            )
        return dynamic != "false"

    def _add(self, name: str, settings: Mapping[str, Any]) -> None:
        if name.count(".") >= MAX_DEPTH:
            raise illegal_argument(
                f"Limit of mapping depth [{MAX_DEPTH}] has been exceeded due to object field [{name[:100]}]"
            )
        if len(self.fields) + len(self._objects) > MAX_FIELDS:
            raise illegal_argument(f"Limit of total fields [{MAX_FIELDS}] has been exceeded")
        into, prefix = self._properties, ""
        *parents, leaf = name.split(".")
        for parent in parents:
            prefix += parent
            entry = into.setdefault(parent, {})
            self._objects[prefix] = entry
            into, prefix = entry.setdefault("properties", {}), prefix + "."
        self._merge_properties({leaf: settings}, into, prefix)

    def _dynamic_settings(self, name: str, leaf: str, value: Any) -> dict[str, Any]:
        kind = self._json_kind(value)
        for template in self._root.get("dynamic_templates") or []:
            (rule,) = template.values()
            if _template_matches(rule, name, leaf, kind):
                settings: dict[str, Any] = _filled(
                    rule.get("mapping") or {}, leaf, str(_DYNAMIC_TYPES[kind]["type"])
                )
                return settings
        return _DYNAMIC_TYPES[kind]

    def _json_kind(self, value: Any) -> str:
        if isinstance(value, bool):
            return "boolean"
        if isinstance(value, int):
            return "long"
        if isinstance(value, float):
            return "double"
        return "date" if self._looks_like_date(value) else "string"

    def _looks_like_date(self, text: str) -> bool:
        if self._root.get("date_detection") in (False, "false") or not _DATE_LIKE.match(text):
            return False
        for name in self._root.get("dynamic_date_formats") or _DYNAMIC_DATES:
            try:
                date_format(name).parse(text)
            except DocumentError:
                continue
            return True
        return False


# -------------------------------------------------------------------------------------------------- pieces


def _unwrapped(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the body inside `_doc`, `_default_` or a type's name, where there is one such wrapper."""
    if not isinstance(body, Mapping):
        raise mapper_parsing("Expected map for the mapping's root")
    if len(body) == 1:
        (key, inner) = next(iter(body.items()))
        if key not in _ROOT and isinstance(inner, Mapping) and (not inner or set(inner) <= _ROOT):
            return inner
    return body


def _dynamic_text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _check_templates(templates: object) -> None:
    if not isinstance(templates, Sequence) or isinstance(templates, str):
        raise mapper_parsing("Dynamic template syntax error. An array of named objects is expected.")
    for template in templates:
        if not isinstance(template, Mapping) or len(template) != 1:
            raise mapper_parsing(
                "A dynamic template must be defined with a name and only one body is allowed"
            )


def _template_matches(rule: Mapping[str, Any], name: str, leaf: str, kind: str) -> bool:
    def fits(pattern: str, text: str) -> bool:
        if rule.get("match_pattern") == "regex":
            return re.fullmatch(pattern, text) is not None
        return matches(pattern, text)

    wanted = rule.get("match_mapping_type", "*")
    return (
        ("match" not in rule or fits(rule["match"], leaf))
        and ("unmatch" not in rule or not fits(rule["unmatch"], leaf))
        and ("path_match" not in rule or fits(rule["path_match"], name))
        and ("path_unmatch" not in rule or not fits(rule["path_unmatch"], name))
        and wanted in ("*", kind)
    )


def _filled(value: Any, leaf: str, dynamic_type: str) -> Any:
    """Return `value` with `{name}` and `{dynamic_type}` put in."""
    if isinstance(value, str):
        return value.replace("{name}", leaf).replace("{dynamic_type}", dynamic_type)
    if isinstance(value, Mapping):
        filled = {
            _filled(key, leaf, dynamic_type): _filled(item, leaf, dynamic_type) for key, item in value.items()
        }
        if "type" not in filled and not filled.keys() - _TYPELESS:
            filled["type"] = dynamic_type
        return filled
    return value


_TYPELESS = {"index", "norms", "doc_values", "store", "ignore_above", "format"}
"""Parameters that alone do not say a type, so that the dynamic one is meant."""


def _joined(known: Values, more: Scalar, field_: FieldType) -> Values:
    together = (*known, more) if isinstance(known, tuple) else (known, more)
    if field_.numeric:
        return tuple(sorted(together, key=float))
    distinct = sorted({str(item) for item in together})
    return distinct[0] if len(distinct) == 1 else tuple(distinct)


def _unfit(field_: FieldType, value: Any, id_: str, cause: DocumentError) -> DocumentError:
    return mapper_parsing(
        f"failed to parse field [{field_.name}] of type [{field_.type}] in document with id '{id_}'. "
        f"Preview of field's value: '{_java_text(value)}'",
        cause=cause,
    )


def _java_text(value: Any) -> str:
    """Return a JSON value as Java's `toString` shows maps and lists."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={_java_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_java_text(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _sorted_properties(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {leaf: _shown(properties[leaf]) for leaf in sorted(properties)}


def _shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(entry)
    if "properties" in shown:
        shown["properties"] = _sorted_properties(shown["properties"])
    elif "type" not in shown:
        shown = {"type": "object", **shown}
    if "dynamic" in shown:
        shown["dynamic"] = _dynamic_text(shown["dynamic"])
    if shown.get("type") == "date" and shown.get("format") == "strict_date_optional_time||epoch_millis":
        del shown["format"]
    return shown


def field_names(mapping: IndexMapping, pattern: str) -> Iterator[str]:
    """Return the names of fields that fit a pattern with `*`."""
    if "*" not in pattern:
        if pattern in mapping.fields:
            yield pattern
        return
    yield from (name for name in sorted(mapping.fields) if matches(pattern, name))
