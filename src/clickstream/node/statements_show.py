"""Statements that only look: SHOW, DESCRIBE and EXPLAIN, except of connectors."""

from collections.abc import Callable

from clickstream.core.errors import UnknownName
from clickstream.node import server_properties
from clickstream.node.describe import (
    describe_plan,
    describe_query,
    describe_source,
    push_query,
    running_query,
    schema_info,
    source_info,
)
from clickstream.node.entities import (
    Entity,
    FunctionArgument,
    FunctionDescriptionEntity,
    FunctionInfo,
    FunctionNameList,
    FunctionVariant,
    PropertiesList,
    Queries,
    QueryDescriptionEntity,
    QueryDescriptionList,
    SourceDescriptionEntity,
    SourceDescriptionList,
    StreamsList,
    TablesList,
    TopicInfo,
    TopicInfoExtended,
    TopicsList,
    TopicsListExtended,
    TypeList,
    Variable,
    VariablesList,
)
from clickstream.node.execution import Execution
from clickstream.node.query_ids import transient_id
from clickstream.node.rejections import RequestRejected
from clickstream.sql.catalog import DataSource
from clickstream.sql.functions.describe import SignatureText
from clickstream.sql.functions.describe import describe as describe_function
from clickstream.sql.nodes import CreateAsSelect, Describe, Explain, InsertInto, QueryStatement, Show
from clickstream.sql.plan import PersistentPlan, TransientPlan

__all__ = ["describe", "explain", "show"]


def show(run: Execution, statement: Show) -> Entity:
    """SHOW or LIST what, [EXTENDED]."""
    return _SHOWN[statement.what](run, statement)


def _streams(run: Execution, statement: Show) -> Entity:
    sources = _sources(run, "STREAM")
    if statement.extended:
        return _descriptions(run, sources, extended=True)
    return StreamsList(statement_text=run.text, streams=[source_info(s) for s in sources])


def _tables(run: Execution, statement: Show) -> Entity:
    sources = _sources(run, "TABLE")
    if statement.extended:
        return _descriptions(run, sources, extended=True)
    return TablesList(statement_text=run.text, tables=[source_info(s) for s in sources])


def _sources(run: Execution, kind: str) -> list[DataSource]:
    return [source for source in run.node.catalog.sources.values() if source.kind == kind]


def _descriptions(run: Execution, sources: list[DataSource], *, extended: bool) -> Entity:
    return SourceDescriptionList(
        statement_text=run.text,
        source_descriptions=[
            describe_source(run.node, run.identity, source, extended=extended) for source in sources
        ],
    )


def _queries(run: Execution, statement: Show) -> Entity:
    queries = run.node.queries()
    if statement.extended:
        described = [describe_query(run.identity, query) for query in queries]
        return QueryDescriptionList(statement_text=run.text, query_descriptions=described)
    lines = [running_query(query) for query in queries]
    lines += [push_query(query.source.query_id, query.text) for query in run.open_queries.all()]
    return Queries(statement_text=run.text, queries=lines)


def _topics(run: Execution, statement: Show) -> Entity:
    names = [n for n in run.node.topics.names() if statement.all or not n.startswith("_")]
    described = [run.node.topics.describe(name) for name in names]
    if not statement.extended:
        topics = [TopicInfo(t.name, [t.replicas] * t.partitions) for t in described]
        return TopicsList(statement_text=run.text, topics=topics)
    readers = [position.topic for query in run.node.queries() for position in query.positions]
    extended = [
        TopicInfoExtended(t.name, [t.replicas] * t.partitions, readers.count(t.name), readers.count(t.name))
        for t in described
    ]
    return TopicsListExtended(statement_text=run.text, topics=extended)


def _properties(run: Execution, statement: Show) -> Entity:
    overrides = run.session.properties
    return PropertiesList(
        statement_text=run.text,
        properties=server_properties.list_properties(overrides, run.identity),
        overwritten_properties=list(overrides),
        default_properties=server_properties.default_names(overrides),
    )


def _functions(run: Execution, statement: Show) -> Entity:
    functions = []
    for name in run.node.functions.names():
        about = run.node.functions.describe(name)
        kind = about.kind.upper()
        functions.append(FunctionInfo(name, kind, about.category if kind == "SCALAR" else kind))
    return FunctionNameList(statement_text=run.text, functions=functions)


def _types(run: Execution, statement: Show) -> Entity:
    types = {name: schema_info(type_) for name, type_ in run.node.catalog.types.items()}
    return TypeList(statement_text=run.text, types=types)


def _variables(run: Execution, statement: Show) -> Entity:
    variables = [Variable(name, value) for name, value in run.session.variables.items()]
    return VariablesList(statement_text=run.text, variables=variables)


_SHOWN: dict[str, Callable[[Execution, Show], Entity]] = {
    "STREAMS": _streams,
    "TABLES": _tables,
    "QUERIES": _queries,
    "TOPICS": _topics,
    "PROPERTIES": _properties,
    "FUNCTIONS": _functions,
    "TYPES": _types,
    "VARIABLES": _variables,
}


# --------------------------------------------------------------------------------- describing


def describe(run: Execution, statement: Describe) -> Entity:
    """DESCRIBE a source, all of a kind, or a function."""
    if statement.what == "FUNCTION":
        return _function(run, str(statement.name))
    if statement.what in ("STREAMS", "TABLES"):
        sources = _sources(run, statement.what.removesuffix("S"))
        return _descriptions(run, sources, extended=statement.extended)
    source = run.node.catalog.get(str(statement.name))
    if source is None:
        raise run.refuse(_no_such_source(run, str(statement.name)))
    described = describe_source(run.node, run.identity, source, extended=statement.extended)
    return SourceDescriptionEntity(statement_text=run.text, source_description=described)


def _no_such_source(run: Execution, name: str) -> str:
    message = f"Could not find STREAM/TABLE '{name}' in the Metastore"
    other_case = next((n for n in run.node.catalog.sources if n.upper() == name.upper()), None)
    if other_case:
        message += (
            f'\nDid you mean "{other_case}"? '
            "Hint: wrap the source name in double quotes to make it case-sensitive."
        )
    return message


def _function(run: Execution, name: str) -> Entity:
    try:
        about = describe_function(name, run.node.functions)
    except UnknownName as error:
        raise RequestRejected(error.message) from None
    return FunctionDescriptionEntity(
        statement_text=run.text,
        name=about.name,
        description=about.description,
        author="Confluent",
        version="",
        path="internal",
        functions=[_variant(signature) for signature in about.signatures],
        type=about.kind.upper(),
    )


def _variant(signature: SignatureText) -> FunctionVariant:
    arguments = [FunctionArgument(p.name, p.type, "", p.is_variadic) for p in signature.parameters]
    types = [p.type for p in signature.parameters]
    return FunctionVariant(arguments, signature.returns, signature.description, types)


def explain(run: Execution, statement: Explain) -> Entity:
    """EXPLAIN a query that runs, or a statement that would start one."""
    if statement.query_id is not None:
        status = next((q for q in run.node.queries() if q.query_id == statement.query_id), None)
        if status is None:
            raise run.refuse(
                f"Query with id:{statement.query_id} does not exist, "
                "use SHOW QUERIES to view the full set of queries."
            )
        description = describe_query(run.identity, status)
        return QueryDescriptionEntity(statement_text=run.text, query_description=description)
    plan: PersistentPlan | TransientPlan
    match statement.statement:
        case QueryStatement() as query:
            plan = run.planner.plan_push_query(query, transient_id(query))
        case CreateAsSelect() as create:
            plan = run.planner.plan_create_as(create, run.query_id("CTAS", create.name))[1]
        case InsertInto() as insert:
            plan = run.planner.plan_insert_into(insert, run.query_id("INSERTQUERY"))
        case _:
            raise run.refuse("The provided statement does not run a ksql query")
    text = statement.text.rstrip().removesuffix(";") + ";"
    description = describe_plan(run.identity, plan, text, run.session.properties)
    return QueryDescriptionEntity(statement_text=run.text, query_description=description)
