"""Searches for runs as SQL: a page is one statement that walks an index in the order asked for.

How many runs fit a filter is what PostgreSQL cannot know, and of a tenant that is new it knows nothing at
all. So the text of a statement leaves it no choice: a walk goes from key to key and stops when the page is
full; what no index orders, or too few runs fit, is found as a whole and then sorted. Walks need
connections on which sorting is discouraged (`enable_sort`).

An order that begins with a metric has three parts, told apart by the page token: runs with a number,
runs with NaN, runs without the metric. Each part has an index of its own to walk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from maestro_ml.contracts.tracking import View
from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.search import (
    Arguments,
    Condition,
    Entity,
    Order,
    SearchInvalid,
    SortKey,
    after,
    from_token,
    order_by,
    to_token,
)
from maestro_ml.server.tracking.repository.locations import JOINED_EXPERIMENT
from maestro_ml.server.tracking.repository.run_conditions import has_index, place_of, run_clause
from maestro_ml.server.tracking.repository.run_query import FoundRun, Part, RunQuery, parts_of

_EXPERIMENT = " JOIN experiment e ON e.tenant_id = r.tenant_id AND e.id = r.experiment_id"
NEAR = 5000

# The LIMIT makes it a look at the key of `run` for each value, never anything else.
_WALKED_VALUES = (
    "run_metric o CROSS JOIN LATERAL "
    "(SELECT * FROM run q WHERE q.tenant_id = o.tenant_id AND q.id = o.run_id LIMIT 1) r"
)
_VALUES = "run_metric o JOIN run r ON r.tenant_id = o.tenant_id AND r.id = o.run_id"
_ONE_METRIC = "{m}.tenant_id = r.tenant_id AND {m}.run_id = r.id AND {m}.key = {key}"
_BIND = "(SELECT set_config('app.tenant_id', $1::uuid::text, true)::uuid AS tenant OFFSET 0) b"


class RunSearchRepository:
    """Finds runs on behalf of one tenant.

    With a filter, the `near` first runs of an experiment are looked through before all of them are.
    """

    def __init__(self, calls: Calls, tenant_id: UUID, *, near: int = NEAR) -> None:
        self._calls = calls
        self._tenant_id = tenant_id
        self._near = near

    async def page(
        self, query: RunQuery, *, limit: int, token: str | None, skip: int = 0
    ) -> tuple[list[FoundRun], str | None]:
        """A page of runs, `skip` runs behind the token, and the token of the next.

        Raises SearchInvalid for a token of no page.
        """
        parts = parts_of(query)
        limit += skip
        place: list[Any] | None = None
        if token is not None:
            part = _part_of(token, parts)
            parts = parts[parts.index(part) :]
            place = from_token(_Page(query, part, self._tenant_id).keys, token[1:])
        found: list[tuple[Part, Any]] = []
        for part in parts:
            if len(found) <= limit:
                rows = await self._rows(query, part, limit + 1 - len(found), place)
                found += [(part, row) for row in rows]
            place = None
        runs = [FoundRun(*row[:3]) for _, row in found[skip:limit]]
        if len(found) <= limit:
            return runs, None
        part, last = found[limit - 1]
        keys = _Page(query, part, self._tenant_id).keys
        return runs, f"{part.value}{to_token(keys, last[3:])}"

    async def places(
        self, query: RunQuery, *, every: int, most: int
    ) -> tuple[int, str | None, list[str]]:
        """How many runs there are, up to `most`, the token before the first, and behind each `every`-th."""
        size = 0
        start: str | None = None
        tokens: list[str] = []
        for part in parts_of(query):
            page = _Page(query, part, self._tenant_id)
            if not page.possible or size >= most:
                continue
            rows = await self._calls.rows(*page.numbered(most - size, every, size))
            for _, place, _, _, _, *keys in rows:
                if (size + place) % every == 0:
                    tokens.append(f"{part.value}{to_token(page.keys, keys)}")
                if size + place == 1:
                    # The run's id comes last among the keys, and no run has the least of all ids.
                    start = f"{part.value}{to_token(page.keys, [*keys[:-1], UUID(int=0)])}"
            size += rows[0][0] if rows else 0
        return size, start, tokens

    async def _rows(
        self, query: RunQuery, part: Part, most: int, place: list[Any] | None
    ) -> Sequence[Any]:
        page = _Page(query, part, self._tenant_id, walks=True)
        if not page.possible:
            return []
        if page.walks:
            within = self._near if page.filtered else None
            near = await self._calls.rows(*page.statement(most, place, within))
            if len(near) == most or not page.filtered or not await self._far(query, part, place):
                return near
        page = _Page(query, part, self._tenant_id)
        return await self._calls.rows(*page.statement(most, place))

    async def _far(self, query: RunQuery, part: Part, place: list[Any] | None) -> bool:
        """Whether there are runs beyond those that are near."""
        first = query.leading_metric
        walked = first and [
            c for c in query.conditions if (c.entity, c.key) == (first.entity, first.key)
        ]
        bare = replace(query, conditions=tuple(walked or ()), orders=query.orders[:1])
        page = _Page(bare, part, self._tenant_id, walks=True)
        return bool(await self._calls.rows(*page.last_near(place, self._near)))


def _part_of(token: str, parts: Sequence[Part]) -> Part:
    for part in parts:
        if token[:1] == str(part.value):
            return part
    raise SearchInvalid("Invalid page token, could not base64-decode")


class _Page:
    """The statement for a page of one part; its first argument is the tenant."""

    def __init__(
        self, query: RunQuery, part: Part, tenant_id: UUID, *, walks: bool = False
    ) -> None:
        self._arguments = Arguments(tenant_id)
        self._experiments = query.experiment_ids
        self._experiment = (
            self._arguments.add(query.experiment_ids[0], "bigint")
            if len(query.experiment_ids) == 1
            else "x.id"
        )
        self._source = "run r"
        # The first clause lets every row depend on the one that binds the tenant; the second tells
        # the planner which tenant it is, because the sizes of tenants differ.
        self._clauses = ["b.tenant = $1::uuid", "r.tenant_id = $1::uuid"]
        self.keys: list[SortKey] = []
        self.possible = True
        orders, conditions = query.orders, query.conditions
        by_start = all((o.entity, o.key) == (Entity.ATTRIBUTE, "start_time") for o in orders)
        alone = len(query.experiment_ids) == 1
        ordered = part is Part.NUMBERS or (part is Part.ALL and by_start)
        self._values: list[str] = []
        selective = any(map(has_index, conditions))
        self._walks_values = walks and part is Part.NUMBERS and not selective
        if part is not Part.ALL:
            conditions = self._begin_with_metric(part, orders[0], conditions)
            orders = orders[1:]
        self.filtered = bool(conditions)
        self.walks = walks and ordered and not selective and (alone or not self.filtered)
        if part in (Part.ALL, Part.MISSING):
            self._clauses.append(f"r.experiment_id = {self._experiment}")
        if query.view is not View.ALL:
            gone = query.view is View.DELETED
            self._clauses.append(f"r.deleted_at IS {'NOT ' if gone else ''}NULL")
        among = None if self.walks else self._experiments
        self._chosen = [run_clause(each, self._arguments, among) for each in conditions]
        self._clauses += self._chosen
        self._order(orders)
        if any(JOINED_EXPERIMENT in each for each in [*self._clauses, *map(str, self.keys)]):
            self._source += _EXPERIMENT

    def _begin_with_metric(
        self, part: Part, first: Order, conditions: tuple[Condition, ...]
    ) -> tuple[Condition, ...]:
        """Walk along the metric's values; the conditions that are not decided by that remain."""
        key = self._arguments.add(first.key)
        same = [c for c in conditions if c.entity is Entity.METRIC and c.key == first.key]
        if part is Part.MISSING:
            self.possible = not same
            metric = _ONE_METRIC.format(m="o", key=key)
            self._clauses.append(f"NOT EXISTS (SELECT FROM run_metric o WHERE {metric})")
        else:
            self._source = _WALKED_VALUES if self._walks_values else _VALUES
            numbers = part is Part.NUMBERS
            self.possible = numbers or all(c.comparator == "!=" for c in same)
            self._clauses += [
                "o.tenant_id = $1::uuid",
                f"o.experiment_id = {self._experiment}",
                f"o.key = {key}",
                f"o.value {'<' if numbers else '='} 'NaN'",
            ]
            if numbers:
                self.keys.append(SortKey("o.value", "float8", first.ascending))
                self._clauses += [
                    f"o.value {c.comparator} {self._arguments.add(c.value, 'float8')}" for c in same
                ]
                self._values = [each for each in self._clauses if "r." not in each]
        return tuple(each for each in conditions if each not in same)

    def _order(self, orders: Sequence[Order]) -> None:
        for number, order in enumerate(orders):
            if order.entity is Entity.METRIC:
                self._order_by_metric(f"o{number}", order)
            else:
                place = place_of(order.entity, order.key, self._arguments)
                self.keys.append(
                    SortKey(place.expression, place.kind, order.ascending, place.nullable)
                )
        if all((each.entity, each.key) != (Entity.ATTRIBUTE, "start_time") for each in orders):
            self.keys.append(SortKey("r.started_at", "timestamptz", ascending=False))
        self.keys.append(SortKey("r.id", "uuid", ascending=True))

    def _order_by_metric(self, alias: str, order: Order) -> None:
        """Numbers come first, then NaN, then nothing, in both directions."""
        metric = _ONE_METRIC.format(m=alias, key=self._arguments.add(order.key))
        self._source += f" LEFT JOIN run_metric {alias} ON {metric}"
        rank = (
            f"(CASE WHEN {alias}.value < 'NaN' THEN 0 WHEN {alias}.value = 'NaN' THEN 1 ELSE 2 END)"
        )
        value = f"nullif({alias}.value, 'NaN')"
        self.keys.append(SortKey(rank, "bigint", ascending=True))
        self.keys.append(SortKey(value, "float8", order.ascending, nullable=True))

    def statement(
        self, limit: int, place: list[Any] | None, within: int | None = None
    ) -> tuple[Any, ...]:
        """The text and its arguments: the place of each run in the order follows what is found of it.

        The first row binds the tenant, and every other depends on it; one experiment at a time keeps
        the order of the index. With `within`, only so many runs of it are looked through.
        """
        clauses, source = self._clauses, self._source
        if place is not None:
            clauses = [*clauses, after(self.keys, place, self._arguments)]
        if within is not None:
            table, near = self._nearest(clauses, place, within)
            source = source.replace(table, near, 1)
        columns = ", ".join(f"{key.expression} AS k{i}" for i, key in enumerate(self.keys))
        outer = [
            SortKey(f"p.k{i}", key.kind, key.ascending, key.nullable)
            for i, key in enumerate(self.keys)
        ]
        most = self._arguments.add(limit, "bigint")
        # OFFSET keeps the order out: whatever finds all of the runs soonest is right then.
        end = f"ORDER BY {order_by(self.keys)} LIMIT {most}" if self.walks else "OFFSET 0"
        # Made of our own words alone: whatever a caller sent is among the arguments.
        text = f"""
            SELECT p.* FROM {_BIND}
            {self._each_experiment()}
            CROSS JOIN LATERAL (
              SELECT r.id, r.ver, r.ended_at IS NOT NULL AS ended, {columns}
              FROM {source} WHERE {" AND ".join(clauses)}
              {end}
            ) p
            ORDER BY {order_by(outer)} LIMIT {most}
            """  # noqa: S608
        return text, *self._arguments.values

    def numbered(self, most: int, every: int, before: int) -> tuple[Any, ...]:
        """Size and place of each `every`-th run, counted from `before`, and of the first; see statement."""
        text, *_ = self.statement(most, None)
        offset, step = self._arguments.add(before, "bigint"), self._arguments.add(every, "bigint")
        # The rows come in the order of the statement within, and are numbered as they come.
        text = f"""
            WITH n AS MATERIALIZED (SELECT row_number() OVER () AS place, q.* FROM ({text}) q)
            SELECT (SELECT count(*) FROM n) AS size, n.* FROM n
            WHERE n.place = 1 OR (n.place + {offset}) % {step} = 0 ORDER BY n.place
            """  # noqa: S608
        return text, *self._arguments.values

    def last_near(self, place: list[Any] | None, within: int) -> tuple[Any, ...]:
        """The statement that finds a row if there are `within` runs along the walk."""
        clauses = self._clauses
        if place is not None and not self._values:
            clauses = [*clauses, after(self.keys, place, self._arguments)]
        _, near = self._nearest(clauses, place, within)
        text = f"SELECT 1 FROM {_BIND} CROSS JOIN LATERAL {near} OFFSET {within - 1} LIMIT 1"  # noqa: S608
        return text, *self._arguments.values

    def _nearest(self, clauses: list[str], place: list[Any] | None, within: int) -> tuple[str, str]:
        """The table that is walked along, and what comes first of it, equal values all or none."""
        most = self._arguments.add(within, "bigint")
        if not self._values:
            near = " AND ".join(each for each in clauses if each not in self._chosen)
            order = f"ORDER BY {order_by(self.keys)} LIMIT {most}"
            return "run r", f"(SELECT * FROM run r WHERE {near} {order}) r"  # noqa: S608
        values, key = self._values, self.keys[0]
        if place is not None:
            bound = f"{'>=' if key.ascending else '<='} {self._arguments.add(place[0], key.kind)}"
            values = [*values, f"{key.expression} {bound}"]
        order = f"ORDER BY {order_by([key])} FETCH FIRST ({most}) ROWS WITH TIES"
        near = f"(SELECT * FROM run_metric o WHERE {' AND '.join(values)} {order}) o"  # noqa: S608
        return "run_metric o", near

    def _each_experiment(self) -> str:
        if self._experiment != "x.id":
            return ""
        ids = self._arguments.add(list(self._experiments), "bigint[]")
        return f"CROSS JOIN unnest({ids}) AS x (id)"
