"""`maestro datasets` against a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Maestro

from maestro_ml.cli.profiles import share, sparkline

CSV = "name,age,alive\nAda,36,true\nBob,,false\nCy,12.5,true\nDi,40,true\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people of 1900.csv"
    file.write_text(CSV)
    return file


async def test_a_table_goes_up_is_looked_at_comes_down_and_goes(
    admin: Maestro, people: Path, tmp_path: Path
) -> None:
    uploaded = admin("datasets", "upload", str(people), "--json")
    assert uploaded.code == 0, uploaded.err
    assert (uploaded.json["dataset_name"], uploaded.json["number"]) == ("people of 1900", 1)
    again = admin("datasets", "upload", str(people))
    assert "the same table" in again.err
    listed = admin("datasets", "list", "--search", "1900")
    assert "people of 1900" in listed.out
    assert admin("datasets", "versions", "people of 1900", "--json").json[0]["rows"] == 4
    profile = admin("datasets", "profile", "people of 1900")
    age = next(line for line in profile.out.splitlines() if line.startswith("age"))
    assert "25.0 %" in age
    assert "█" in age
    shown = admin("datasets", "preview", "people of 1900", "--offset", "2", "-n", "1")
    assert "Cy" in shown.out
    assert "Ada" not in shown.out
    target = tmp_path / "copy.csv"
    done = admin("datasets", "download", "people of 1900", "-o", str(target), "--json")
    assert done.json["bytes"] == target.stat().st_size
    assert target.read_text().splitlines()[1] == '"Ada",36,true'
    assert admin("datasets", "delete", "people of 1900", "--yes", "--json").json["bytes_freed"] == 0
    assert "people of 1900" in admin("datasets", "list", "--trash").out
    assert "is back" in admin("datasets", "restore", "people of 1900").err
    purged = admin("datasets", "delete", "people of 1900", "--purge", "--yes", "--json")
    assert purged.json["bytes_freed"] > 0
    assert admin("datasets", "get", "people of 1900").code == 5


async def test_a_bad_file_ends_with_the_row_that_is_wrong(admin: Maestro, tmp_path: Path) -> None:
    file = tmp_path / "ragged.csv"
    file.write_text("a,b\n1,2\n3\n")
    refused = admin("datasets", "upload", str(file))
    assert refused.code == 7
    assert "Row 3" in refused.err
    assert admin("datasets", "upload", str(tmp_path / "missing.csv")).code == 2
    assert admin("datasets", "profile", "x", "--version", "newest").code == 2


def test_a_histogram_fits_in_a_cell_and_keeps_small_bins_visible() -> None:
    assert sparkline([0, 1, 1000]) == " ▁█"
    assert sparkline([]) == ""
    assert sparkline([5] * 30, width=4) == "▇█▇█"
    assert len(sparkline(range(100))) == 12


def test_little_is_not_nothing() -> None:
    assert [share(0, 10), share(1, 100_000), share(1, 4)] == ["-", "<0.1 %", "25.0 %"]
