"""Guided help: for each harm a guide, step by step with buttons, that a person can leave and come back to.

A guide is written in files, not in code: ``guides/<harm>.yml`` says which step leads where, ``locales/guides/<language>/<harm>.yml``
what people read (see ``docs/guides.md``). ``python -m bot.guidance <harm>`` checks one.
"""

from bot.guidance.flow import GuideFlow
from bot.guidance.guide import Guide, Node
from bot.guidance.reading import STRUCTURES, read_guides

__all__ = ["STRUCTURES", "Guide", "GuideFlow", "Node", "read_guides"]
