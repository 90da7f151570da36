"""Loading and saving what is remembered of a person between two messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.conversation.tables import FlowRow, PersonRow
from bot.crypto import SymmetricKey
from bot.errors import SealBroken
from bot.messages import Button, Deed, Language, Pseudonym, Reply, Step, Trail, Turn
from bot.storage import Database, affected, put

_REPLAY = timedelta(minutes=10)
_KEPT = timedelta(hours=24)
"""How long a flow's state is kept unless it says otherwise: the life of a draft."""
_RECENT = 30

_PERSON = select(PersonRow.language, PersonRow.state, PersonRow.replay).where(PersonRow.pseudonym == bindparam("pseudonym"))
_FLOWS = select(FlowRow.flow, FlowRow.state).where(FlowRow.pseudonym == bindparam("pseudonym"), FlowRow.expires_at > bindparam("now"))


@dataclass(slots=True)
class Memory:
    """The sealed part of a person's row. Everything in it is plain JSON."""

    flow: str | None = None
    """The flow that takes what is typed now, if its state is still there."""
    recent: list[str] = field(default_factory=list)
    """Ids of the last messages, to know a repeated one."""
    keyboard: dict[str, str] = field(default_factory=dict, repr=False)
    """From a folded label (or ``yes``/``no``) of the buttons shown last to their payload."""
    session: str = ""
    """Random name of the current session in Rasa."""
    session_turns: int = 0
    session_at: float = 0.0
    crisis_at: float = 0.0
    crisis_turns: int = 0
    crisis_text_at: float = 0.0
    """When the whole crisis text was said last; 0 where something else was said instead of it since."""
    topic: str = ""
    """What was talked about last: the name of its text, or ``guide`` while the person walks through one."""
    topic_at: float = 0.0
    chosen: bool = False
    """The person picked the language; single messages in another one do not change it."""


@dataclass(slots=True)
class Person:
    """A person as the conversation knows them during one message."""

    pseudonym: Pseudonym
    language: Language | None = None
    memory: Memory = field(default_factory=Memory)
    states: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    """For each flow under way or resting what it keeps between messages."""
    changed: dict[str, datetime | None] = field(default_factory=dict)
    """Flows whose state this message changed, with the end of its life; None: it is over."""
    replay: Turn | None = None

    def has_seen(self, message_id: str) -> bool:
        """Whether this message was handled before."""
        return message_id in self.memory.recent

    def keep(self, flow: str, step: Step, now: datetime) -> None:
        """Take over what a flow answered: with a state it is the one under way (unless it rests), without one it is over."""
        if step.state is not None:
            self.states[flow] = step.state
            self.changed[flow] = now + (step.keep_for or _KEPT)
        elif self.states.pop(flow, None) is not None:
            self.changed[flow] = None
        if step.state is not None and not step.resting:
            self.memory.flow = flow
        elif self.memory.flow == flow:
            self.memory.flow = None

    def remember(self, message_id: str) -> None:
        """Note a handled message."""
        self.memory.recent = [*self.memory.recent[-_RECENT + 1 :], message_id]


class People:
    """The store of persons.

    Args:
        key: seals state and replay, bound to the pseudonym.
        kept: how long a person is remembered after the last message.
    """

    def __init__(self, database: Database, key: SymmetricKey, kept: timedelta) -> None:
        self._database = database
        self._key = key
        self._kept = kept

    async def load(self, pseudonym: Pseudonym, now: datetime) -> Person:
        """The person of a pseudonym; a new one when unknown, or when the sealed state does not open any more."""
        def work(connection: Connection) -> tuple[Any, Sequence[Any]]:
            row = connection.execute(_PERSON, {"pseudonym": pseudonym}).one_or_none()
            return row, connection.execute(_FLOWS, {"pseudonym": pseudonym, "now": now}).all() if row else ()

        row, flows = await self._database.fetch(work)
        if row is None:
            return Person(pseudonym)
        person = Person(pseudonym, Language(row.language) if row.language else None)
        try:
            person.states = {flow.flow: self._key.open_json(flow.state, _flow_context(pseudonym, flow.flow)) for flow in flows}
            if row.state is not None:
                person.memory = Memory(**self._key.open_json(row.state, f"person.state:{pseudonym}"))
            if row.replay is not None:
                person.replay = _turn_from(self._key.open_json(row.replay, f"person.replay:{pseudonym}"))
        except (SealBroken, TypeError, ValueError, KeyError):
            # A restored database with another key, or a state of an older version: begin anew rather than be silent.
            person.memory, person.states, person.replay = Memory(), {}, None
        return person

    async def save(self, person: Person, turn: Turn, now: datetime) -> None:
        """Write state and last turn in one row, one transaction."""
        # What is to be seen once is not kept for a second time; its flow answers the repeated press anew.
        once = any(reply.sensitive for reply in turn.replies)
        row = {
            "pseudonym": person.pseudonym,
            "language": person.language,
            "state": self._key.seal_json(_shallow(person.memory), f"person.state:{person.pseudonym}"),
            "expires_at": now + self._kept,
            "replay": None if once else self._key.seal_json(_turn_to(turn), f"person.replay:{person.pseudonym}"),
            "replay_until": now + _REPLAY,
        }

        def work(connection: Connection) -> None:
            put(connection, PersonRow, **row)
            for flow, until in person.changed.items():
                self._save_flow(connection, person, flow, until)

        await self._database.write(work)

    def _save_flow(self, connection: Connection, person: Person, flow: str, until: datetime | None) -> None:
        if until is None:
            connection.execute(delete(FlowRow).where(FlowRow.pseudonym == person.pseudonym, FlowRow.flow == flow))
            return
        state = self._key.seal_json(person.states[flow], _flow_context(person.pseudonym, flow))
        put(connection, FlowRow, pseudonym=person.pseudonym, flow=flow, state=state, expires_at=until)

    async def kept_until(self, pseudonym: Pseudonym, flow: str) -> datetime | None:
        """When the state of a flow ends that the person has now; None: there is none. The state itself stays sealed."""
        theirs = select(FlowRow.expires_at).where(FlowRow.pseudonym == pseudonym, FlowRow.flow == flow)
        async with self._database.read() as session:
            until: datetime | None = await session.scalar(theirs)
        return until

    async def forget(self, pseudonym: Pseudonym) -> None:
        """Delete everything about a person."""
        async with self._database.begin() as session:
            await session.execute(delete(FlowRow).where(FlowRow.pseudonym == pseudonym))
            await session.execute(delete(PersonRow).where(PersonRow.pseudonym == pseudonym))

    async def purge(self, now: datetime) -> int:
        """Delete expired persons, states of flows and replays past their time; returns how many persons went."""
        async with self._database.begin() as session:
            await session.execute(delete(FlowRow).where(FlowRow.expires_at <= now))
            gone = await session.execute(delete(PersonRow).where(PersonRow.expires_at < now))
            await session.execute(
                update(PersonRow).where(PersonRow.replay_until < now).values(replay=None, replay_until=None)
            )
        return affected(gone)


def _flow_context(pseudonym: str, flow: str) -> str:
    return f"person_flow.state:{pseudonym}:{flow}"


def _shallow(record: Any) -> dict[str, Any]:
    """A dataclass as a dictionary of the same values; ``asdict`` copies them all, word by word."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


def _turn_to(turn: Turn) -> dict[str, Any]:
    replies = [_shallow(reply) | {"buttons": [[_shallow(button) for button in row] for row in reply.buttons]} for reply in turn.replies]
    return _shallow(turn) | {"replies": replies, "trail": _shallow(turn.trail) if turn.trail else None}


def _turn_from(raw: dict[str, Any]) -> Turn:
    replies = tuple(
        Reply(r["text"], tuple(tuple(Button(**button) for button in row) for row in r["buttons"]), r["sensitive"]) for r in raw["replies"]
    )
    trail = raw.get("trail")
    return Turn(replies, raw["erase"], raw["language"], Trail(Deed(trail["deed"]), trail["mark"]) if trail else None)
