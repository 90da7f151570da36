"""Pages that anybody may open, without a chat and without a cookie: what happened with tips, in sums (``/figures``)."""

from bot.public.build import build_public

__all__ = ["build_public"]
