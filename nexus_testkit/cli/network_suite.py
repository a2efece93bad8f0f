"""The contracts on those real adapters that no world has: SMTP and HTTP, each with a server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from nexus_testkit.adapters.real.http import NetworkTransport
from nexus_testkit.adapters.real.mail import SmtpMail
from nexus_testkit.contracts import HttpContract, MailContract
from nexus_testkit.ports.mail import TLS, SmtpSettings


class TestSmtpMail(MailContract):
    @pytest.fixture
    async def adapter(self, server: Any) -> AsyncIterator[SmtpMail]:
        host, port = await server.listen()
        settings = SmtpSettings(host=host, port=port, tls=TLS.NONE)
        async with SmtpMail(settings, local_hostname="client.example.org") as mail:
            yield mail


class TestNetworkTransport(HttpContract):
    @pytest.fixture
    async def adapter(self) -> AsyncIterator[NetworkTransport]:
        async with NetworkTransport() as transport:
            yield transport
