"""An emulator of Telegram's Bot API, for tests and for trying Faro out by hand. Real HTTP, loopback only.

Objects follow core.telegram.org/bots/api as python-telegram-bot reads them. ``BotApi`` is the server; ``api.person()``
and ``api.group()`` are the people on the other side; ``api.faults`` plans what goes wrong; ``api.calls`` is what the bot
asked for. From the command line: ``python -m tests.emulator --port 8081``, then open that address in a browser.
"""

from tests.emulator.faults import Fault, Faults
from tests.emulator.limits import Rate, Rates
from tests.emulator.people import Group, Person
from tests.emulator.server import BotApi

__all__ = ["BotApi", "Fault", "Faults", "Group", "Person", "Rate", "Rates"]
