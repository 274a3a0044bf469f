"""Lists are walked lazily, page by page."""

from __future__ import annotations

from itertools import islice

import pytest
from tests.sdk.loopback import Loopback, problem, reply

from maestro_ml.contracts.health import Component
from maestro_ml.sdk import errors
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.transport import Transport


def page(*names: str, following: str | None = None) -> dict[str, object]:
    return {
        "items": [{"status": name, "milliseconds": 1} for name in names],
        "next_cursor": following,
    }


@pytest.fixture
def pages(transport: Transport) -> Pages[Component]:
    return Pages(transport, "/things", Component, {"tag": "x", "unset": None})


def test_all_items_of_all_pages_come_in_order(server: Loopback, pages: Pages[Component]) -> None:
    server.script(
        reply(page("a", "b", following="c1")), reply(page(following="c2")), reply(page("c"))
    )
    assert [item.status for item in pages] == ["a", "b", "c"]
    assert [dict(seen.query) for seen in server.seen] == [
        {"tag": "x"},
        {"tag": "x", "cursor": "c1"},
        {"tag": "x", "cursor": "c2"},
    ]


def test_only_the_pages_that_are_looked_at_are_fetched(
    server: Loopback, pages: Pages[Component]
) -> None:
    server.script(reply(page("a", "b", following="more")))
    assert [item.status for item in islice(pages, 2)] == ["a", "b"]
    assert len(server.seen) == 1


def test_a_single_page_can_be_asked_for(server: Loopback, pages: Pages[Component]) -> None:
    server.script(reply(page("a", following="c1")), reply(page("b")))
    first = pages.page(limit=1)
    assert first.next_cursor == "c1"
    assert pages.page(first.next_cursor).next_cursor is None
    assert server.seen[0].query == [("tag", "x"), ("limit", "1")]


def test_a_failure_in_the_middle_is_raised_there(server: Loopback, pages: Pages[Component]) -> None:
    server.script(reply(page("a", following="c1")), problem(403))
    walk = iter(pages)
    assert next(walk).status == "a"
    with pytest.raises(errors.PermissionDenied):
        next(walk)
