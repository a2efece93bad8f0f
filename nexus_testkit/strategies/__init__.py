"""Hypothesis strategies for what services take, store and send.

What the doc of a strategy claims is what the kit's own services and fakes do with its values: `emails()` are accepted by
`EmailService`, `json_values()` come back from a jsonb column. Importing this module loads Hypothesis, and registers
the strategies of types that are the kit's own: `st.from_type` knows `nexus_testkit.ports.analytics.Event`,
`nexus_testkit.exploration.Plan` and `nexus_testkit.machines.lifecycle.World`. Types of others (`EmailMessage`, `httpx.Response`) are
left alone: what those are to be is for whoever runs the tests to say.
"""

from nexus_testkit.strategies.messages import events, http_responses, json_values, smtp_messages
from nexus_testkit.strategies.people import emails, invalid_emails, names, slugs, texts, unusual_emails, users
from nexus_testkit.strategies.runs import fault_plans, service_graphs

__all__ = [
    "emails",
    "events",
    "fault_plans",
    "http_responses",
    "invalid_emails",
    "json_values",
    "names",
    "service_graphs",
    "slugs",
    "smtp_messages",
    "texts",
    "unusual_emails",
    "users",
]
