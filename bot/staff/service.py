"""The package as one: what the rest of Faro is given."""

from __future__ import annotations

from dataclasses import dataclass

from bot.city import City
from bot.crypto import Keyring
from bot.messages import Clock
from bot.staff.accounts import Accounts
from bot.staff.audit import AuditTrail
from bot.staff.credentials import Credentials
from bot.staff.duty import Roster
from bot.staff.key_renewal import KeyRenewal
from bot.staff.keys import KeyHolder
from bot.staff.links import Links
from bot.staff.passwords import Passwords
from bot.staff.reach import Reach
from bot.staff.second_factor import SecondFactor
from bot.staff.sessions import Sessions
from bot.staff.sign_in import SignIn
from bot.staff.throttle import Throttle
from bot.staff.tokens import Tokens
from bot.storage import Database


@dataclass(frozen=True)
class Staff:
    """Everything about the people who work with Faro."""

    accounts: Accounts
    sign_in: SignIn
    credentials: Credentials
    renewal: KeyRenewal
    sessions: Sessions
    audit: AuditTrail
    throttle: Throttle
    links: Links
    reach: Reach
    roster: Roster
    tokens: Tokens

    @classmethod
    def build(cls, database: Database, keyring: Keyring, city: City, clock: Clock) -> Staff:
        """Wire the package."""
        audit = AuditTrail(database, clock)
        sessions = Sessions(database, KeyHolder(), clock)
        passwords = Passwords()
        second_factor = SecondFactor(keyring.staff, f"Faro {city.name}")
        throttle = Throttle(database, keyring.staff, clock)
        parts = (database, sessions, audit, passwords)
        credentials = Credentials(*parts, second_factor, throttle, clock, about=("faro", city.name))
        return cls(
            accounts=Accounts(*parts, clock, city.languages[0]),
            sign_in=SignIn(*parts, second_factor, throttle, clock),
            credentials=credentials,
            renewal=KeyRenewal(*parts, credentials),
            sessions=sessions,
            audit=audit,
            throttle=throttle,
            links=Links(database, audit, keyring.staff, clock),
            reach=Reach(database, audit, keyring.staff),
            roster=Roster(database, audit),
            tokens=Tokens(database, audit, clock),
        )
