"""Campaigns: how fast, how evenly and how surely they are sent, beside a plain loop with python-telegram-bot's AIORateLimiter.

Nothing is imported here: the sender processes of the measurement start more quickly so.
"""
