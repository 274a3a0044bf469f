"""A job's output between its pipes and the database."""

from __future__ import annotations

import asyncio

import pytest

from maestro_ml.server.jobs.worker.output import MOST_BYTES, Output


def text(output: Output) -> str:
    return "".join(chunk[3] for chunk in output.take())


def test_what_comes_while_a_chunk_is_being_stored_is_neither_lost_nor_doubled() -> None:
    output = Output(seq=7, size=0)
    output.add("stdout", "a")
    output.add("stdout", "b")
    storing = output.take()
    assert [(seq, said) for seq, _, _, said in storing] == [(8, "ab")]
    output.add("stdout", "c")
    # Storing failed: everything is offered again, under the same numbers.
    assert [(seq, said) for seq, _, _, said in output.take()] == [(8, "ab"), (9, "c")]
    output.stored(storing)
    assert [(seq, said) for seq, _, _, said in output.take()] == [(9, "c")]


def test_streams_are_told_apart_and_keep_their_order() -> None:
    output = Output(seq=0, size=0)
    for stream, said in [("stdout", "1"), ("stderr", "2"), ("stdout", "3"), ("stdout", "4")]:
        output.add(stream, said)
    assert [(stream, said) for _, _, stream, said in output.take()] == [
        ("stdout", "1"),
        ("stderr", "2"),
        ("stdout", "34"),
    ]


def test_a_full_log_says_so_once_and_takes_no_more() -> None:
    output = Output(seq=0, size=MOST_BYTES - 3)
    output.add("stdout", "ab")
    output.add("stdout", "cd")
    output.add("stdout", "ef")
    said = text(output)
    assert said.startswith("abcd\n[The log is full")
    assert "ef" not in said
    again = Output(seq=3, size=output.size)
    again.add("stdout", "the next attempt")
    assert again.take() == []


@pytest.mark.parametrize("cut", range(1, 4))
async def test_a_character_that_is_cut_in_two_reads_stays_whole(cut: int) -> None:
    reader = asyncio.StreamReader()
    output = Output(seq=0, size=0)
    pumping = asyncio.create_task(output.pump("stdout", reader))
    data = "€x".encode()
    reader.feed_data(data[:cut])
    await asyncio.sleep(0)
    reader.feed_data(data[cut:])
    reader.feed_eof()
    await pumping
    assert text(output) == "€x"


async def test_a_child_that_writes_faster_than_we_store_has_to_wait() -> None:
    reader = asyncio.StreamReader(limit=2**20)
    output = Output(seq=0, size=0)
    pumping = asyncio.create_task(output.pump("stdout", reader))
    reader.feed_data(b"x" * 4 * 2**20)
    reader.feed_eof()
    for _ in range(100):
        await asyncio.sleep(0)
    held = sum(len(chunk[3]) for chunk in output.take())
    assert 2**20 < held < 2**20 + 2**17
    while not pumping.done():
        output.stored(output.take())
        await asyncio.sleep(0)
    assert output.size == 4 * 2**20
