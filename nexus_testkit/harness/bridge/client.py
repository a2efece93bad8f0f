"""The routes of the booted plugins behind one client, at the paths that the platform serves them at."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import FastAPI

from nexus_testkit.errors import HarnessError
from nexus_testkit.errors.container import did_you_mean


class PlatformClient(httpx.AsyncClient):
    """`nexus.client`: asks the plugins' routes in the process, by `httpx.ASGITransport`. No request crosses the HTTP port.

    An exception of a route is raised in the test; on the platform it is a 500.

    The platform (nexus/__init__.py, 0.1.5) puts `/api/plugins/<category>.<name>` before each router and the router's own prefix
    once more: `/rules` of a router with the prefix `/plugins/shop` is served as
    `/api/plugins/business.shop/plugins/shop/plugins/shop/rules`. `path_of("/rules")` finds such a path.
    """

    def __init__(self) -> None:
        """Make a client of an application without routes."""
        self._app = FastAPI()
        super().__init__(transport=httpx.ASGITransport(app=self._app), base_url="http://nexus.test", trust_env=False)

    def serve(self, plugin: Any, plugin_id: str) -> None:
        """Serve what the plugin's `get_api_routes` gives."""
        for router in plugin.get_api_routes() or ():
            prefix = f"/api/plugins/{plugin_id}{getattr(router, 'prefix', '')}"
            self._app.include_router(router, prefix=prefix, tags=[plugin_id])

    def path_of(self, end: str, /) -> str:
        """The served path that ends so, such as `"/rules"`; parameters stand as in the router: `"/orders/{order_id}"`.

        Raises:
            HarnessError: none ends so, or several do; it lists them.
        """
        served: list[str] = sorted(
            {route.path for route in self._app.routes if "/plugins/" in getattr(route, "path", "")}
        )
        found = [path for path in served if path.endswith(end)]
        if len(found) == 1:
            return found[0]
        if found:
            raise HarnessError(f"several routes end with {end!r}: {', '.join(found)}", hint="give more of the path")
        hint = did_you_mean(end, served) or f"served are {', '.join(served) or 'none: boot a plugin that has routes'}"
        raise HarnessError(f"no route ends with {end!r}", hint=hint)
