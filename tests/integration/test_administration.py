"""Commands on a store, without a running Faro."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.administration import add_member, confirm_recovery_key, make_recovery_key, recover_tips, verify_audit
from bot.errors import Invalid, NotAllowed, NotFound
from bot.settings import Settings
from bot.tips.regrant import Progress

ROOT = Path(__file__).parents[2]


def settings(data: Path, url: str) -> Settings:
    return Settings(FARO_DATA=data, FARO_CITY=ROOT / "city", DATABASE_URL=url)  # type: ignore[call-arg]


async def test_the_recovery_key_is_made_typed_back_and_asked_for(database_url: str, tmp_path: Path) -> None:
    here = settings(tmp_path, database_url)
    paper = await make_recovery_key(here)
    with pytest.raises(Invalid, match="missing or mistyped"):
        await confirm_recovery_key(here, paper[:-1])
    await confirm_recovery_key(here, paper)
    await add_member(here, "mo", "Mo", ["moderator"])

    def ignored(_: Progress) -> None: ...

    with pytest.raises(Invalid, match="group by group"):
        await recover_tips(here, "mo", "no key", ignored)
    with pytest.raises(NotFound, match="login"):
        await recover_tips(here, "nobody", paper, ignored)
    with pytest.raises(NotAllowed, match="opens no tip"):
        await recover_tips(here, "mo", paper, ignored)
    assert "unbroken" in await verify_audit(here)
