"""A mail sink in virtual time, for one test, and what the tests of mail send."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import wraps

from nexus_testkit.adapters.fake.mail import SmtpSink
from nexus_testkit.ports.mail import TLS, SendReceipt, SmtpSettings
from nexus_testkit.simulation import EPOCH, run

PLAIN = SmtpSettings(tls=TLS.NONE)


class LoopClock:
    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def with_sink(test: Callable[[SmtpSink], Awaitable[None]]) -> Callable[[], None]:
    """Run the test on a fresh sink in virtual time, and see that nothing of the sink is left."""

    async def main() -> None:
        sink = SmtpSink(clock=LoopClock())
        try:
            await test(sink)
        finally:
            await sink.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    @wraps(test)
    def wrapper() -> None:
        run(main)

    del wrapper.__wrapped__  # pytest would take the sink for a fixture
    return wrapper


def message(subject: str = "Hello", to: str = "bob@example.org", body: str = "Hi Bob\n") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Ann <ann@example.org>"
    made["To"] = to
    made["Subject"] = subject
    made["Message-ID"] = "<1@example.org>"
    made.set_content(body)
    return made


async def send(
    sink: SmtpSink,
    *recipients: str,
    settings: SmtpSettings | None = PLAIN,
    sender: str = "ann@example.org",
    mail: EmailMessage | None = None,
) -> SendReceipt:
    return await sink.send(
        mail or message(), sender=sender, recipients=recipients or ("bob@example.org",), settings=settings
    )
