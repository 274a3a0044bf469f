"""What can go wrong with accounts and credentials."""

from __future__ import annotations

from maestro_ml.server.kernel.errors import (
    Conflict,
    InvalidInput,
    MaestroError,
    NotFound,
    Unauthenticated,
)


class LoginFailed(Unauthenticated):
    """Wrong e-mail address or password; deliberately not said which."""

    code = "auth.login_failed"


class TokenInvalid(Unauthenticated):
    """The token is garbled, or signed by somebody else."""

    code = "auth.token_invalid"


class TokenExpired(Unauthenticated):
    """The token's time is over."""

    code = "auth.token_expired"


class TokenRevoked(Unauthenticated):
    """The token was revoked, by a logout, an administrator or a reuse."""

    code = "auth.token_revoked"


class SessionAbsent(Unauthenticated):
    """A browser without the cookie of a login."""

    code = "auth.session_absent"


class LoginRequired(MaestroError):
    """An API key came where only a person who has logged in may act."""

    code = "auth.login_required"
    status = 403
    title = "This needs a login"


class PasswordWrong(MaestroError):
    """The current password does not fit, so nothing was changed."""

    code = "auth.password_wrong"
    status = 403
    title = "The current password is wrong"


class CsrfTokenWrong(MaestroError):
    """The request does not prove that it comes from a page of ours."""

    code = "auth.csrf_token_wrong"
    status = 403
    title = "The CSRF token is missing or wrong"


class RegistrationClosed(MaestroError):
    """This installation lets administrators add users, and nobody else."""

    code = "auth.registration_closed"
    status = 403
    title = "Registration is closed"


class EmailTaken(Conflict):
    """An account with this e-mail address exists."""

    code = "identity.email_taken"


class TenantNameTaken(Conflict):
    """A tenant with this name exists."""

    code = "identity.tenant_name_taken"


class UserNotFound(NotFound):
    """No such user in the caller's tenant."""

    code = "identity.user_not_found"


class TenantNotFound(NotFound):
    """No such tenant."""

    code = "identity.tenant_not_found"


class ApiKeyNotFound(NotFound):
    """No such key of the caller."""

    code = "identity.api_key_not_found"


class RoleNotAssignable(MaestroError):
    """Nobody gives away more than they hold."""

    code = "identity.role_not_assignable"
    status = 403
    title = "This role is not yours to give"


class LastAdministrator(Conflict):
    """A tenant keeps at least one active administrator."""

    code = "identity.last_administrator"


class PasswordRequired(InvalidInput):
    """A person needs a password to log in; a service account has none."""

    code = "identity.password_required"


class PasswordNotYours(Conflict):
    """The account belongs to other tenants, too, or to the caller: nobody here may set its password."""

    code = "identity.password_not_yours"


class ScopeNotHeld(InvalidInput):
    """A key cannot permit what its owner may not do."""

    code = "identity.scope_not_held"
