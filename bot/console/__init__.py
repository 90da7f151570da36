"""The web console for staff: thin pages over the packages for staff, tips and campaigns.

:func:`~bot.console.routes.build_console` makes the routes from :class:`~bot.console.services.Services`. Every page is
declared in :mod:`bot.console.pages` together with who may open it; :mod:`bot.console.guard` enforces that before a view
runs. Pages work without JavaScript; ``static/console.js`` only makes some of them quicker.
"""

from bot.console.routes import build_console
from bot.console.services import Services

__all__ = ["Services", "build_console"]
