"""The SQL of the search over all domains."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.overview import Hit, Kind

_SOURCES = {
    Kind.EXPERIMENT: """
        SELECT id::text, name, '' AS detail, updated_at AS at
        FROM experiment WHERE deleted_at IS NULL""",
    Kind.MODEL: """
        SELECT name AS id, name, 'v' || last_version AS detail, updated_at AS at
        FROM registered_model""",
    Kind.DATASET: """
        SELECT name AS id, name, 'v' || last_version AS detail, created_at AS at
        FROM dataset WHERE deleted_at IS NULL""",
    Kind.DEPLOYMENT: """
        SELECT name AS id, name, state AS detail, updated_at AS at FROM deployment""",
    Kind.RUN: """
        SELECT r.id::text, r.name, e.name AS detail, r.started_at AS at
        FROM run r JOIN experiment e ON e.id = r.experiment_id
        WHERE r.deleted_at IS NULL AND e.deleted_at IS NULL""",
}
# A whole name goes before one that begins with the words, a word before a part of one; then what is new.
_BY_NAME = """
    (SELECT '{kind}' AS kind, s.*, CASE
        WHEN lower(name) = cast(:text AS text) THEN 1
        WHEN starts_with(lower(name), cast(:text AS text)) THEN 2
        WHEN strpos(' ' || translate(lower(name), '-_./', '    '), ' ' || cast(:text AS text)) > 0
          THEN 3
        ELSE 4 END AS rank
     FROM ({source}) s WHERE lower(name) LIKE ALL (cast(:patterns AS text[]))
     ORDER BY rank, at DESC LIMIT :limit)"""
# An id is no name: whoever types one means it.
_BY_ID = {
    Kind.RUN: """
        (SELECT 'run' AS kind, r.id::text, r.name, e.name AS detail, r.started_at AS at, 0 AS rank
         FROM run r JOIN experiment e ON e.id = r.experiment_id
         WHERE r.id BETWEEN :least AND :greatest LIMIT :limit)""",
    Kind.JOB: """
        (SELECT 'job' AS kind, id::text, kind AS name, state AS detail, created_at AS at, 0 AS rank
         FROM job WHERE id BETWEEN :least AND :greatest LIMIT :limit)""",
}


class SearchRepository:
    """Names and ids of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def search(
        self,
        kinds: list[Kind],
        wanted: str,
        patterns: list[str],
        ids: tuple[UUID, UUID] | None,
        *,
        limit: int,
    ) -> list[Hit]:
        """The best `limit` hits of each kind together, best first."""
        parts = [
            _BY_NAME.format(kind=kind.value, source=_SOURCES[kind])
            for kind in kinds
            if kind in _SOURCES
        ]
        named: dict[str, object] = {"text": wanted, "patterns": patterns, "limit": limit}
        if ids is not None:
            parts += [_BY_ID[kind] for kind in kinds if kind in _BY_ID]
            named |= {"least": ids[0], "greatest": ids[1]}
        if not parts:
            return []
        whole = " UNION ALL ".join(parts)
        query = f"SELECT kind, id, name, detail, at FROM ({whole}) h ORDER BY rank, at DESC LIMIT :limit"  # noqa: S608
        found = await self._session.execute(text(query), named)
        hits = [
            Hit(kind=Kind(kind), id=id, name=name, detail=detail, at=at)
            for kind, id, name, detail, at in found
        ]
        return list({(hit.kind, hit.id): hit for hit in hits}.values())
