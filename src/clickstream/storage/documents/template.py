"""Index templates: what a new index gets. Legacy ones (`_template`), composable ones and their components.

The composable template of the highest priority that fits is taken; only if there is none, all legacy ones
that fit are laid over each other by their order.
Source: Elasticsearch reference, "Index templates"; compared with 7.10.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clickstream.storage.documents.errors import (
    DocumentError,
    illegal_argument,
    mapper_parsing,
    parsing,
    unknown_field,
    unparsable,
)
from clickstream.storage.documents.mapping import IndexMapping
from clickstream.storage.documents.names import matches, overlap

__all__ = ["NewIndex", "Templates", "check_component", "check_composable", "check_legacy", "settings_json"]


@dataclass
class NewIndex:
    """What templates say about an index that is to be made; `mappings` are to be merged in this order."""

    settings: dict[str, Any] = field(default_factory=dict)
    mappings: list[Mapping[str, Any]] = field(default_factory=list)
    aliases: dict[str, Any] = field(default_factory=dict)

    def add(self, body: Mapping[str, Any]) -> None:
        """Lay a body's settings, mappings and aliases over what is here."""
        _merge(self.settings, settings_json(body.get("settings") or {}))
        if body.get("mappings"):
            self.mappings.append(body["mappings"])
        self.aliases.update(body.get("aliases") or {})


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def settings_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as Elasticsearch shows them: under `index`, nested by dots, values as text."""
    answer: dict[str, Any] = {}
    for path, value in _leaves("", given):
        parts = path.removeprefix("index.").split(".")
        at = answer.setdefault("index", {})
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return answer


def _leaves(prefix: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [leaf for key, item in value.items() for leaf in _leaves(f"{prefix}{key}.", item)]
    if isinstance(value, list):
        return [(prefix[:-1], [_setting_text(item) for item in value])]
    return [(prefix[:-1], None if value is None else _setting_text(value))]


def _setting_text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


# --------------------------------------------------------------------------------------- checking bodies


def check_legacy(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a legacy template as it is kept and shown. Raises: DocumentError."""
    patterns = _patterns(body.get("index_patterns", body.get("template")))
    if not patterns:
        raise DocumentError(
            "action_request_validation_exception", "Validation Failed: 1: index patterns are missing;"
        )
    known = {"index_patterns", "template", "order", "version", "settings", "mappings", "aliases"}
    unknown = [key for key in body if key not in known]
    if unknown:
        raise DocumentError("parse_exception", f"unknown key [{unknown[0]}] in the template ")
    _check_mapping(body.get("mappings"))
    kept: dict[str, Any] = {"order": _whole("template", "order", body.get("order", 0))}
    if "version" in body:
        kept["version"] = body["version"]
    return kept | {
        "index_patterns": patterns,
        "settings": settings_json(_object("settings", body.get("settings"))),
        "mappings": _object("mappings", body.get("mappings")),
        "aliases": _object("aliases", body.get("aliases")),
    }


def check_composable(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a composable template as it is kept and shown. Raises: DocumentError."""
    _check_keys(body, "index_template", _COMPOSABLE_KEYS)
    patterns = _patterns(body.get("index_patterns"))
    if not patterns:
        raise illegal_argument("Required [index_patterns]")
    kept: dict[str, Any] = {"index_patterns": patterns}
    if body.get("template"):
        kept["template"] = _checked_composition(name, body["template"])
    kept["composed_of"] = _patterns(body.get("composed_of"))
    for key in ("priority", "version"):
        if body.get(key) is not None:
            kept[key] = _whole("index_template", key, body[key])
    return kept | {key: body[key] for key in ("_meta", "data_stream") if key in body}


_COMPOSABLE_KEYS = {
    "index_patterns",
    "template",
    "composed_of",
    "priority",
    "version",
    "_meta",
    "data_stream",
    "allow_auto_create",
}


def check_component(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a component template as it is kept and shown. Raises: DocumentError."""
    _check_keys(body, "component_template", {"template", "version", "_meta"})
    if "template" not in body:
        raise illegal_argument("Required [template]")
    kept: dict[str, Any] = {"template": _checked_content(body["template"])}
    return kept | {key: body[key] for key in ("version", "_meta") if key in body}


def _check_keys(body: Mapping[str, Any], what: str, known: set[str]) -> None:
    for key in body:
        if key not in known:
            raise unknown_field(what, key)


def _checked_composition(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return _checked_content(content)
    except DocumentError as error:
        if error.kind != "mapper_parsing_exception":
            raise
        inner = DocumentError(
            "illegal_argument_exception", f"invalid composite mappings for [{name}]", cause=error
        )
        reason = f"composable template [{name}] template after composition is invalid"
        raise DocumentError("illegal_argument_exception", reason, cause=inner) from error


def _checked_content(content: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(content, Mapping):
        raise parsing("[template] must be an object")
    _check_keys(content, "template", {"settings", "mappings", "aliases"})
    _check_mapping(content.get("mappings"))
    kept: dict[str, Any] = {}
    if content.get("settings"):
        kept["settings"] = settings_json(_object("settings", content["settings"]))
    if content.get("mappings"):
        kept["mappings"] = content["mappings"]
    if content.get("aliases"):
        kept["aliases"] = _object("aliases", content["aliases"])
    return kept


def _check_mapping(body: Mapping[str, Any] | None) -> None:
    try:
        IndexMapping(body)
    except DocumentError as error:
        raise mapper_parsing(f"Failed to parse mapping [_doc]: {error.message}", cause=error) from error


def _object(name: str, given: Any) -> Mapping[str, Any]:
    if given is not None and not isinstance(given, Mapping):
        raise unparsable("template", name, illegal_argument("doesn't support values of that type"))
    return given or {}


def _whole(where: str, name: str, given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int | str) or not str(given).lstrip("-").isdigit():
        raise unparsable(
            where, name, DocumentError("number_format_exception", f'For input string: "{given}"')
        )
    return int(str(given)[:18])


def _patterns(given: object) -> list[str]:
    if isinstance(given, str):
        return given.split(",")
    return [str(pattern) for pattern in given] if isinstance(given, list) else []


# ------------------------------------------------------------------------------------------- choosing


class Templates:
    """All templates of a store, by kind: `legacy`, `composable`, `component`."""

    def __init__(self) -> None:
        self.legacy: dict[str, dict[str, Any]] = {}
        self.composable: dict[str, dict[str, Any]] = {}
        self.component: dict[str, dict[str, Any]] = {}

    def check_conflicts(self, name: str, body: Mapping[str, Any]) -> None:
        """Refuse a composable template that could fit the same index as another of equal priority."""
        clashes = {
            other: known["index_patterns"]
            for other, known in self.composable.items()
            if other != name
            and known.get("priority", 0) == body.get("priority", 0)
            and any(overlap(a, b) for a in known["index_patterns"] for b in body["index_patterns"])
        }
        if clashes:
            mine = ", ".join(body["index_patterns"])
            theirs = ", ".join(f"{other} => [{', '.join(patterns)}]" for other, patterns in clashes.items())
            raise illegal_argument(
                f"index template [{name}] has index patterns [{mine}] matching patterns from existing "
                f"templates [{','.join(clashes)}] with patterns ({theirs}) that have the same priority "
                f"[{body.get('priority', 0)}], multiple index templates may not match during index creation, "
                "please use a different priority"
            )
        missing = [part for part in body.get("composed_of", ()) if part not in self.component]
        if missing:
            raise DocumentError(
                "invalid_index_template_exception",
                f"index_template [{name}] invalid, cause [index template [{name}] specifies component "
                f"templates [{', '.join(missing)}] that do not exist]",
            )

    def overshadowed(self, body: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return the legacy templates, with their patterns, that a composable one hides."""
        return {
            name: known["index_patterns"]
            for name, known in self.legacy.items()
            if any(overlap(a, b) for a in known["index_patterns"] for b in body["index_patterns"])
        }

    def for_index(self, index: str) -> NewIndex:
        """Return what the templates say about an index of that name."""
        new = NewIndex()
        fitting = [body for body in self.composable.values() if _fits(body, index)]
        if fitting:
            best = max(fitting, key=_priority)
            for part in best["composed_of"]:
                new.add(self.component[part]["template"])
            new.add(best.get("template") or {})
            return new
        for body in sorted((b for b in self.legacy.values() if _fits(b, index)), key=_order):
            new.add(body)
        return new


def _priority(body: Mapping[str, Any]) -> int:
    return int(body.get("priority", 0))


def _order(body: Mapping[str, Any]) -> int:
    return int(body["order"])


def _fits(body: Mapping[str, Any], index: str) -> bool:
    return any(matches(pattern, index) for pattern in body["index_patterns"])
