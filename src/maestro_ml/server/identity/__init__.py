"""Tenants, users, sessions, API keys, and what each role permits; owns who the caller is.

It does not decide what a domain's rule allows beyond a permission: that is the domain's.
"""

from maestro_ml.server.identity.accounts import AccountService
from maestro_ml.server.identity.api_keys import ApiKeyService
from maestro_ml.server.identity.authenticator import TokenAuthenticator
from maestro_ml.server.identity.basic import BasicCredentials
from maestro_ml.server.identity.passwords import Passwords
from maestro_ml.server.identity.roles import ROLE_PERMISSIONS
from maestro_ml.server.identity.sessions import SessionService
from maestro_ml.server.identity.tenants import TenantService
from maestro_ml.server.identity.tokens import AccessTokens
from maestro_ml.server.identity.users import UserService

__all__ = [
    "ROLE_PERMISSIONS",
    "AccessTokens",
    "AccountService",
    "ApiKeyService",
    "BasicCredentials",
    "Passwords",
    "SessionService",
    "TenantService",
    "TokenAuthenticator",
    "UserService",
]
