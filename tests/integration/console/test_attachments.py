"""Files of a tip that are not shown: a warning first, then only saved; and the way to close one for good."""

from __future__ import annotations

import re

from bot.messages import MediaKind
from bot.staff.roles import Role
from tests.integration.console.support import World, media, picture
from tests.unit.tips.samples import pdf


async def test_a_document_is_saved_from_behind_a_warning_and_its_name_stands_in_no_header(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("weapon", "This letter", file=media(pdf(b"<script>"), name='Diary"; evil\r\n<b>.pdf'))
    page = (await browser.open(f"/tips/{tip}")).text
    [address] = re.findall(rf'href="/console(/tips/{tip}/attachments/\w+)/file"', page)
    assert "<img" not in page and "Diary" not in page
    warned = (await browser.open(f"{address}/file")).text
    assert "was not cleaned" in warned and "harm your computer" in warned and "without network" in warned
    assert "Diary&#34;; evil&lt;b&gt;.pdf" in warned
    saved = await browser.send(f"{address}/download")

    assert saved.content == pdf(b"<script>")
    assert saved.headers["content-type"] == "application/octet-stream" and saved.headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r'attachment; filename="document-[0-9a-f]{8}\.pdf"', saved.headers["content-disposition"])
    assert "sandbox" in saved.headers["content-security-policy"] and "Diary" not in str(saved.headers)
    assert (await browser.open(address)).status_code == 404, "nothing of it is ever shown"
    assert (await world.office.actions())[-3:] == ["tip.file", "tip.download", "tip.attachment"]


async def test_a_picture_nobody_may_look_at_is_one_click_from_the_procedure_and_one_more_from_closed(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("weapon", "Look", photo=picture())
    page = (await browser.open(f"/tips/{tip}")).text
    [address] = re.findall(rf'href="/console(/tips/{tip}/attachments/\w+)/procedure"', page)
    assert (await browser.open(f"{address}/file")).status_code == 404, "an original photo is not given out here"
    steps = (await browser.open(f"{address}/procedure")).text
    assert "Do not look again" in steps and "<b>Police</b>: <b>17</b>" in steps and "no recovery key yet" in steps
    assert (await browser.send(f"{address}/seal-off")).headers["location"] == f"/console/tips/{tip}"
    page = (await browser.open(f"/tips/{tip}")).text

    assert "Attachment 1 was sealed off" in page and "<img" not in page
    for path in (address, f"{address}/file"):
        assert (await browser.open(path)).status_code in (403, 404)
    assert address.rpartition("/")[2] in (await browser.open(f"{address}/procedure")).text
    deeds = [entry for entry in await world.office.audit.page() if entry.action == "tip.seal_off"]
    assert [(deed.subject, deed.detail["attachment"]) for deed in deeds] == [(tip, address.rpartition("/")[2])]


async def test_who_cannot_open_the_tip_can_neither_save_nor_seal(world: World) -> None:
    first, later = world.browser(), world.browser()
    await first.member(Role.MODERATOR)
    tip = await world.tell("weapon", "Listen", file=media(b"OggS" + bytes(50), MediaKind.VOICE))
    [address] = re.findall(rf'href="/console(/tips/{tip}/attachments/\w+)/file"', (await first.open(f"/tips/{tip}")).text)
    await later.member(Role.MODERATOR)
    for path in (f"{address}/file", f"{address}/procedure"):
        assert (await later.open(path)).status_code == 403
    await later.open("/account")
    for path in (f"{address}/download", f"{address}/seal-off"):
        assert (await later.send(path)).status_code == 403


async def test_who_may_have_which_form_of_a_file_is_one_rule_for_every_role(world: World) -> None:
    """Looking: whoever opens tips gets the form that tells least. Handing on as it came: the custodian only."""
    readers = {Role.MODERATOR: world.browser(), Role.CUSTODIAN: world.browser()}
    for role, browser in readers.items():
        await browser.member(role)
    photo = await world.tell("weapon", "Look", photo=picture())
    voice = await world.tell("weapon", "Listen", file=media(b"OggS" + bytes(50), MediaKind.VOICE))
    page = (await readers[Role.CUSTODIAN].open(f"/tips/{voice}")).text
    [recording] = re.findall(rf'href="/console/tips/{voice}/attachments/(\w+)/file"', page)
    [shot] = re.findall(rf'/tips/{photo}/attachments/(\w+)"', (await readers[Role.CUSTODIAN].open(f"/tips/{photo}")).text)
    for role in Role:
        browser = readers.get(role) or world.browser()
        if role not in readers:
            await browser.member(role)
        opens, hands_on = role in readers, role is Role.CUSTODIAN
        shown = await browser.open(f"/tips/{photo}/attachments/{shot}")
        assert shown.status_code == (200 if opens else 403) and shown.content != picture(), role
        for tip, file, allowed in ((photo, shot, False), (voice, recording, opens)):
            await browser.open("/account")
            saved = await browser.send(f"/tips/{tip}/attachments/{file}/download")
            assert saved.status_code == (200 if allowed else 404 if opens else 403), (role, tip == photo)
            await browser.open("/account")
            package = await browser.send(f"/tips/{tip}/export", {"purpose": "court", "reason": "File 17", "originals": file})
            assert package.status_code == (200 if hands_on else 403), (role, tip == photo)
