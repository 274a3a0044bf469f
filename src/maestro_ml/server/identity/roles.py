"""The one map from roles to permissions; code asks for permissions, never for roles."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maestro_ml.contracts.identity import Permission, Role

P = Permission

_VIEWER = frozenset(
    {
        P.PROJECT_READ,
        P.ARTIFACT_READ,
        P.EXPERIMENT_READ,
        P.DATASET_READ,
        P.FEATURE_READ,
        P.PIPELINE_READ,
        P.JOB_READ,
        P.MODEL_READ,
        P.DEPLOYMENT_READ,
    }
)
_DATA_SCIENTIST = _VIEWER | {
    P.PROJECT_WRITE,
    P.ARTIFACT_WRITE,
    P.EXPERIMENT_WRITE,
    P.EXPERIMENT_DELETE,
    P.DATASET_WRITE,
    P.DATASET_EXPORT,
    P.FEATURE_WRITE,
    P.PIPELINE_WRITE,
    P.PIPELINE_RUN,
    P.JOB_SUBMIT,
    P.JOB_CANCEL,
    P.MODEL_WRITE,
    P.DEPLOYMENT_PREDICT,
}
_ML_ENGINEER = _DATA_SCIENTIST | {
    P.ARTIFACT_DELETE,
    P.DATASET_DELETE,
    P.MODEL_DELETE,
    P.MODEL_APPROVE,
    P.DEPLOYMENT_WRITE,
    P.COST_READ,
}
_TENANT_ADMIN = _ML_ENGINEER | {
    P.PROJECT_DELETE,
    P.USER_READ,
    P.USER_MANAGE,
    P.ROLE_ASSIGN,
    P.AUDIT_READ,
    P.TENANT_MANAGE,
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.DATA_SCIENTIST: _DATA_SCIENTIST,
        Role.ML_ENGINEER: _ML_ENGINEER,
        Role.TENANT_ADMIN: _TENANT_ADMIN,
        Role.ADMIN: frozenset(Permission),
    }
)
