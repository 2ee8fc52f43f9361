"""Statements about connectors: CREATE, DROP, SHOW and DESCRIBE CONNECTOR, carried out by the supervisor."""

import json

from clickstream.connectors.status import ConnectorStatus
from clickstream.connectors.supervisor import Supervisor
from clickstream.core.errors import Conflict, ConnectorError, NotFound, UnknownPlugin
from clickstream.node.entities import (
    ConnectorDescription,
    ConnectorLine,
    ConnectorList,
    ConnectorPluginsList,
    CreatedConnector,
    DroppedConnector,
    Entity,
    PluginInfo,
    WarningEntity,
)
from clickstream.node.execution import Execution
from clickstream.node.rejections import RequestRejected
from clickstream.sql.format import mask_statement
from clickstream.sql.nodes import CreateConnector, Describe, DropConnector, Show

__all__ = ["create_connector", "describe_connector", "drop_connector", "show_connectors"]


def create_connector(run: Execution, statement: CreateConnector, supervisor: Supervisor) -> Entity:
    """CREATE SOURCE or SINK CONNECTOR."""
    text = mask_statement(run.text)
    if _exists(supervisor, statement.name):
        message = f"Connector {statement.name} already exists"
        if statement.if_not_exists:
            return WarningEntity(statement_text=text, message=message)
        raise Conflict(message)
    config = {key: str(value) for key, value in statement.config.items()}
    try:
        if run.dry:
            supervisor.validate(config.get("connector.class", ""), config)
            return WarningEntity(statement_text=text, message="")
        info = supervisor.create(statement.name, config)
    except ConnectorError as error:
        code = 500 if isinstance(error, UnknownPlugin) else 400
        detail = json.dumps({"error_code": code, "message": error.message}, separators=(",", ":"))
        raise RequestRejected(f"Validation error: {detail}") from error
    return CreatedConnector(statement_text=text, info=info.as_dict(), warnings=info.warnings)


def _exists(supervisor: Supervisor, name: str) -> bool:
    return name in supervisor.names()


def drop_connector(run: Execution, statement: DropConnector, supervisor: Supervisor) -> Entity:
    """DROP CONNECTOR."""
    if not _exists(supervisor, statement.name):
        if statement.if_exists:
            message = f"Connector '{statement.name}' does not exist."
            return WarningEntity(statement_text=run.text, message=message)
        raise NotFound(f"Failed to drop connector: {_not_found(statement.name)}")
    if not run.dry:
        supervisor.delete(statement.name)
    return DroppedConnector(statement_text=run.text, connector_name=statement.name)


def show_connectors(run: Execution, statement: Show, supervisor: Supervisor) -> Entity:
    """SHOW [SOURCE|SINK] CONNECTORS, SHOW CONNECTOR PLUGINS."""
    if statement.what == "PLUGINS":
        plugins = [
            PluginInfo(plugin["class"], plugin["type"], plugin["version"]) for plugin in supervisor.plugins()
        ]
        return ConnectorPluginsList(statement_text=run.text, connectors_plugins=plugins)
    lines = []
    for name in supervisor.names():
        try:
            status = supervisor.status(name)
            class_name = supervisor.info(name).config.get("connector.class", "")
        except NotFound:
            continue
        if statement.scope is None or statement.scope.lower() == status.type:
            lines.append(ConnectorLine(name, status.type, class_name, _summary(status)))
    return ConnectorList(statement_text=run.text, connectors=lines)


def _summary(status: ConnectorStatus) -> str:
    """Return a connector's state in words, as SHOW CONNECTORS has it."""
    if status.state != "RUNNING":
        return status.state
    running = sum(task.state == "RUNNING" for task in status.tasks)
    word = "RUNNING" if running == len(status.tasks) else "WARNING"
    return f"{word} ({running}/{len(status.tasks)} tasks RUNNING)"


def describe_connector(run: Execution, statement: Describe, supervisor: Supervisor) -> Entity:
    """DESCRIBE CONNECTOR.

    `sources` and `topics` are empty for connectors that do not say which topics they write to, and the
    ones there are do not.
    """
    name = str(statement.name)
    try:
        status, info = supervisor.status(name), supervisor.info(name)
    except NotFound:
        raise NotFound(f"Failed to query connector status: {_not_found(name)}") from None
    return ConnectorDescription(
        statement_text=run.text,
        connector_class=info.config.get("connector.class", ""),
        status=status.as_dict(),
        sources=[],
        topics=[],
    )


def _not_found(name: str) -> str:
    body = {"error_code": 404, "message": f"Connector {name} not found"}
    return json.dumps(body, separators=(",", ":"))
