"""A whole Faro as a child process, as ``make run`` starts it, and colleagues who sign in to its console over HTTP."""

from __future__ import annotations

import asyncio
import html
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psutil
import pyotp

ROOT = Path(__file__).parents[2]
_ACCOUNT = re.compile(r"(admin|officer|approver|moderator|analyst)\s+(\w+)\s+([a-z0-9]{5}(?:-[a-z0-9]{5}){3})")
_ADDRESS = re.compile(r"Web chat\s+(http://[\d.:]+)/")


def city_awake(folder: Path, now: datetime) -> Path:
    """A copy of the example city whose quiet hours lie far from ``now``, so that a campaign may go out at once."""
    shutil.copytree(ROOT / "city", folder)
    settings = folder / "city.yml"
    quiet = (now.astimezone(ZoneInfo("Europe/Paris")) + timedelta(hours=12)).strftime("%H")
    changed = re.sub(r'^  (night|school): ".*"$', rf'  \1: "{quiet}:00-{quiet}:30"', settings.read_text(), flags=re.MULTILINE)
    settings.write_text(changed)
    return folder


class House:
    """``faro run`` with data of its own on a free port.

    Args:
        data: FARO_DATA.
        environment: further variables, such as the emulator's address.
    """

    command: tuple[str, ...] = (str(Path(sys.executable).parent / "faro"), "run")
    """What is started; a subclass may wrap it."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.address = ""
        self.passwords: dict[str, str] = {}
        self.printed: list[str] = []
        self.logged: list[str] = []
        self._environment = environment
        self._killed = 0
        self._process: Process | None = None
        self._readers: list[asyncio.Task[None]] = []

    @property
    def process(self) -> Process:
        """The running process."""
        assert self._process is not None
        return self._process

    async def start(self) -> None:
        """Start and wait until the addresses are printed."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
        self.address = ""
        self._process = await asyncio.create_subprocess_exec(
            *self.command,
            cwd=ROOT,
            env={**kept, "FARO_DATA": str(self.data), "FARO_PORT": "0", "COLUMNS": "160", **self._environment},
            stdout=PIPE,
            stderr=PIPE,
        )
        streams = ((self.process.stdout, self.printed), (self.process.stderr, self.logged))
        self._readers = [asyncio.create_task(self._read(stream, lines)) for stream, lines in streams if stream is not None]
        await self.until(lambda: self.address, 30)

    async def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        status = await asyncio.wait_for(self.process.wait(), 30)
        await asyncio.gather(*self._readers)
        return status

    async def kill(self) -> None:
        """kill -9, as a power cut would."""
        await self.stop(signal.SIGKILL)

    async def dialogue_ready(self) -> None:
        """Wait until Rasa has loaded the model (again)."""
        await self.until(lambda: self._readies() > self._killed, 120)

    def kill_rasa(self) -> None:
        """kill -9 for the dialogue model."""
        rasa = self._rasa()
        assert rasa is not None, "Rasa does not run"
        self._killed = self._readies()
        rasa.kill()

    def children(self) -> list[psutil.Process]:
        """Every process below this one."""
        return psutil.Process(self.process.pid).children(recursive=True)

    async def until(self, condition: Any, seconds: float) -> None:
        """Wait until something is so.

        Raises:
            AssertionError: with what was printed and logged, when it does not happen in time.
        """
        for _ in range(int(seconds * 20)):
            if value := condition():
                return value
            if self.process.returncode is not None:
                break
            await asyncio.sleep(0.05)
        raise AssertionError(f"it did not happen within {seconds} s\n" + "".join(self.printed[-30:] + self.logged[-30:]))

    def _readies(self) -> int:
        return sum("dialogue ready" in line for line in self.logged)

    def _rasa(self) -> psutil.Process | None:
        return next((child for child in self.children() if "rasa_side" in child.cmdline()), None)

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        async for raw in stream:
            line = raw.decode()
            lines.append(line)
            if found := _ADDRESS.search(line):
                self.address = found[1]
            if account := _ACCOUNT.search(line):
                self.passwords[account[1]] = account[3]


class Colleague:
    """Somebody who works with the console, following its forms like a browser without JavaScript."""

    def __init__(self, house: House, login: str) -> None:
        self.login = login
        self.password = "a long way to the harbour 7"
        self.http = httpx.AsyncClient(base_url=house.address, follow_redirects=True, timeout=30, headers={"Origin": house.address})
        self.page = ""
        self._first_password = house.passwords[login]

    async def __aenter__(self) -> Colleague:
        await self.open("/console/sign-in")
        await self.send("/console/sign-in", login=self.login, password=self._first_password)
        await self.send("/console/password", old=self._first_password, new=self.password, again=self.password)
        secret = self.find(r'class="text-key">([A-Z2-7 ]+)<').replace(" ", "")
        await self.send("/console/enrol", code=pyotp.TOTP(secret).now())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def open(self, path: str, status: int = 200) -> str:
        """Open a page."""
        response = await self.http.get(path)
        assert response.status_code == status, response.text
        self.page = response.text
        return self.page

    async def send(self, path: str, /, **fields: str) -> str:
        """Send a form with the token and the hidden fields of the page that shows it."""
        form = next((f for f in re.findall(r"<form.*?</form>", self.page, re.DOTALL) if f'action="{path}"' in f), None)
        assert form is not None, f"no form for {path} in\n{self.page}"
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        response = await self.http.post(path, data={**{k: html.unescape(v) for k, v in hidden.items()}, **fields})
        assert response.status_code == 200, response.text
        self.page = response.text
        return self.page

    def find(self, pattern: str) -> str:
        """The first group of a pattern in the present page."""
        found = re.search(pattern, self.page)
        assert found is not None, f"{pattern} is not in\n{self.page}"
        return html.unescape(found[1])
