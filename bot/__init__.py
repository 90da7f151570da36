"""Faro, a citizen-safety chatbot that a city runs.

One package per concern; ``bot/app.py`` is the only module that knows them all. Modules that stand directly in
``bot`` are the shared vocabulary (messages, errors, crypto, settings, city) and import no package.
"""
