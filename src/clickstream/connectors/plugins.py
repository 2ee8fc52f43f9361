"""The connector classes there are, found by name as Connect finds them, and the checks of a configuration.

A new connector is one module that gives a `SourcePlugin` or a `SinkPlugin`, listed in `default_plugins`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from clickstream.connectors import elasticsearch_sink, log_file, standard_config
from clickstream.connectors.base import ConnectorStore, SinkContext, SinkTask, SourceContext, SourceTask
from clickstream.connectors.config_def import ConfigDef
from clickstream.connectors.converters import CONVERTERS, converter_settings, find_converter
from clickstream.connectors.datagen import connector as datagen
from clickstream.connectors.document_places import DocumentPlaces
from clickstream.connectors.elasticsearch_config import CONFIG as ELASTICSEARCH_CONFIG
from clickstream.connectors.transforms import NULL_FILTER, transform_settings, transforms_of
from clickstream.core.errors import InvalidConnectorConfig, UnknownPlugin
from clickstream.version import __version__

__all__ = ["Plugin", "PluginRegistry", "SinkPlugin", "SourcePlugin", "default_plugins"]

API_VERSION = "3.9.1"
"""The version of Connect whose behaviour is followed."""


def _as_committed(entry: dict[str, Any]) -> dict[str, Any]:
    return entry


def _no_warnings(config: Mapping[str, str]) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class SourcePlugin:
    """A source connector's class.

    `most_tasks` bounds `tasks.max`: a file is read by one task. `refresh_offset` adds to a committed offset,
    before it is shown, what is known by now.
    """

    class_name: str
    version: str
    config: ConfigDef
    task_class_name: str
    make_task: Callable[[Mapping[str, str], Mapping[str, Any], SourceContext], SourceTask]
    warnings: Callable[[Mapping[str, str]], Sequence[str]] = _no_warnings
    most_tasks: int | None = None
    refresh_offset: Callable[[dict[str, Any]], dict[str, Any]] = _as_committed
    type: Literal["source"] = field(default="source", init=False)

    @property
    def standard(self) -> ConfigDef:
        """The settings of every source."""
        return standard_config.SOURCE


@dataclass(frozen=True, slots=True)
class SinkPlugin:
    """A sink connector's class; a task object reads one topic."""

    class_name: str
    version: str
    config: ConfigDef
    task_class_name: str
    make_task: Callable[[Mapping[str, str], Mapping[str, Any], SinkContext], SinkTask]
    read_offsets: Callable[[str, Mapping[str, str]], Mapping[str, int]]
    write_offsets: Callable[[str, Mapping[str, str], Mapping[str, int]], None]
    warnings: Callable[[Mapping[str, str]], Sequence[str]] = _no_warnings
    type: Literal["sink"] = field(default="sink", init=False)

    @property
    def standard(self) -> ConfigDef:
        """The settings of every sink."""
        return standard_config.SINK


Plugin = SourcePlugin | SinkPlugin


class PluginRegistry:
    """The classes, by full name, last part, or last part without "Connector"."""

    def __init__(self, plugins: Iterable[Plugin]) -> None:
        self._plugins = sorted(plugins, key=lambda plugin: (plugin.type, plugin.class_name))
        self._by_name = {name: plugin for plugin in self._plugins for name in _names(plugin)}

    def find(self, name: str) -> Plugin:
        """Return the class of that name.

        Raises: UnknownPlugin with Connect's sentence, which lists what there is.
        """
        plugin = self._by_name.get(name)
        if plugin is None:
            known = ", ".join(_describe(plugin) for plugin in self._plugins)
            raise UnknownPlugin(
                f"Failed to find any class that implements Connector and which name matches {name}, "
                f"available connectors are: {known}",
                name=name,
            )
        return plugin

    def listing(self, *, connectors_only: bool = True) -> list[dict[str, str]]:
        """Return the classes as `GET /connector-plugins` shows them."""
        connectors = [
            {"class": plugin.class_name, "type": plugin.type, "version": plugin.version}
            for plugin in self._plugins
        ]
        if connectors_only:
            return connectors
        converters = [
            {"class": converter.class_name, "type": "converter", "version": API_VERSION}
            for converter in CONVERTERS
        ]
        return [*connectors, {"class": NULL_FILTER, "type": "transformation"}, *converters]


def _names(plugin: Plugin) -> set[str]:
    simple = plugin.class_name.rpartition(".")[2]
    return {plugin.class_name, simple, simple.removesuffix("Connector")}


def _describe(plugin: Plugin) -> str:
    return (
        f"PluginDesc{{klass=class {plugin.class_name}, name='{plugin.class_name}', "
        f"version='{plugin.version}', encodedVersion={plugin.version}, "
        f"type={plugin.type}, typeName='{plugin.type}', location='classpath'}}"
    )


def full_config(plugin: Plugin, config: Mapping[str, str]) -> ConfigDef:
    """Return all settings that apply to this configuration, in Connect's order."""
    return (
        plugin.standard
        + plugin.config
        + transform_settings(config)
        + converter_settings(config, "key.converter")
        + converter_settings(config, "value.converter")
    )


def examine(plugin: Plugin, config: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return every setting with its value and errors; also those that take two settings to see."""
    examined = full_config(plugin, config).validate(config)
    for name, reason in _cross_checks(plugin, config):
        shown = next(entry["value"] for entry in examined if entry["value"]["name"] == name)
        if reason not in shown["errors"]:
            shown["errors"].append(reason)
    return examined


def _cross_checks(plugin: Plugin, config: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for setting in ("key.converter", "value.converter"):
        if setting in config:
            try:
                find_converter(setting, config[setting])
            except InvalidConnectorConfig as error:
                yield setting, error.message
    if plugin.type == "sink":
        yield from _topic_checks(config)


def _topic_checks(config: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    topics, regex = config.get("topics", "").strip(), config.get("topics.regex", "").strip()
    if topics and regex:
        yield "topics", "topics and topics.regex are mutually exclusive options, but both are set."
    elif not topics and not regex:
        yield "topics", "Must configure one of topics or topics.regex"


def typed_settings(plugin: Plugin, config: Mapping[str, str]) -> dict[str, Any]:
    """Return the plugin's settings, typed.

    Raises: InvalidConnectorConfig; a stored configuration was valid when it was stored.
    """
    transforms_of(config)
    return (plugin.standard + plugin.config).parse(config)


def default_plugins(store: ConnectorStore, places: DocumentPlaces) -> PluginRegistry:
    """Return the registry of everything built in."""
    datagen_source = SourcePlugin(
        datagen.CLASS_NAME,
        "0.5.0",
        datagen.CONFIG,
        datagen.TASK_CLASS_NAME,
        datagen.make_task,
        datagen.warnings,
    )
    access_log = SourcePlugin(
        log_file.CLASS_NAME,
        __version__,
        log_file.CONFIG,
        log_file.TASK_CLASS_NAME,
        log_file.AccessLogs().make_task,
        most_tasks=1,
        refresh_offset=log_file.with_present_size,
    )
    elasticsearch = SinkPlugin(
        elasticsearch_sink.CLASS_NAME,
        "10.0.2",
        ELASTICSEARCH_CONFIG,
        elasticsearch_sink.TASK_CLASS_NAME,
        elasticsearch_sink.task_maker(places.writer),
        partial(places.read_offsets, store),
        partial(places.write_offsets, store),
    )
    return PluginRegistry([datagen_source, access_log, elasticsearch])
