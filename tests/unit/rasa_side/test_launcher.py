"""What the launcher makes of Rasa's command line."""

from __future__ import annotations

import pytest

from rasa_side.__main__ import arguments


def test_run_stays_on_loopback_with_the_bots_channel_only() -> None:
    given = arguments(["run", "--port", "5005"])
    assert given[given.index("--interface") + 1] == "127.0.0.1"
    assert given[given.index("--credentials") + 1] == "credentials.yml"
    assert given[given.index("--endpoints") + 1] == "endpoints.yml"
    assert "--enable-api" not in given


@pytest.mark.parametrize("option", ["--enable-api", "-i", "--interface=0.0.0.0", "--cors"])
def test_run_cannot_be_opened(option: str) -> None:
    with pytest.raises(SystemExit, match="loopback"):
        arguments(["run", option])


def test_with_redis_the_shared_stores_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6379")
    assert arguments(["run"])[-1].endswith("endpoints.redis.yml")


def test_training_and_validation_read_our_folders() -> None:
    assert arguments(["train"]) == ["train", "--data", "nlu", "stories"]
    assert arguments(["data", "validate"]) == ["data", "validate", "--data", "nlu", "stories"]
    assert arguments(["train", "--data", "elsewhere"]) == ["train", "--data", "elsewhere"]
    assert arguments(["shell"]) == ["shell"]
