"""A newsletter: people subscribe, confirm by a link in a mail, and get each issue once."""

from __future__ import annotations

from typing import Any

from nexus.database import DatabaseAdapter
from nexus.plugins import Plugin
from nexus.services import (
    AnalyticsService,
    BaseService,
    EmailService,
    UserService,
    get_service,
    inject,
    register_service,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS newsletter_subscribers (
    user_id INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    token UUID UNIQUE NOT NULL DEFAULT gen_random_uuid(),
    confirmed_at TIMESTAMPTZ
);
CREATE TABLE IF NOT EXISTS newsletter_deliveries (
    issue VARCHAR(100) NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    PRIMARY KEY (issue, user_id)
)
"""

TEMPLATES = {
    "confirm": {
        "subject": "Please confirm, {{ username }}",
        "body": "Hello {{ username }},\nconfirm your subscription: {{ link }}\n",
        "html_body": '<p>Hello {{ username }},</p><p><a href="{{ link }}">confirm your subscription</a></p>',
    },
    "issue": {
        "subject": "{{ title }}",
        "body": "{{ text }}\n",
        "html_body": "<h1>{{ title }}</h1><p>{{ text }}</p>",
    },
}


class Newsletter(BaseService):
    """Subscriptions and the sending of issues."""

    def __init__(
        self,
        db: DatabaseAdapter = inject(),
        users: UserService = inject(),
        email: EmailService = inject(),
        analytics: AnalyticsService = inject(),
        config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(config)
        self.db = db
        self.users = users
        self.email = email
        self.analytics = analytics
        self.base_url = self.config.get("base_url", "https://news.example.org")

    async def _setup(self) -> None:
        await self.db.execute(SCHEMA)

    async def subscribe(self, username: str, address: str) -> dict[str, Any]:
        """Make the user and send the mail with the link; the user is subscribed once the link is followed."""
        user = await self.users.create_user({"username": username, "email": address})
        token = await self.db.fetch_val(
            "INSERT INTO newsletter_subscribers (user_id) VALUES ($1) RETURNING token", user["id"]
        )
        await self.email.send_template_email(
            [address], "confirm", {"username": username, "link": f"{self.base_url}/confirm/{token}"}
        )
        await self.analytics.track_event("newsletter_subscribed", str(user["id"]))
        return user

    async def confirm(self, token: str) -> bool:
        """Follow the link; False where it is unknown or was followed before."""
        done = await self.db.execute(
            "UPDATE newsletter_subscribers SET confirmed_at = now() WHERE token = $1 AND confirmed_at IS NULL", token
        )
        return done.rowcount == 1

    async def send_issue(self, issue: str, title: str, text: str) -> int:
        """Send an issue to everybody who confirmed and has not had it; how many mails were accepted."""
        readers = await self.db.fetch_all(
            """
            SELECT u.id, u.email
            FROM newsletter_subscribers s
            JOIN users u ON u.id = s.user_id
            LEFT JOIN newsletter_deliveries d ON d.user_id = u.id AND d.issue = $1
            WHERE s.confirmed_at IS NOT NULL AND u.is_active AND d.user_id IS NULL
            ORDER BY u.id
            """,
            issue,
        )
        sent = 0
        for reader in readers:
            if await self.email.send_template_email([reader["email"]], "issue", {"title": title, "text": text}):
                await self.db.execute(
                    "INSERT INTO newsletter_deliveries (issue, user_id) VALUES ($1, $2)", issue, reader["id"]
                )
                sent += 1
        await self.analytics.track_event("newsletter_issue_sent", properties={"issue": issue, "mails": sent})
        return sent


class NewsletterPlugin(Plugin):
    """The plugin."""

    name = "newsletter"
    version = "1.0.0"

    async def initialize(self) -> bool:
        await super().initialize()
        register_service(EmailService, config={"templates": TEMPLATES, **self.config.get("email", {})})
        register_service(Newsletter, config=self.config)
        self.newsletter = get_service(Newsletter)
        return True
