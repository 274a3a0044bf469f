"""A list on the server, walked page by page while it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from pydantic import BaseModel

from maestro_ml.contracts.base import Page
from maestro_ml.sdk.transport import Transport

Item = TypeVar("Item", bound=BaseModel)


class Pages(Generic[Item]):
    """Iterate over all items; each page is fetched when the walk arrives there.

    >>> for user in client.users.list(): ...             # doctest: +SKIP
    >>> first = client.users.list().page(limit=20)       # doctest: +SKIP
    """

    def __init__(
        self,
        transport: Transport,
        path: str,
        item: type[Item],
        filters: Mapping[str, object] | None = None,
    ) -> None:
        self._transport = transport
        self._path = path
        self._answer = Page[item]  # type: ignore[valid-type]
        self._filters = dict(filters or {})

    def page(self, cursor: str | None = None, *, limit: int | None = None) -> Page[Item]:
        """One page: the first, or the one that `next_cursor` of another page points to."""
        params = {**self._filters, "cursor": cursor, "limit": limit}
        return self._transport.request("GET", self._path, self._answer, params=params)

    def __iter__(self) -> Iterator[Item]:
        page = self.page()
        yield from page.items
        while page.next_cursor is not None:
            page = self.page(page.next_cursor)
            yield from page.items
