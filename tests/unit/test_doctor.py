"""What ``faro doctor`` says of articles and of the library. The other parts are examined where they live."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import utc_now
from bot.doctor import _articles, _library
from bot.findings import Level
from bot.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "city"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = shutil.copytree(EXAMPLE, tmp_path / "city")
    return Settings(data=tmp_path / "var", city=folder, _env_file=None)  # type: ignore[call-arg]


async def test_articles_that_were_checked_lately_are_well(settings: Settings) -> None:
    (finding,) = await _articles(settings)
    assert finding.level is Level.GOOD and "articles, all checked lately" in finding.text


async def test_an_old_article_is_named_with_the_mend(settings: Settings) -> None:
    file = settings.city / "knowledge" / "bikes" / "locking-a-bike.yml"
    old = utc_now().date() - timedelta(days=500)
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(f"checked_on: {old}" if line.startswith("checked_on:") else line for line in lines), encoding="utf-8")
    (finding,) = await _articles(settings)
    assert finding.level is Level.ADVICE
    assert f"bikes/locking-a-bike was checked on {old}" in finding.text and "change its date" in finding.text


async def test_a_broken_folder_is_left_to_the_findings_about_it(settings: Settings) -> None:
    (settings.city / "knowledge" / "topics.yml").write_text("topics: {}")
    assert await _articles(settings) == [] == await _library(settings)


async def test_a_sound_library_is_counted(settings: Settings) -> None:
    (finding,) = await _library(settings)
    assert finding.level is Level.GOOD and finding.text == f"{len(list(settings.city.glob('campaigns/*.yml')))} ready campaigns and series"


async def test_a_ready_campaign_that_cannot_be_used_is_named(settings: Settings) -> None:
    (settings.city / "campaigns" / "pile-on.yml").write_text("kind: campaign\nformat: 1\ntitel: A slip\n")
    findings = await _library(settings)
    assert {finding.level for finding in findings} == {Level.ADVICE}
    assert "campaigns/pile-on.yml: title (line 1): is missing" in findings[0].text and "not offered until it is mended" in findings[0].text
