"""The gate keeps every window, whatever arrives and however slow the server is. Time is simulated."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.pacing import Gate, Lane, Limits, SlidingWindow, Ticket, Window

LIMITS = Limits()


@dataclass(frozen=True)
class Wish:
    """Somebody wants to send: when, what, and how long the server takes to answer."""

    at: float
    lane: Lane
    chat: int
    takes: float


wishes = st.lists(
    st.builds(
        Wish,
        at=st.floats(0, 5),
        lane=st.sampled_from([Lane.REPLY, Lane.BROADCAST]),
        chat=st.integers(-2, 40).filter(bool),
        takes=st.floats(0.001, 3),
    ),
    max_size=150,
)


def simulate(gate: Gate, wanted: list[Wish]) -> list[tuple[float, float, Wish]]:
    """Play the wishes; returns start, end and wish of each message, in the order of starting."""
    events: list[tuple[float, int, str, object]] = [(wish.at, n, "ask", wish) for n, wish in enumerate(wanted)]
    heapq.heapify(events)
    tickets: dict[Ticket, Wish] = {}
    sent, number = [], len(wanted)
    looks: set[float] = set()
    while events:
        now, _, _kind, what = heapq.heappop(events)
        if isinstance(what, Wish):
            ticket = Ticket(what.lane, str(what.chat), group=what.chat < 0)
            tickets[ticket] = what
            gate.ask(ticket)
        elif isinstance(what, Ticket):
            gate.done(what, now)
        for ticket in gate.admit(now):
            wish = tickets[ticket]
            sent.append((now, now + wish.takes, wish))
            number += 1
            heapq.heappush(events, (now + wish.takes, number, "done", ticket))
        chance = gate.next_chance(now)
        if chance is not None and chance not in looks:
            looks.add(chance)
            number += 1
            heapq.heappush(events, (max(chance, now), number, "look", None))
    return sent


@settings(max_examples=60, deadline=None)
@given(wishes)
def test_no_window_of_the_server_ever_holds_more_than_the_limit(wanted: list[Wish]) -> None:
    sent = simulate(Gate(LIMITS), wanted)
    assert len(sent) == len(wanted), "nothing is lost"
    starts_and_ends = [(start, end) for start, end, _ in sent]
    for moment in (end for _, end in starts_and_ends):
        # Every message that could be counted in the second after this moment: under way, or answered less than a second ago.
        assert sum(start <= moment < end + 1.0 - 1e-6 for start, end in starts_and_ends) <= LIMITS.overall.count
    for chat in {wish.chat for wish in wanted}:
        mine = sorted((start, end) for start, end, wish in sent if wish.chat == chat)
        assert all(later[0] >= earlier[1] + 1.0 - 1e-6 for earlier, later in itertools.pairwise(mine))
        if chat < 0:
            assert all(later[0] >= earlier[1] + 60.0 - 1e-6 for earlier, later in zip(mine, mine[20:], strict=False))


@settings(max_examples=40, deadline=None)
@given(wishes)
def test_messages_of_one_chat_and_lane_keep_their_order(wanted: list[Wish]) -> None:
    sent = [wish for _, _, wish in simulate(Gate(LIMITS), wanted)]
    for chat in {wish.chat for wish in wanted}:
        for lane in (Lane.REPLY, Lane.BROADCAST):
            mine = [wish.at for wish in sent if (wish.chat, wish.lane) == (chat, lane)]
            assert mine == sorted(mine)


def test_replies_go_before_broadcasts() -> None:
    gate = Gate(Limits(overall=Window(1, 1.0)))
    first = Ticket(Lane.REPLY, "1")
    gate.ask(first)
    assert gate.admit(0.0) == [first]
    broadcast, reply = Ticket(Lane.BROADCAST, "2"), Ticket(Lane.REPLY, "3")
    gate.ask(broadcast)
    gate.ask(reply)
    gate.done(first, 0.1)
    assert gate.admit(0.5) == []
    assert gate.next_chance(0.5) == 1.1
    assert gate.admit(1.1) == [reply]


CAMPAIGN = [Wish(0.0, Lane.BROADCAST, chat, 0.005) for chat in range(100, 400)]


def test_a_campaign_uses_nearly_all_of_the_limit() -> None:
    starts = [start for start, _, _ in simulate(Gate(LIMITS), CAMPAIGN)]
    assert len(starts) == 300
    assert 299 / (starts[-1] - starts[0]) >= 0.97 * LIMITS.overall.count


@pytest.mark.parametrize("moment", [1.0, 1.9, 2.5, 3.97, 5.01])
def test_a_reply_waits_hardly_longer_than_a_tenth_of_a_second_behind_a_campaign(moment: float) -> None:
    sent = simulate(Gate(LIMITS), [*CAMPAIGN, Wish(moment, Lane.REPLY, 1, 0.005)])
    assert next(start for start, _, wish in sent if wish.lane is Lane.REPLY) <= moment + 0.12


def test_broadcasts_that_a_late_timer_held_up_start_together() -> None:
    gate = Gate(LIMITS)
    for chat in range(40):
        gate.ask(Ticket(Lane.BROADCAST, f"{chat}"))
    assert len(gate.admit(0.0)) == 2
    assert len(gate.admit(0.06)) == 2
    assert len(gate.admit(5.0)) == 2, "but never a whole second's messages"


def test_a_place_that_is_not_used_is_free_at_once() -> None:
    gate = Gate(Limits(overall=Window(1, 1.0)))
    called_back, next_one = Ticket(Lane.BROADCAST, "1"), Ticket(Lane.REPLY, "2")
    gate.ask(called_back)
    gate.ask(next_one)
    assert gate.admit(0.0) == [next_one]
    gate.unused(next_one)
    assert gate.admit(0.0) == [called_back]


def test_a_chat_at_its_limit_holds_up_no_other() -> None:
    gate = Gate(LIMITS)
    for chat in ("1", "1", "2"):
        gate.ask(Ticket(Lane.REPLY, chat))
    assert [ticket.chat for ticket in gate.admit(0.0)] == ["1", "2"]


def test_a_halt_stops_everything_also_what_comes_later_and_refuses_who_does_not_wait() -> None:
    gate = Gate(LIMITS)
    reply, broadcast, call = Ticket(Lane.REPLY, "1"), Ticket(Lane.BROADCAST, "2"), Ticket(Lane.REPLY, None)
    gate.ask(broadcast)
    assert gate.halt(10.0) == [broadcast]
    gate.ask(reply)
    gate.ask(call)
    assert gate.admit(9.9) == []
    assert gate.next_chance(9.9) == 10.0
    gate.halt(5.0)
    assert gate.halted_for(9.0) == 1.0, "a shorter halt does not end a longer one"
    assert gate.admit(10.0) == [reply, call]


def test_what_is_no_message_waits_for_no_window() -> None:
    gate = Gate(Limits(overall=Window(1, 1.0)))
    tickets = [Ticket(Lane.REPLY, None) for _ in range(50)]
    for ticket in tickets:
        gate.ask(ticket)
    assert gate.admit(0.0) == tickets


def test_a_withdrawn_message_does_not_start() -> None:
    gate = Gate(LIMITS)
    ticket = Ticket(Lane.REPLY, "1")
    gate.ask(ticket)
    gate.withdraw(ticket)
    assert gate.admit(0.0) == []


def test_a_message_counts_until_one_window_after_its_answer() -> None:
    window = SlidingWindow(Window(1, 1.0))
    window.enter()
    assert window.room(100.0) == 0, "still under way"
    window.leave(100.0)
    assert (window.room(100.9), window.room(101.0)) == (0, 1)
    assert window.idle(101.0)


def test_emergencies_start_before_other_broadcasts_and_after_replies() -> None:
    gate = Gate(LIMITS)
    tickets = [Ticket(lane, str(number)) for number, lane in enumerate([Lane.BROADCAST, Lane.EMERGENCY, Lane.REPLY])]
    for ticket in tickets:
        gate.ask(ticket)
    first = gate.admit(0.0)
    later = [ticket for moment in (0.05, 0.1) for ticket in gate.admit(moment)]
    assert [ticket.lane for ticket in [*first, *later]] == [Lane.REPLY, Lane.EMERGENCY, Lane.BROADCAST]


def test_a_halt_refuses_emergencies_like_all_that_nobody_waits_for() -> None:
    gate = Gate(LIMITS)
    gate.halt(1.0)
    waiting = [Ticket(Lane.EMERGENCY, "1"), Ticket(Lane.REPLY, "2")]
    for ticket in waiting:
        gate.ask(ticket)
    assert gate.halt(2.0) == waiting[:1]
