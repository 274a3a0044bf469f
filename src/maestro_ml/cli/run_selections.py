"""`maestro runs`, as far as it is about many runs: compare, tag, note, export, purge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from maestro_ml.cli import trash
from maestro_ml.cli.cells import cell
from maestro_ml.cli.context import Cli
from maestro_ml.cli.experiments import Tags, pairs, reference
from maestro_ml.cli.filters import EXAMPLE, pointed_at
from maestro_ml.cli.options import Yes
from maestro_ml.cli.output import Columns, Mode, plain
from maestro_ml.contracts.selections import RunComparison
from maestro_ml.contracts.tracking import Run, View

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of runs, as `list` shows.")]
Place = Annotated[
    str | None, typer.Argument(metavar="[EXPERIMENT]", help="Number or name; Default if none.")
]
Experiment = Annotated[str, typer.Option("--experiment", "-e", help="The same as an option.")]
Filter = Annotated[
    str,
    typer.Option(
        "--filter",
        "-f",
        help=f'Such as "{EXAMPLE}".',
        show_default=False,
    ),
]
Order = Annotated[
    list[str] | None,
    typer.Option("--order", help='Such as "metrics.auc DESC"; repeat it for ties.'),
]
_WIDEST = 24
_BESIDE_OTHERS = 16


class Row(NamedTuple):
    """One param, metric or tag of the runs that are compared."""

    key: str
    differs: bool
    values: list[object]


def compare(cli: Cli, runs: Ids) -> None:
    """Show runs beside each other; what differs comes first."""
    found = cli.client.runs.compare(runs)
    if cli.out.mode is Mode.JSON:
        cli.out.json(plain(found))
        return
    columns: Columns[Row] = {
        "": lambda row: "≠" if row.differs else "",
        "Key": lambda row: short(row.key),
        **{
            heading: lambda row, place=place: short(row.values[place], _BESIDE_OTHERS)  # type: ignore[misc]
            for place, heading in enumerate(_headings(found))
        },
    }
    rows = [*_rows(found)]
    cli.out.table(rows, columns, key=lambda row: row.key, empty="These runs have nothing logged.")


def tag(
    cli: Cli,
    runs: Ids,
    tag: Tags = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="Repeat it for several.")
    ] = None,
) -> None:
    """Set or remove tags of runs, of all or none."""
    tags = {**pairs(tag), **dict.fromkeys(remove or ())}
    if not tags:
        raise typer.BadParameter("give --tag KEY=VALUE or --remove KEY")
    changed = cli.client.runs.tag(runs, tags)
    cli.out.done(f"{changed} runs are tagged.", changed=changed)


def note(
    cli: Cli,
    run: Annotated[str, typer.Argument(metavar="ID", help="The run's id.")],
    text: Annotated[
        str | None, typer.Option("--set", help="The new text, in Markdown.", show_default=False)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A file with the text.", show_default=False),
    ] = None,
) -> None:
    """Show a run's note, or write it."""
    if file is not None:
        text = file.read_text()
    if text is not None:
        cli.client.runs.set_note(run, text)
        cli.out.done("The note is written.", id=run)
    elif cli.out.mode is Mode.JSON:
        cli.out.json({"id": run, "content": cli.client.runs.note(run)})
    else:
        cli.out.text(cli.client.runs.note(run))


def export(
    cli: Cli,
    file: Annotated[Path, typer.Argument(help="Where to write, ending in .csv or .parquet.")],
    place: Place = None,
    experiment: Experiment = "0",
    filter: Filter = "",
    order: Order = None,
    view: Annotated[View, typer.Option(help="Which to export.")] = View.ACTIVE,
) -> None:
    """Write runs as a table to a file: a column for every param, metric and tag."""
    found = cli.client.experiments.get(reference(place or experiment))
    runs = cli.client.runs.search(found.id, filter, order_by=order or (), view=view)
    with pointed_at(filter, order or ()), cli.out.spinner(f"Writing {file}"):
        count = cli.client.runs.export(runs, file)
    cli.out.done(f"{file} holds {count} runs.", file=str(file), runs=count)


def purge(
    cli: Cli,
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Runs in the trash.")
    ] = None,
    older_than: trash.OlderThan = None,
    yes: Yes = False,
) -> None:
    """Take runs in the trash out of everything for good, and tell how much room that makes."""
    trash.ask(cli, "runs", runs, older_than, yes=yes)
    trash.report(cli, cli.client.runs.purge(runs or (), older_than_days=older_than))


def short(value: object, widest: int = _WIDEST) -> str:
    """`value` in a cell that leaves room for others."""
    text = cell(value)
    return text if len(text) <= widest else text[: widest - 1] + "…"


def metric_columns(runs: Iterable[Run], first: Iterable[str] = ()) -> Columns[Run]:
    """A column for each of the metrics that most runs have, those of `first` before all others.

    What was measured of the machine has a column only if it is among the `first`.
    """
    seen: dict[str, int] = {}
    for run in runs:
        for key in run.metrics:
            seen[key] = seen.get(key, 0) + 1
    wanted = [*dict.fromkeys(key for key in first if key in seen)]
    own = [key for key in seen if not key.startswith("system/") and key not in wanted]
    wanted += sorted(own, key=lambda key: (-seen[key], key))
    return {
        short(key): lambda run, key=key: run.metrics.get(key)  # type: ignore[misc]
        for key in wanted[:8]
    }


def _headings(found: RunComparison) -> Iterator[str]:
    names = [run.name for run in found.runs]
    for run in found.runs:
        clear = names.count(run.name) == 1
        name = short(run.name, _BESIDE_OTHERS)
        yield name if clear and "…" not in name else f"{name} {str(run.id)[-4:]}"


def _rows(found: RunComparison) -> list[Row]:
    groups = (("metrics", found.metrics), ("params", found.params), ("tags", found.tags))
    rows = [
        Row(f"{name}.{each.key}", each.differs, [*each.values])
        for name, group in groups
        for each in group
    ]
    return sorted(rows, key=lambda row: not row.differs)
