"""Dashboards: the part of Grafana's API that the embedded backend answers."""

from clickstream.server.grafana.app import create_app

__all__ = ["create_app"]
