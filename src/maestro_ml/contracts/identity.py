"""Who may do what: permissions, roles, users, tokens and API keys as they cross the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, NewType
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from maestro_ml.contracts.base import Contract, Name, Request, Timestamp

TenantId = NewType("TenantId", UUID)
UserId = NewType("UserId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)


class Permission(StrEnum):
    """What a route demands, as `resource:action`."""

    PROJECT_READ = "project:read"
    PROJECT_WRITE = "project:write"
    PROJECT_DELETE = "project:delete"
    ARTIFACT_READ = "artifact:read"
    ARTIFACT_WRITE = "artifact:write"
    ARTIFACT_DELETE = "artifact:delete"
    EXPERIMENT_READ = "experiment:read"
    EXPERIMENT_WRITE = "experiment:write"
    EXPERIMENT_DELETE = "experiment:delete"
    DATASET_READ = "dataset:read"
    DATASET_WRITE = "dataset:write"
    DATASET_DELETE = "dataset:delete"
    DATASET_EXPORT = "dataset:export"
    FEATURE_READ = "feature:read"
    FEATURE_WRITE = "feature:write"
    PIPELINE_READ = "pipeline:read"
    PIPELINE_WRITE = "pipeline:write"
    PIPELINE_RUN = "pipeline:run"
    JOB_READ = "job:read"
    JOB_SUBMIT = "job:submit"
    JOB_CANCEL = "job:cancel"
    MODEL_READ = "model:read"
    MODEL_WRITE = "model:write"
    MODEL_DELETE = "model:delete"
    MODEL_APPROVE = "model:approve"
    DEPLOYMENT_READ = "deployment:read"
    DEPLOYMENT_WRITE = "deployment:write"
    DEPLOYMENT_PREDICT = "deployment:predict"
    COST_READ = "cost:read"
    USER_READ = "user:read"
    USER_MANAGE = "user:manage"
    ROLE_ASSIGN = "role:assign"
    AUDIT_READ = "audit:read"
    TENANT_MANAGE = "tenant:manage"
    SYSTEM_ADMIN = "system:admin"


class Role(StrEnum):
    """A named set of permissions; `server/identity/roles.py` holds the map."""

    VIEWER = "viewer"
    DATA_SCIENTIST = "data_scientist"
    ML_ENGINEER = "ml_engineer"
    TENANT_ADMIN = "tenant_admin"
    ADMIN = "admin"


class UserKind(StrEnum):
    """A person logs in with a password; a service account only has API keys."""

    PERSON = "person"
    SERVICE = "service"


Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"
    ),
]
"""An e-mail address, in lower case; it names one person across all tenants."""

Password = Annotated[SecretStr, Field(min_length=8, max_length=256)]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class Tenant(Contract):
    """An organisation; nothing crosses from one tenant to another."""

    id: TenantId
    name: str
    created_at: Timestamp


class TenantSettings(Tenant):
    """A tenant with what its administrators set.

    trash_days: after so many days in the trash runs, experiments and datasets are gone for good;
    0: runs and experiments stay until somebody empties it, datasets for a week.
    """

    trash_days: int


class TenantUpdate(Request):
    """What changes of the caller's tenant; no two tenants have the same name."""

    name: Name | None = None
    trash_days: Annotated[int, Field(ge=0, le=3650)] | None = None


class User(Contract):
    """A member of the caller's tenant, with the role held there."""

    id: UserId
    kind: UserKind
    email: str
    name: str
    role: Role
    active: bool
    created_at: Timestamp


class Me(Contract):
    """The caller: the user, the tenant the token is for, and what the token permits there."""

    user: User
    tenant: Tenant
    permissions: list[Permission]


class Registration(Request):
    """A new person with a tenant of their own, of which they become the administrator."""

    email: Email
    password: Password
    name: PersonName = ""
    tenant_name: Name | None = None


class Login(Request):
    """`tenant` (name or id) chooses among several memberships; the oldest one is the default."""

    email: Email
    password: SecretStr
    tenant: str | None = None


class LoginProvider(Contract):
    """A single sign-on that people may log in with; `login_url` is where a browser begins."""

    id: str
    name: str
    login_url: str


class LoginMethods(Contract):
    """Which ways in there are, for whoever is not in yet."""

    password: bool
    registration: bool
    providers: list[LoginProvider]


class Membership(Contract):
    """A tenant of the caller's, and the role held there."""

    tenant: Tenant
    role: Role


class TenantChoice(Request):
    """Where to go on: the name or the id of a tenant of the caller's."""

    tenant: str


class ProfileUpdate(Request):
    """What people may change about themselves."""

    name: PersonName


class PasswordChange(Request):
    """The caller's new password; the current one proves that it is them."""

    current_password: SecretStr
    new_password: Password


class PasswordReset(Request):
    """The new password that an administrator gives somebody."""

    password: Password


class RolePermissions(Contract):
    """What a role permits."""

    role: Role
    permissions: list[Permission]


class RefreshRequest(Request):
    """Exchanges a refresh token, once, for a new pair."""

    refresh_token: SecretStr


class TokenPair(Contract):
    """`access_token` is a JWT for the Authorization header; `refresh_token` works once."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int


class AccessToken(Contract):
    """What a browser's page holds, in memory alone; its login is in a cookie that no script reads."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int


class ApiKeyCreate(Request):
    """`scopes` narrows the key to some of its owner's permissions; None gives all of them."""

    name: Name
    scopes: list[Permission] | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = 365


class ApiKey(Contract):
    """An API key without its secret; `prefix` is its readable beginning."""

    id: ApiKeyId
    name: str
    prefix: str
    scopes: list[Permission] | None
    user_id: UserId
    created_at: Timestamp
    expires_at: Timestamp | None
    last_used_at: Timestamp | None
    revoked_at: Timestamp | None


class NewApiKey(ApiKey):
    """The only answer that ever holds `secret`."""

    secret: str


class UserCreate(Request):
    """Adds a person (with a first password) or a service account (without) to the caller's tenant.

    A person who has an account already, in another tenant, is added without a password.
    """

    email: Email
    name: PersonName = ""
    role: Role = Role.VIEWER
    kind: UserKind = UserKind.PERSON
    password: Password | None = None


class RoleChange(Request):
    """The new role of a user in the caller's tenant."""

    role: Role
