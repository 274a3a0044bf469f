"""The table: a line as soon as it is measured, and all of them as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

_WIDTHS = "{:<52}{:>8}{:>12}{:>12}  {:<10}{:>9}{:>10}  {}"


@dataclass(frozen=True)
class Line:
    """One measured row; `ratio` is how many times better ours is than theirs."""

    key: str
    title: str
    clients: int | None
    ours: float
    theirs: float | None
    unit: str
    ratio: float
    required: float
    note: str = ""
    met: bool = True


@dataclass
class Table:
    """What has been measured."""

    lines: list[Line] = field(default_factory=list)

    def head(self) -> None:
        """Print the headings."""
        print(
            _WIDTHS.format("", "clients", "Maestro", "MLflow", "", "ratio", "required", "verdict"),
            flush=True,
        )

    def add(self, line: Line) -> None:
        """Keep and print a line."""
        self.lines.append(line)
        clients = "" if line.clients is None else f"{line.clients:,}"
        theirs = "-" if line.theirs is None else _short(line.theirs)
        required = f"{line.required:.3g}"
        verdict = "met" if line.met else "MISSED"
        verdict += f" ({line.note})" if line.note else ""
        print(
            _WIDTHS.format(
                line.title,
                clients,
                _short(line.ours),
                theirs,
                line.unit,
                f"{line.ratio:.1f}",
                required,
                verdict,
            ),
            flush=True,
        )

    def note(self, text: str) -> None:
        """Print something that is no row."""
        print(f"  {text}", flush=True)

    @property
    def missed(self) -> list[str]:
        """The keys of the rows that were not met."""
        return [line.key for line in self.lines if not line.met]

    def as_json(self) -> list[dict[str, object]]:
        """Every line."""
        return [asdict(line) for line in self.lines]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
