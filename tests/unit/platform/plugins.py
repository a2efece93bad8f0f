"""Plugins on three base classes of nexus-platform, as an author would write them."""

import asyncio

from fastapi import APIRouter

from nexus.plugins import AnalyticsPlugin, BusinessPlugin, NotificationPlugin
from nexus.services import EmailService, get_service


class OrdersPlugin(BusinessPlugin):
    """Takes orders, keeps them, and tells the others."""

    def __init__(self):
        super().__init__()
        self.name = "orders"

    async def initialize(self):
        await super().initialize()
        self.register_service("orders", self)
        return True

    async def create(self, item):
        number = int(await self.get_data("last", 0) or 0) + 1
        await self.set_data("last", number)
        await self.set_data(f"order:{number}", {"item": item})
        await self.publish_event("orders.created", {"number": number, "item": item})
        return number

    def get_api_routes(self):
        router = APIRouter(prefix="/orders")

        @router.post("/new", status_code=201)
        async def new(item: str):
            return {"number": await self.create(item)}

        @router.get("/sync/{number}")
        def sync(number: int):
            return {"number": number}

        return [*super().get_api_routes(), router]

    async def shutdown(self):
        self.service_registry.unregister("orders")
        await super().shutdown()


class ConfirmationPlugin(NotificationPlugin):
    """Mails a confirmation for each order, through a service of the kit."""

    def __init__(self):
        super().__init__()
        self.name = "confirmations"

    async def initialize(self):
        await self.subscribe_to_event("orders.created", self.confirm)
        return True

    async def confirm(self, event):
        email = get_service(EmailService)
        await email.initialize()
        await email.send_email([self.config["to"]], f"Order {event.data['number']}", "Thank you")

    async def shutdown(self):
        await self.unsubscribe_from_event("orders.created", self.confirm)
        await super().shutdown()


class ClicksPlugin(AnalyticsPlugin):
    """Counts orders, and collects metrics every minute."""

    def __init__(self):
        super().__init__()
        self.name = "clicks"
        self.counted = 0

    async def initialize(self):
        await self.subscribe_to_event("orders.created", self.count)
        self._collection_tasks.append(asyncio.create_task(self.every_minute()))
        return await super().initialize()

    def count(self, event):
        self.counted += 1

    async def every_minute(self):
        while True:
            await asyncio.sleep(60)
            await self.set_data("counted", self.counted)

    async def shutdown(self):
        await self.unsubscribe_from_event("orders.created", self.count)
        await super().shutdown()
