"""Starting and stopping: what answers, what is said once, and which mistakes are named. Without Rasa, which may be away."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.running import running
from bot.settings import Settings
from bot.storage import Database
from bot.storage.migrate import upgrade

ROOT = Path(__file__).parents[2]


def _settings(folder: Path, **changes: object) -> Settings:
    fields = {"data": folder / "var", "city": ROOT / "city", "port": 0}
    away = {"rasa_url": "http://127.0.0.1:9", "rasa_secret": SecretStr("s" * 32)}
    return Settings(**{**fields, **away, **changes}, _env_file=None)  # type: ignore[arg-type]


async def test_the_web_answers_while_rasa_is_away(tmp_path: Path) -> None:
    async with running(_settings(tmp_path)) as started, httpx.AsyncClient(base_url=started.address, follow_redirects=True) as http:
        for path, words in (("/", "/figures?lang="), ("/figures", "Faro"), ("/console", "password"), ("/health", "up")):
            response = await http.get(path)
            assert response.status_code == 200
            assert words in response.text


async def test_first_staff_are_made_once(tmp_path: Path) -> None:
    async with running(_settings(tmp_path)) as started:
        assert {role.value for _, role, _ in started.first_staff} == {"admin", "officer", "approver", "moderator", "custodian", "analyst"}
    async with running(_settings(tmp_path)) as started:
        assert started.first_staff == []


async def test_a_second_start_answers_within_seconds(tmp_path: Path) -> None:
    async with running(_settings(tmp_path)):
        pass
    began = time.process_time()
    async with running(_settings(tmp_path)) as started, httpx.AsyncClient() as http:
        assert (await http.get(f"{started.address}/")).status_code == 200
    assert time.process_time() - began < 5  # a promise to people who wait; processor time, so that a busy machine breaks none


async def test_a_port_in_use_is_named_with_the_mend(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="FARO_PORT"):
            async with running(_settings(tmp_path, port=taken.getsockname()[1])):
                pass


async def test_a_rasa_elsewhere_needs_its_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FARO_RASA_SECRET"):
        async with running(_settings(tmp_path, rasa_secret=None)):
            pass


async def test_a_mistake_in_the_city_is_named_with_file_and_key(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(ROOT / "city", city)
    text = (city / "city.yml").read_text()
    (city / "city.yml").write_text(text.replace("time_zone: Europe/Paris", "time_zone: Europe/Parys"))
    with pytest.raises(SettingsError, match=r"city\.yml: time_zone: .*Europe/Parys"):
        async with running(_settings(tmp_path, city=city)):
            pass


async def test_a_data_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="FARO_DATA"):
        async with running(_settings(tmp_path)):
            pass


async def test_several_processes_share_one_postgresql(postgres_url: str, tmp_path: Path) -> None:
    settings = _settings(tmp_path, database_url=SecretStr(postgres_url))
    async with running(settings) as one, running(settings) as other:
        assert len(one.first_staff) + len(other.first_staff) == 6
        async with httpx.AsyncClient() as http:
            for started in (one, other):
                assert (await http.get(f"{started.address}/health")).json() == {"database": "up"}


async def test_rasas_action_calls_need_the_secret(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with running(settings.model_copy(update={"action_port": port})), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        tracker = {"sender_id": "x", "slots": {}, "latest_message": {}, "events": [], "paused": False}
        call = {"next_action": "action_open_tip", "tracker": tracker}
        assert (await http.post("/webhook", json=call)).status_code == 403
        answer = await http.post("/webhook", json=call, headers={"X-Faro-Secret": "s" * 32})
        assert answer.json()["responses"][0]["custom"] == {"press": "tip:start"}
        assert (await http.post("/webhook", content=b"x" * 5_000_000, headers={"X-Faro-Secret": "s" * 32})).status_code == 413


async def test_a_store_that_is_written_to_by_another_process_is_waited_for(tmp_path: Path) -> None:
    database = Database(_settings(tmp_path).database)
    await upgrade(database)
    async with running(_settings(tmp_path)) as started, httpx.AsyncClient() as http, database.begin():
        assert (await http.get(f"{started.address}/")).status_code == 200
    await database.close()
