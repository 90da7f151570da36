"""A small staff office on a real store, with cheap password hashing and a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
from argon2 import PasswordHasher

from bot.crypto import PasswordCost, SymmetricKey
from bot.messages import Language
from bot.staff import tables as tables
from bot.staff.accounts import Accounts
from bot.staff.audit import AuditTrail
from bot.staff.credentials import Credentials
from bot.staff.key_renewal import KeyRenewal
from bot.staff.keys import KeyHolder
from bot.staff.passwords import Passwords
from bot.staff.roles import Role
from bot.staff.second_factor import SecondFactor
from bot.staff.sessions import Session, Sessions
from bot.staff.sign_in import SignIn
from bot.staff.throttle import Throttle
from bot.storage import Base, Database

CHEAP = PasswordCost(opslimit=1, memlimit=8192)
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "tidal-copper-wagon-noon"
CLIENT = "192.0.2.7"


class MovingClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Office:
    """Everything of ``bot.staff``, wired."""

    database: Database
    clock: MovingClock
    keys: KeyHolder
    audit: AuditTrail
    sessions: Sessions
    accounts: Accounts
    sign_in: SignIn
    credentials: Credentials
    renewal: KeyRenewal
    throttle: Throttle

    async def member(self, login: str, *roles: Role) -> tuple[str, str]:
        """Add a member who has chosen a password and an app; returns their id and the app's secret."""
        member, first = await self.accounts.create("system", login, login.title(), roles)
        session = await self.session((await self.sign_in.sign_in(login, first, None, CLIENT)).token)
        session = await self.session(await self.credentials.change_password(session, first, PASSWORD))
        secret = (await self.credentials.begin_enrolment(session)).text_key.replace(" ", "")
        token, _ = await self.credentials.finish_enrolment(session, self.code(secret))
        await self.sessions.close((await self.session(token)).id)
        self.clock.forward(seconds=30)
        return member.id, secret

    async def enter(self, login: str, secret: str) -> Session:
        """Sign in with password and code."""
        signed = await self.sign_in.sign_in(login, PASSWORD, self.code(secret), CLIENT)
        return await self.session(signed.token)

    async def session(self, token: str) -> Session:
        found = await self.sessions.find(token)
        assert found is not None
        return found

    def code(self, secret: str) -> str:
        """What the app shows now."""
        return pyotp.TOTP(secret).at(self.clock.now)

    async def actions(self) -> list[str]:
        """The trail's actions, oldest first."""
        return [entry.action for entry in reversed(await self.audit.page(limit=500))]


async def open_office(url: str, *, hasher: PasswordHasher = HASHER, clock: MovingClock | None = None) -> Office:
    """Wire an office on a fresh store, or as a second process on one in use."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    clock, key = clock or MovingClock(), SymmetricKey(bytes(32))
    keys, audit = KeyHolder(), AuditTrail(database, clock)
    sessions, passwords = Sessions(database, keys, clock), Passwords(hasher)
    factor, throttle = SecondFactor(key, "Faro Testville"), Throttle(database, key, clock)
    accounts = Accounts(database, sessions, audit, passwords, clock, Language("en"), CHEAP)
    sign_in = SignIn(database, sessions, audit, passwords, factor, throttle, clock, CHEAP)
    credentials = Credentials(database, sessions, audit, passwords, factor, throttle, clock, ("Testville",), CHEAP)
    renewal = KeyRenewal(database, sessions, audit, passwords, credentials, CHEAP)
    return Office(database, clock, keys, audit, sessions, accounts, sign_in, credentials, renewal, throttle)
