"""Fixtures of the campaigns' unit tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="session")
def catalogue_keys() -> frozenset[str]:
    """The dotted keys of the English texts."""
    return frozenset(_flat(yaml.safe_load(Path("locales/en.yml").read_text(encoding="utf-8"))))


def _flat(branch: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in branch.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
