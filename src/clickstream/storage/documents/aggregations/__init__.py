"""Aggregations over a selection of documents."""

from clickstream.storage.documents.aggregations.base import Aggregation, Context, Group, run_all
from clickstream.storage.documents.aggregations.parse import parse_aggregations

__all__ = ["Aggregation", "Context", "Group", "parse_aggregations", "run_all"]
