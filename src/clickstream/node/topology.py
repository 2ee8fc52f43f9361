"""A query's operators and topics as EXPLAIN's `topology` lists them.

The real server prints its Kafka Streams topology. There is none here; what is printed names the operators
that run, in the same layout, so that people and tools that look for sources, sinks and order find them.
"""

from dataclasses import dataclass, field

from clickstream.sql.plan import PersistentPlan, Sink, Source, Step, TransientPlan
from clickstream.sql.plan_text import inputs

__all__ = ["topology_text"]


@dataclass
class _Operator:
    name: str
    kind: str
    detail: str
    feeds: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)


def topology_text(plan: PersistentPlan | TransientPlan) -> str:
    """Return the operators of a plan, sources first, each with what feeds it and what it feeds."""
    operators: list[_Operator] = []
    _collect(plan.root, operators)
    lines = ["Topologies:", "   Sub-topology: 0"]
    for operator in operators:
        lines.append(f"    {operator.kind}: {operator.name} ({operator.detail})")
        if operator.kind != "Sink":
            lines.append(f"      --> {', '.join(operator.feeds) or 'none'}")
        if operator.kind != "Source":
            lines.append(f"      <-- {', '.join(operator.reads)}")
    return "\n".join(lines) + "\n\n"


def _collect(step: Step, operators: list[_Operator]) -> _Operator:
    below = [_collect(child, operators) for child in inputs(step)]
    operator = _operator(step, len(operators))
    for child in below:
        child.feeds.append(operator.name)
        operator.reads.append(child.name)
    operators.append(operator)
    return operator


def _operator(step: Step, number: int) -> _Operator:
    name = f"{step.context or type(step).__name__}-{number:010d}"
    if isinstance(step, Source):
        return _Operator(name, "Source", f"topics: [{step.topic}]")
    if isinstance(step, Sink):
        return _Operator(name, "Sink", f"topic: {step.topic}")
    return _Operator(name, "Processor", "stores: []")
