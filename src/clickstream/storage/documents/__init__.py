"""The search index: documents, mappings, templates, pipelines, queries and aggregations."""
