"""The table: a line as soon as it is measured, and all of them as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

_WIDTHS = "{:<56}{:>7}{:>11}{:>11}  {:<10}{:>8}{:>9}{:>11}  {}"


@dataclass(frozen=True)
class Line:
    """One measured row; `ratio` is how many times better ours is than theirs.

    `cpu_ms` and `their_cpu_ms` are for one operation, of server and database together.
    """

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
    cpu_ms: float | None = None
    their_cpu_ms: float | None = None

    @property
    def cpu_ratio(self) -> float | None:
        """How many times less CPU an operation costs with ours."""
        if self.cpu_ms is None or self.their_cpu_ms is None:
            return None
        return self.their_cpu_ms / self.cpu_ms


@dataclass
class Table:
    """What has been measured."""

    lines: list[Line] = field(default_factory=list)

    def head(self) -> None:
        """Print the headings."""
        print(
            _WIDTHS.format(
                "", "clients", "Maestro", "MLflow", "", "ratio", "at least", "less CPU", "verdict"
            ),
            flush=True,
        )

    def add(self, line: Line) -> None:
        """Keep and print a line."""
        self.lines.append(line)
        clients = "" if line.clients is None else f"{line.clients:,}"
        theirs = "-" if line.theirs is None else _short(line.theirs)
        cpu = "" if line.cpu_ratio is None else f"{line.cpu_ratio:.1f}"
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
                f"{line.required:.3g}",
                cpu,
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
