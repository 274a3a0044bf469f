"""Tables, JSON and ids; data on stdout, the rest on stderr; no control codes where nobody looks."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from enum import Enum

import pytest

from maestro_ml.cli.cells import cell, size
from maestro_ml.cli.failures import ExitCode, report
from maestro_ml.cli.output import Columns, Mode, Output
from maestro_ml.contracts.identity import ApiKeyCreate
from maestro_ml.sdk import errors

THINGS = [{"id": "1", "name": "first"}, {"id": "22", "name": "a [bold]name[/]"}]
COLUMNS: Columns[dict[str, str]] = {
    "Name": lambda thing: thing["name"],
    "Id": lambda thing: thing["id"],
}


class Colour(Enum):
    RED = "red"


def output(mode: Mode) -> Output:
    out = Output()
    out.mode = mode
    return out


def show(mode: Mode, limit: int | None = None) -> None:
    output(mode).table(THINGS, COLUMNS, key=lambda thing: thing["id"], limit=limit)


def test_a_table_for_a_pipe_is_aligned_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(Mode.HUMAN)
    assert capsys.readouterr().out.splitlines() == [
        "NAME             ID",
        "first            1",
        "a [bold]name[/]  22",
    ]


@pytest.mark.parametrize(
    ("width", "shown", "hidden"),
    [
        (80, ["Id  Name             Size", "1   first            10"], ""),
        (20, ["Id  Name           ", "1   first          "], "Size"),
        (12, ["Id    1", "Name  first", "Size  10"], ""),
    ],
)
def test_a_narrow_terminal_gets_what_fits(
    width: int,
    shown: list[str],
    hidden: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    columns: Columns[dict[str, str]] = {
        "Id": lambda thing: thing["id"],
        "Name": lambda thing: thing["name"],
        "Size": lambda _: 10,
    }
    output(Mode.HUMAN).table(THINGS, columns)
    printed = capsys.readouterr()
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", printed.out).splitlines()]
    assert set(map(str.rstrip, shown)) <= set(lines)
    assert all(len(line) <= width for line in lines)
    assert hidden in printed.err
    assert bool(hidden) is bool(printed.err)


def test_a_table_as_json_and_as_ids(capsys: pytest.CaptureFixture[str]) -> None:
    show(Mode.JSON)
    assert json.loads(capsys.readouterr().out) == THINGS
    show(Mode.QUIET)
    assert capsys.readouterr().out == "1\n22\n"


def test_a_cut_list_says_so_beside_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    show(Mode.JSON, limit=1)
    shown = capsys.readouterr()
    assert len(json.loads(shown.out)) == 1
    assert "--limit" in shown.err
    show(Mode.HUMAN, limit=2)
    assert capsys.readouterr().err == ""


def test_an_empty_list_is_a_remark_and_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    output(Mode.HUMAN).table([], COLUMNS)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "none yet" in shown.err
    output(Mode.JSON).table([], COLUMNS)
    assert json.loads(capsys.readouterr().out) == []


def test_a_change_is_a_remark_json_or_an_id(capsys: pytest.CaptureFixture[str]) -> None:
    output(Mode.HUMAN).done("It is gone.", id="7")
    assert capsys.readouterr() == ("", "✓ It is gone.\n")
    output(Mode.JSON).done("It is gone.", id="7")
    assert json.loads(capsys.readouterr().out) == {"id": "7"}
    output(Mode.QUIET).done("It is gone.", id="7")
    assert capsys.readouterr() == ("7\n", "")


def test_quiet_silences_remarks_but_not_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    out = output(Mode.QUIET)
    out.note("by the way")
    out.success("done")
    out.warn("careful")
    assert capsys.readouterr() == ("", "! careful\n")


def test_bars_and_spinners_leave_a_pipe_alone(capsys: pytest.CaptureFixture[str]) -> None:
    out = output(Mode.HUMAN)
    with out.bar("Uploading", "bytes") as bar, out.spinner("Waiting"):
        bar(1, None)
        bar(2, 2, "almost")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (True, "yes"),
        (Colour.RED, "red"),
        (0.123456789, "0.123457"),
        (["a", Colour.RED], "a, red"),
        ([], "-"),
        ({"a": 1.0}, "a=1"),
        ("two\nlines \x1b[31mred\x1b[0m", "two lines  [31mred [0m"),
    ],
)
def test_cells_are_short_and_harmless(value: object, text: str) -> None:
    assert cell(value) == text


def test_times_are_local_and_sizes_readable() -> None:
    moment = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    assert cell(moment) == moment.astimezone().strftime("%Y-%m-%d %H:%M")
    assert [size(count) for count in (0, 999, 1_500, 2_340_000, 5 * 10**12)] == [
        "0 B",
        "999 B",
        "1.5 kB",
        "2.34 MB",
        "5 TB",
    ]


def api_error(kind: type[errors.APIError], status: int) -> errors.APIError:
    return kind("It failed.", code="test.failed", status=status, request_id="req-1")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (api_error(errors.AuthenticationError, 401), ExitCode.NOT_LOGGED_IN),
        (api_error(errors.PermissionDenied, 403), ExitCode.NOT_PERMITTED),
        (api_error(errors.NotFound, 404), ExitCode.NOT_FOUND),
        (api_error(errors.Conflict, 409), ExitCode.CONFLICT),
        (api_error(errors.InvalidRequest, 422), ExitCode.INVALID_INPUT),
        (api_error(errors.ServerError, 500), ExitCode.FAILURE),
        (errors.ConnectionFailed("It failed."), ExitCode.UNREACHABLE),
        (errors.Timeout("It failed."), ExitCode.TIMED_OUT),
        (FileNotFoundError(2, "It failed", "x.csv"), ExitCode.FAILURE),
        (KeyError("It failed"), ExitCode.FAILURE),
    ],
)
def test_each_failure_has_its_exit_code(
    error: Exception, code: ExitCode, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(error, output(Mode.HUMAN)) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "✗" in shown.err
    assert "It failed" in shown.err
    assert "Traceback" not in shown.err


def test_a_failure_for_programs_is_json_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    report(api_error(errors.NotFound, 404), output(Mode.JSON))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert json.loads(shown.err)["error"] == {
        "code": "test.failed",
        "message": "It failed.",
        "hint": "",
        "request_id": "req-1",
        "exit_code": 5,
    }


def test_a_value_that_never_left_is_invalid_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="name") as raised:
        ApiKeyCreate(name="a/b")
    assert report(raised.value, output(Mode.HUMAN)) == ExitCode.INVALID_INPUT
    assert "name:" in capsys.readouterr().err


def test_a_traceback_only_when_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_DEBUG", "1")
    report(KeyError("x"), output(Mode.HUMAN))
    assert "KeyError" in capsys.readouterr().err
