"""A web-hook relay: hands each event to a target once, signed, with retries, and stops asking a target that is down."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from nexus.plugins import Plugin
from nexus.services import BaseService, CacheService, HTTPService, get_service, inject, register_service

DAY_S = 24 * 3600


class TargetPausedError(RuntimeError):
    """The target failed too often; nothing is sent to it for a while."""


class WebhookRelay(BaseService):
    """Delivers events over HTTP, at least once, and not again once they were accepted."""

    def __init__(
        self, http: HTTPService = inject(), cache: CacheService = inject(), config: dict[str, Any] | None = None
    ) -> None:
        super().__init__(config)
        self.http = http
        self.cache = cache
        self.target = self.config["target"]
        self.secret = self.config["secret"]
        self.pause_after = self.config.get("pause_after", 3)
        self.pause_s = self.config.get("pause_s", 60)

    async def relay(self, event_id: str, payload: dict[str, Any]) -> bool:
        """Deliver one event; False where it was delivered before.

        Raises:
            TargetPausedError: the target failed `pause_after` times within `pause_s` seconds.
        """
        if await self.cache.exists(f"delivered:{event_id}"):
            return False
        failures = await self.cache.get(f"failures:{self.target}", 0)
        if failures >= self.pause_after:
            raise TargetPausedError(self.target)
        body = json.dumps(payload, sort_keys=True)
        signature = hmac.new(self.secret.encode(), body.encode(), hashlib.sha256).hexdigest()
        answer = await self.http.post(
            self.target, json=payload, headers={"Idempotency-Key": event_id, "X-Signature": signature}
        )
        if answer["status_code"] >= 300:
            await self.cache.set(f"failures:{self.target}", failures + 1, ttl=self.pause_s)
            return False
        await self.cache.set(f"delivered:{event_id}", True, ttl=DAY_S)
        return True


class WebhookRelayPlugin(Plugin):
    """The plugin."""

    name = "webhook-relay"
    version = "1.0.0"

    async def initialize(self) -> bool:
        await super().initialize()
        register_service(HTTPService, config={"retries": 3, "allow_hosts": ["hooks.example"]})
        register_service(WebhookRelay, config=self.config)
        self.relay = get_service(WebhookRelay)
        return True
