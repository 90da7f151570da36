"""The examples of ``docs/api.md`` work, in their order, against a served API."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from datetime import timedelta
from pathlib import Path

from bot.serving import WebServer, bind
from bot.staff.roles import Role
from tests.integration.api.support import CITY, ROOT, Desk

PAGE = (ROOT / "docs" / "api.md").read_text()


async def _run(script: str, folder: Path, **environment: str) -> str:
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euc", script, cwd=folder, env={"PATH": "/usr/bin:/bin", **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await shell.communicate()
    assert shell.returncode == 0, output.decode()
    return output.decode()


async def test_the_examples_of_the_page_work(small_desk: Desk, tmp_path: Path) -> None:
    assert shutil.which("curl"), "curl is needed to try the page's examples"
    client = await small_desk.client(Role.OFFICER)
    first = CITY.local(small_desk.clock.now).date() + timedelta(days=1)
    words = {"SEND_AT": f"{first}T17:30", "FIRST_DAY": str(first), "LAST_DAY": str(first + timedelta(days=20))}
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    strict = "\n".join(blocks).replace("curl -sS", "curl -sS --fail-with-body -w '\\n'")
    script = re.sub("|".join(words), lambda found: words[found[0]], strict)
    listener: socket.socket = bind("127.0.0.1", 0, "FARO_PORT")
    server = WebServer(small_desk.app, listener)
    serving = asyncio.create_task(server.run())
    try:
        output = await _run(script, tmp_path, FARO=f"http://127.0.0.1:{server.port}", TOKEN=client.token)
    finally:
        server.stop()
        await serving
    assert '"state":"submitted"' in output and '"state":"cancelled"' in output
    (campaign,) = await small_desk.services.campaigns.list()
    assert campaign.title == "The second lock" and campaign.recurs
