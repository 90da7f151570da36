"""Those who are called for urgent tips, and those who want a digest: who they are, and how a message comes to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.messages import Address, Language, Reply
from bot.staff.accounts import Accounts
from bot.staff.duty import Roster, on_duty
from bot.staff.herald import Herald
from bot.staff.links import Links
from bot.staff.members import Member
from bot.staff.reach import Reach
from bot.staff.roles import Permission

ComposePage = Callable[[Language, str], Reply]
"""``(language, token) -> message`` with a button that carries the token."""
Counts = tuple[int, int]
"""How many tips are new, and how many wait for an answer."""
ComposeDigest = Callable[[Language, Counts], Reply]


class Crew:
    """Everybody who works on tips and can be reached.

    Args:
        local: the moment on the city's wall clock.
    """

    def __init__(
        self,
        accounts: Accounts,
        roster: Roster,
        reach: Reach,
        links: Links,
        herald: Herald,
        local: Callable[[datetime], datetime],
        compose: ComposePage,
    ) -> None:
        self._accounts = accounts
        self._roster = roster
        self._reach = reach
        self._links = links
        self._herald = herald
        self._local = local
        self._compose = compose

    async def everybody(self) -> list[str]:
        """Ids of all who work on tips, want pages and can be reached."""
        return [member.id for member in await self._workers() if await self._can_be_paged(member.id)]

    async def on_duty(self, now: datetime) -> list[str]:
        """Ids of those of them who are on duty, in order."""
        reachable = set(await self.everybody())
        return [member for member in on_duty(await self._roster.shifts(), self._local(now)) if member in reachable]

    async def page(self, member_id: str, token: str) -> bool:
        """Page one member by every way; false: it surely did not arrive."""
        member = await self._accounts.get(member_id)
        return await self._herald.tell(member_id, self._compose(member.language, token), everywhere=True)

    async def address_of(self, member_id: str) -> Address | None:
        """The member's own chat."""
        return await self._links.address_of(member_id)

    async def send_digests(self, now: datetime, count: Callable[[], Awaitable[Counts]], compose: ComposeDigest) -> None:
        """Send each digest that is due: at most one a day, none when there is nothing to tell."""
        local = self._local(now)
        due = set(await self._reach.claim_digests(local.date(), local.hour))
        members = [member for member in await self._workers() if member.id in due]
        if not members:
            return
        counts = await count()
        for member in members if any(counts) else []:
            await self._herald.tell(member.id, compose(member.language, counts), everywhere=False)

    async def _workers(self) -> list[Member]:
        return [member for member in await self._accounts.list() if member.may(Permission.WORK_TIPS)]

    async def _can_be_paged(self, member_id: str) -> bool:
        return (await self._reach.wishes(member_id)).pages and await self._herald.reaches(member_id)
