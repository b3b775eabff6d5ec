"""The guard: resolves, checks every address, connects to the checked one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from outdial.net.addresses import read_networks
from outdial.net.errors import Refused, Unreachable
from outdial.net.guard import Guard

from .web import LOOPBACK, web

HERE = read_networks("127.0.0.0/8")


def answers(*rounds: list[str]) -> Callable[[str, int], Awaitable[list[str]]]:
    """A name server that says something else each time."""
    left = list(rounds)

    async def resolve(host: str, port: int) -> list[str]:
        return left.pop(0)

    return resolve


async def test_a_name_for_this_machine_is_refused_with_the_setting_that_allows_it() -> None:
    with pytest.raises(Refused, match=r"localhost has the address .*OUTDIAL_ALLOW_NETWORKS"):
        await Guard().connect("localhost", 80, 5)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "0177.0.0.1", "::1", "0", "::"])
async def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises((Refused, Unreachable)):
        await Guard().connect(host, 80, 5)


async def test_one_bad_address_among_good_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        await Guard(resolve=answers(["1.1.1.1", "10.0.0.1"])).addresses("two.example", 80)


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that answers a public address first and ours a moment later gains nothing: it is asked once."""
    async with web() as server:
        asked = answers([LOOPBACK], ["10.0.0.1"])
        connection = await Guard(HERE, asked).connect("changing.example", server.port, 5)
        assert connection.getpeername() == (LOOPBACK, server.port)
        connection.close()
        with pytest.raises(Refused):
            await Guard(HERE, asked).connect("changing.example", server.port, 5)


async def test_when_one_address_does_not_take_the_connection_the_next_one_is_tried() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.2", 0))  # bound and not listening: refuses
        port = closed.getsockname()[1]
        server = await asyncio.start_server(lambda reader, writer: writer.close(), LOOPBACK, port)
        connection = await Guard(HERE, answers(["127.0.0.2", LOOPBACK])).connect("two.example", port, 5)
        assert connection.getpeername()[0] == LOOPBACK
        connection.close()
        server.close()


async def test_nobody_there_and_no_such_name_are_said() -> None:
    with pytest.raises(Unreachable, match="no such host"):
        await Guard(resolve=answers([])).connect("nobody.example", 80, 5)
    with socket.socket() as closed:
        closed.bind((LOOPBACK, 0))
        with pytest.raises(Unreachable, match="no connection"):
            await Guard(HERE).connect(LOOPBACK, closed.getsockname()[1], 5)


async def test_a_name_server_that_never_answers_costs_no_more_than_the_time_given() -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.get_running_loop().create_future()
        return []

    with pytest.raises(Unreachable):
        await Guard(resolve=never).connect("slow.example", 80, 0.01)
