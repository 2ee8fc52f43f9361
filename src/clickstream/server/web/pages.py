"""The pages on port 3000: one HTML file, our own ES modules; ECharts and CodeMirror from NiceGUI's package.

Routes are mounted into the dashboards' app (`server/grafana/app.py`). Nothing is fetched from another host
and no foreign script is kept in this repository: both are served out of the installed NiceGUI.
"""

from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

__all__ = ["HOME_DASHBOARD", "page_routes"]

STATIC = Path(__file__).parent / "static"

HOME_DASHBOARD = "clickstream-analysis"
"""The dashboard that `/` opens."""

PAGES = (
    *("/dashboards", "/d/{uid}", "/d/{uid}/{slug}", "/flow", "/connectors", "/topics", "/topics/{name}"),
    *("/query", "/alerts", "/log"),
)
"""Addresses of pages; which page it is, the browser reads from the address."""

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
)
"""Only our own scripts run; ECharts and CodeMirror set styles, hence inline ones."""


def page_routes() -> list[BaseRoute]:
    """Return the routes of the pages and of the files that they load."""
    return [
        Route("/", _home),
        *(Route(path, _page) for path in PAGES),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
        Mount("/lib/echarts", StaticFiles(directory=_nicegui_modules("echart")), name="echarts"),
        Mount("/lib/codemirror", StaticFiles(directory=_nicegui_modules("codemirror")), name="codemirror"),
    ]


async def _home(request: Request) -> Response:
    return RedirectResponse(f"/d/{HOME_DASHBOARD}", status_code=302)


async def _page(request: Request) -> Response:
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Cache-Control": "no-cache"}
    return FileResponse(STATIC / "index.html", media_type="text/html", headers=headers)


def _nicegui_modules(element: str) -> Path:
    """Return the folder of an element's modules inside the installed NiceGUI; it is not imported."""
    spec = find_spec("nicegui")
    if spec is None or spec.origin is None:
        raise RuntimeError("package nicegui is not installed: the pages take ECharts and CodeMirror from it")
    return Path(spec.origin).parent / "elements" / element / "dist"
