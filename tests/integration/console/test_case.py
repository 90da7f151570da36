"""Masked words and case packages in the console: who may do what, and what leaves the house."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

from pypdf import PdfReader

from bot.crypto import SigningKey
from bot.messages import Language
from bot.staff.roles import Role
from bot.tips.case.checking import Verdict, check
from tests.integration.console.support import Browser, World, media, picture

PUBLIC = SigningKey(bytes(32)).verify_key
STORY = "Mario Rossi sells pills behind the market. Everybody knows Mario  Rossi."


async def _people(world: World) -> tuple[Browser, Browser]:
    moderator, custodian = world.browser(), world.browser()
    await moderator.member(Role.MODERATOR, login="moderator")
    await custodian.member(Role.CUSTODIAN, login="custodian")
    return moderator, custodian


async def _masked(world: World, browser: Browser, words: str = "Mario Rossi", *, photo: bytes | None = None) -> str:
    tip = await world.tell("stolen_goods", STORY, photo=photo)
    await browser.open(f"/tips/{tip}")
    assert (await browser.send(f"/tips/{tip}/mask", {"words": words})).headers["location"] == f"/console/tips/{tip}"
    return tip


def _mask_id(page: str) -> str:
    found = re.search(r'name="mask" value="([0-9a-f]{32})"', page)
    assert found, "no mask can be lifted here"
    return found[1]


def _verdict(data: bytes, folder: Path) -> Verdict:
    file = folder / "package.zip"
    file.write_bytes(data)
    return check(file, PUBLIC)


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def _pdf(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(package.read("case.pdf"))).pages)


async def test_masked_words_are_a_block_for_everybody_until_the_custodian_says_what_for(world: World) -> None:
    moderator, custodian = await _people(world)
    tip = await _masked(world, moderator)
    for browser in (moderator, custodian):
        page = (await browser.open(f"/tips/{tip}")).text
        assert "Mario" not in page and page.count('<span class="masked">') == 3, "two in the story, one in the list"
    assert (await moderator.send(f"/tips/{tip}/unmask", {"purpose": "police"})).status_code == 403
    assert (await custodian.send(f"/tips/{tip}/unmask", {"purpose": "curiosity"})).status_code == 422
    await custodian.open(f"/tips/{tip}")
    shown = (await custodian.send(f"/tips/{tip}/unmask", {"purpose": "police"})).text
    assert "<mark>Mario Rossi</mark> sells pills" in shown and "<mark>Mario  Rossi</mark>." in shown
    looked = [entry for entry in await world.office.audit.of(tip) if entry.action == "tip.unmask"]
    assert [entry.detail for entry in looked] == [{"purpose": "police"}]


async def test_a_mask_is_lifted_by_the_custodian_only(world: World) -> None:
    moderator, custodian = await _people(world)
    tip = await _masked(world, moderator)
    await custodian.open(f"/tips/{tip}")
    mask = _mask_id((await custodian.send(f"/tips/{tip}/unmask", {"purpose": "check"})).text)
    await moderator.open(f"/tips/{tip}")
    assert (await moderator.send(f"/tips/{tip}/lift", {"mask": mask})).status_code == 403
    assert (await custodian.send(f"/tips/{tip}/lift", {"mask": mask})).status_code == 303
    assert "Mario Rossi" in (await moderator.open(f"/tips/{tip}")).text


async def test_redacting_is_the_deed_of_a_second_person(world: World) -> None:
    moderator, custodian = await _people(world)
    tip = await _masked(world, moderator)
    await custodian.open(f"/tips/{tip}")
    world.clock.forward(seconds=5)
    await custodian.send(f"/tips/{tip}/mask", {"words": "market"})
    await custodian.open(f"/tips/{tip}")
    page = (await custodian.send(f"/tips/{tip}/unmask", {"purpose": "check"})).text
    first, second = re.findall(r'/lift" class="inline">.*?name="mask" value="([0-9a-f]{32})"', page)
    assert "Somebody else has to redact them" in page, "the custodian's own mask"
    answer = await custodian.send(f"/tips/{tip}/redact", {"mask": second})
    assert answer.status_code == 422 and "You masked these words yourself" in answer.text
    await moderator.open(f"/tips/{tip}")
    assert (await moderator.send(f"/tips/{tip}/redact", {"mask": first})).status_code == 403
    assert (await custodian.send(f"/tips/{tip}/redact", {"mask": first})).status_code == 303
    page = (await moderator.open(f"/tips/{tip}")).text
    assert "[…] sells pills" in page and "4 words were taken out for good" in page
    assert next(entry.detail for entry in await world.office.audit.of(tip) if entry.action == "tip.redact") == {"words": 4}


async def test_without_a_custodian_everything_that_identifies_stays_closed_and_the_page_says_who_mends_it(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await _masked(world, browser, photo=picture())
    page = (await browser.open(f"/tips/{tip}")).text
    assert "Mario" not in page and "An administrator has to give somebody the role of custodian" in page
    page = (await browser.open(f"/tips/{tip}/export")).text
    assert "An administrator has to give somebody the role of custodian" in page and 'name="originals"' not in page
    for path in ("unmask", "lift", "redact"):
        await browser.open(f"/tips/{tip}")
        assert (await browser.send(f"/tips/{tip}/{path}", {"purpose": "danger", "mask": "0" * 32})).status_code == 403, path


async def test_a_custodian_reads_and_masks_but_does_not_work_on_tips(world: World) -> None:
    _, custodian = await _people(world)
    tip = await world.tell("drugs", STORY)
    page = (await custodian.open(f"/tips/{tip}")).text
    for deed in ("answer", "note", "status", "assign", "labels", "hold", "ask-deletion"):
        assert f'/tips/{tip}/{deed}"' not in page, deed
        await custodian.open(f"/tips/{tip}")
        assert (await custodian.send(f"/tips/{tip}/{deed}")).status_code == 403, deed


async def test_what_cannot_be_masked_comes_back_with_the_reason(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", STORY)
    refused = (("Luigi", "These words do not stand in this tip"), ("!", "Write the words"), ("x" * 301, "300 characters at most"))
    for words, reason in refused:
        await browser.open(f"/tips/{tip}")
        answer = await browser.send(f"/tips/{tip}/mask", {"words": words})
        assert answer.status_code == 422 and reason in answer.text and f'value="{words}"' in answer.text


async def test_a_package_can_be_checked_and_keeps_masked_words_masked(world: World, tmp_path: Path) -> None:
    moderator, _ = await _people(world)
    tip = await _masked(world, moderator, photo=picture())
    for words in ("Ask mario rossi.", "Not for others."):
        await moderator.open(f"/tips/{tip}")
        await moderator.send(f"/tips/{tip}/note", {"note": words})
    before = _files(tmp_path)
    page = (await moderator.open(f"/tips/{tip}/export")).text
    lines = [line for line in page.split("</label>") if "Ask █████." in line]
    note = re.findall(r'name="notes" value="([0-9a-f]{32})"', lines[0])
    copy = re.findall(r'name="copies" value="([0-9a-f]{32})"', page)
    fields = {"purpose": "police", "reason": "Police, about Mario Rossi, file 17", "notes": note, "copies": copy}
    answer = await moderator.send(f"/tips/{tip}/export", fields)
    assert answer.headers["content-type"] == "application/zip" and answer.headers["cache-control"] == "no-store"
    assert _files(tmp_path) == before, "nothing of it is written to disk"
    verdict = _verdict(answer.content, tmp_path)
    assert verdict.good and verdict.manifest is not None
    assert [item.name for item in verdict.manifest.files] == ["attachments/message-1-1.jpg", "case.pdf", "case.txt"]
    words = _pdf(answer.content)
    about = world.services.city.label("category", "stolen_goods", Language("en"))
    for shown in ("[masked] sells pills", "Ask [masked].", "Police investigation", "file 17", about, "Masked words of a tip"):
        assert shown in words, shown
    assert "Not for others" not in words
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        manifest = json.loads(package.read("manifest.json"))
        everything = words + "".join(package.read(name).decode("latin-1") for name in package.namelist())
    assert "mario" not in everything.casefold()
    assert manifest["reason"] == "Police, about █████, file 17" and manifest["exported_by"] == "Moderator"
    [row] = [entry for entry in await world.office.audit.of(tip) if entry.action == "tip.export"]
    assert row.detail == {"purpose": "police", "manifest": verdict.digest, "files": 3, "originals": 0}


async def test_originals_leave_only_by_the_custodian(world: World, tmp_path: Path) -> None:
    moderator, custodian = await _people(world)
    tip = await world.tell("stolen_goods", "This is the van.", photo=picture())
    page = (await custodian.open(f"/tips/{tip}/export")).text
    [original] = re.findall(r'name="originals" value="([0-9a-f]{32})"', page)
    fields = {"purpose": "court", "reason": "Asked by the court", "copies": original, "originals": original}
    page = (await moderator.open(f"/tips/{tip}/export")).text
    assert 'name="originals"' not in page
    assert (await moderator.send(f"/tips/{tip}/export", fields)).status_code == 403
    await custodian.open(f"/tips/{tip}/export")
    answer = await custodian.send(f"/tips/{tip}/export", fields)
    verdict = _verdict(answer.content, tmp_path)
    assert verdict.good and verdict.manifest is not None
    copy, came, *_ = verdict.manifest.files
    assert (copy.kind, came.kind) == ("copy", "original") and copy.sha256_original == came.sha256 != copy.sha256
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert package.read("originals/message-1-1.jpg") == picture()


async def test_a_package_needs_a_purpose_and_a_reason(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", STORY)
    for fields, words in (
        ({"purpose": "", "reason": "x"}, "Choose what it is for"),
        ({"purpose": "police", "reason": " "}, "who gets it and why"),
        ({"purpose": "police", "reason": "x" * 301}, "who gets it and why"),
    ):
        await browser.open(f"/tips/{tip}/export")
        answer = await browser.send(f"/tips/{tip}/export", fields)
        assert answer.status_code == 422 and words in answer.text
    await browser.open(f"/tips/{tip}/export")
    assert (await browser.send(f"/tips/{tip}/export", {"purpose": "police", "reason": "x", "notes": "0" * 32})).status_code == 404
    assert not [entry for entry in await world.office.audit.of(tip) if entry.action == "tip.export"]


async def test_the_public_key_stands_in_the_console(world: World) -> None:
    browser, admin = world.browser(), world.browser()
    await browser.member(Role.MODERATOR)
    await admin.member(Role.ADMIN)
    tip = await world.tell("drugs", STORY)
    for page in (await browser.open(f"/tips/{tip}/export"), await admin.open("/tip-keys")):
        assert bytes(PUBLIC).hex() in page.text


async def test_a_document_has_no_copy_and_what_was_sealed_off_leaves_by_nobody(world: World, tmp_path: Path) -> None:
    moderator, custodian = await _people(world)
    tip = await world.tell("stolen_goods", "The receipt.", file=media(b"Bought on Thursday.", name="Anna.txt"))
    assert 'name="copies"' not in (await moderator.open(f"/tips/{tip}/export")).text
    page = (await custodian.open(f"/tips/{tip}/export")).text
    [original] = re.findall(r'name="originals" value="([0-9a-f]{32})"', page)
    fields = {"purpose": "court", "reason": "Asked by the court", "originals": original}
    answer = await custodian.send(f"/tips/{tip}/export", fields)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert package.read("originals/message-1-1.txt") == b"Bought on Thursday."
    assert _verdict(answer.content, tmp_path).good and b"Anna" not in answer.content
    await moderator.open(f"/tips/{tip}/attachments/{original}/procedure")
    await moderator.send(f"/tips/{tip}/attachments/{original}/seal-off")
    page = (await custodian.open(f"/tips/{tip}/export")).text
    assert 'name="originals"' not in page
    assert (await custodian.send(f"/tips/{tip}/export", fields)).status_code == 404
