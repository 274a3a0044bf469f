"""The write-ahead log on its own."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from maestro_ml.sdk.logging.journal import Header, Journal, JournalBusy, JournalUnreadable, Record
from maestro_ml.sdk.logging.trouble import Trouble

HERE, THERE = "http://here:1", "http://there:2"
HEADER = Header(id="1", experiment="e", name="n", started_at=7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "1"


def start(folder: Path) -> Journal:
    return Journal.start(folder, HEADER, Trouble())


def unsent(journal: Journal) -> list[Record]:
    chunk = journal.unsent()
    return chunk.records if chunk else []


def test_what_was_appended_is_there_after_the_process(folder: Path) -> None:
    journal = start(folder)
    journal.append({"params": {"a": "ä\n"}})
    journal.append({"metrics": {"x": float("nan")}, "step": 0, "at": 9})
    journal.close()
    again = Journal.open(folder, HERE, Trouble())
    assert again.header == HEADER
    assert (again.ends, again.last_logged) == (False, 9)
    first, second = unsent(again)
    assert first == {"params": {"a": "ä\n"}}
    assert second["metrics"]["x"] != second["metrics"]["x"]
    again.close()


def test_an_end_is_remembered(folder: Path) -> None:
    journal = start(folder)
    journal.append({"metrics": {"x": 1.0}, "step": 0, "at": 9})
    journal.end("finished", 11)
    journal.close()
    again = Journal.open(folder, HERE, Trouble())
    assert (again.ends, again.last_logged) == (True, 11)
    again.close()


def test_what_one_server_has_another_has_not(folder: Path) -> None:
    journal = start(folder)
    for number in range(3):
        journal.append({"tags": {"t": str(number)}})
        chunk = journal.unsent()
        assert chunk is not None
        if number < 2:
            journal.acknowledge(chunk, HERE)
    journal.close()
    here = Journal.open(folder, HERE, Trouble())
    assert [each["tags"]["t"] for each in unsent(here)] == ["2"]
    here.close()
    there = Journal.open(folder, THERE, Trouble())
    assert [each["tags"]["t"] for each in unsent(there)] == ["0", "1", "2"]
    there.close()


def test_a_long_log_is_read_in_pieces_and_a_long_line_whole(folder: Path) -> None:
    journal = start(folder)
    sizes = [10, 1_000_000, 200_000, 200_000, 10]
    for size in sizes:
        journal.append({"tags": {"t": "x" * size}})
    seen = []
    while chunk := journal.unsent():
        seen += [len(each["tags"]["t"]) for each in chunk.records]
        journal.acknowledge(chunk, HERE)
    assert seen == sizes
    assert journal.is_sent()
    journal.delete()
    assert not folder.exists()


def test_a_log_has_one_owner(folder: Path) -> None:
    journal = start(folder)
    with pytest.raises(JournalBusy, match="still being logged"):
        Journal.open(folder, HERE, Trouble())
    journal.close()
    Journal.open(folder, HERE, Trouble()).close()


@pytest.mark.parametrize("header", ["", "[]", "{}", '{"id": 3', "\x00"])
def test_a_folder_that_is_no_log_is_told(folder: Path, header: str) -> None:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(header)
    with pytest.raises(JournalUnreadable, match="holds no log"):
        Journal.open(folder, HERE, Trouble())


def test_lines_that_are_no_records_cost_only_themselves(folder: Path) -> None:
    journal = start(folder)
    journal.append({"tags": {"t": "1"}})
    with (folder / "log.jsonl").open("ab") as file:
        file.write(b'{"torn": \n[1]\n\xff\xfe\n')
    journal.append({"tags": {"t": "2"}})
    assert [each["tags"]["t"] for each in unsent(journal)] == ["1", "2"]
    journal.close()


def test_a_signal_handler_may_log_in_the_middle_of_a_log(folder: Path) -> None:
    journal = start(folder)
    heard = 0

    def hear(*_: object) -> None:
        nonlocal heard
        journal.append({"tags": {"heard": str(heard)}})
        heard += 1

    before = signal.signal(signal.SIGALRM, hear)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        count = 0
        while heard < 50:
            journal.append({"tags": {"count": str(count)}})
            count += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    found: list[Record] = []
    while chunk := journal.unsent():
        found += chunk.records
        journal.acknowledge(chunk, HERE)
    counts = [each["tags"]["count"] for each in found if "count" in each["tags"]]
    assert counts == [str(number) for number in range(count)]
    assert len(found) == count + heard
    journal.close()
