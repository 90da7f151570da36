"""Views, one module per part of the console. A view takes a :class:`~bot.console.visit.Visit` and answers it."""
