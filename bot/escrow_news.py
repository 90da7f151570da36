"""Tells everybody concerned what happens with the escrow, so that nothing is done with it behind somebody's back."""

from __future__ import annotations

from collections.abc import Callable

from bot.messages import Language, Reply
from bot.staff.accounts import Accounts
from bot.staff.herald import Herald
from bot.staff.members import Member
from bot.staff.roles import Permission
from bot.tips.escrow.register import EscrowRegister
from bot.tips.escrow.requests import Request, Requests, State


class EscrowNews:
    """Carries each step of a request to holders, administrators and custodians, once, by every way there is to them.

    Args:
        say: the words, by language and step. They name nobody and nothing: the console does.
    """

    def __init__(
        self, requests: Requests, register: EscrowRegister, accounts: Accounts, herald: Herald, say: Callable[[Language, str], Reply]
    ) -> None:
        self._requests = requests
        self._register = register
        self._accounts = accounts
        self._herald = herald
        self._say = say

    async def run_once(self) -> None:
        """Tell what was not told yet; for the clock."""
        for request in await self._requests.news():
            for member in await self._concerned(request):
                await self._herald.tell(member.id, self._say(member.language, request.state.value), everywhere=True)

    async def _concerned(self, request: Request) -> list[Member]:
        holders = {share.holder for escrow in await self._register.standing() for share in escrow.shares}
        named = holders | set(request.holders) | {request.to}
        knows = request.asked_by if request.state is State.ASKED else ""
        members = [member for member in await self._accounts.list() if not member.disabled and member.id != knows]
        return [member for member in members if member.id in named or member.may(Permission.MANAGE_ESCROW)]
