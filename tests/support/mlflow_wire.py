"""MLflow's protocol as raw requests: what was answered, and how something was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

PREFIX = "/api/2.0/mlflow/"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
INVALID = (400, "INVALID_PARAMETER_VALUE")
MISSING = (404, "RESOURCE_DOES_NOT_EXIST")


@dataclass
class Mlflow:
    """Requests of one caller, with the path below `/api/2.0/mlflow/`."""

    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, fields: dict[str, Any]) -> httpx.Response:
        """A request with its fields where MLflow's clients put them."""
        given = {"params": fields} if method == "GET" else {"json": fields}
        return await self.client.request(method, PREFIX + path, **given)  # type: ignore[arg-type]

    async def get(self, path: str, /, **fields: Any) -> Any:
        """The answer to a GET."""
        return _answer(await self.ask("GET", path, fields))

    async def post(self, path: str, /, **fields: Any) -> Any:
        """The answer to a POST."""
        return _answer(await self.ask("POST", path, fields))

    async def patch(self, path: str, /, **fields: Any) -> Any:
        """The answer to a PATCH."""
        return _answer(await self.ask("PATCH", path, fields))

    async def delete(self, path: str, /, **fields: Any) -> Any:
        """The answer to a DELETE."""
        return _answer(await self.ask("DELETE", path, fields))

    async def refused(
        self, method: str, path: str, status: int, code: str, /, **fields: Any
    ) -> str:
        """The message of a refusal with this status and `error_code`."""
        answer = await self.ask(method, path, fields)
        assert (answer.status_code, answer.json().get("error_code")) == (status, code), answer.text
        message: str = answer.json()["message"]
        return message


def _answer(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()
