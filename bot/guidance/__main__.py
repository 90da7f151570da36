"""``python -m bot.guidance <harm> …``: prints what is wrong with these guides, or with all of them when none is named."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.guidance.reading import STRUCTURES, read_guide
from bot.messages import Language

LOCALES = Path(__file__).parents[2] / "locales"


def main(harms: Sequence[str]) -> int:
    """Check guides; returns 1 when something is wrong."""
    languages = [Language(path.stem) for path in sorted(LOCALES.glob("*.yml"))]
    wrong = 0
    for harm in harms or sorted(path.stem for path in STRUCTURES.glob("*.yml")):
        guide, lines = read_guide(harm, LOCALES / "guides", languages)
        wrong += len(lines)
        print(*lines, sep="\n") if lines else print(f"{harm}: {len(guide.nodes) if guide else 0} nodes, nothing wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
