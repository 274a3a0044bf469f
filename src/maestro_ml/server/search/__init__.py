"""The language of searches: MLflow's filters and orders, read by its parser, compiled to SQL by us.

    conditions = await language.conditions(Subject.MODELS, "name LIKE 'churn%' AND tags.team = 'a'")
    arguments = Arguments(tenant_id)
    clauses = [compare(columns[each.key], each, arguments) for each in conditions]

Conditions are joined by AND. `Arguments` keeps every value out of the text of a statement.
"""

from maestro_ml.server.search.conditions import (
    Condition,
    Entity,
    Order,
    SearchInvalid,
    Subject,
)
from maestro_ml.server.search.keyset import (
    Kind,
    SortKey,
    after,
    from_token,
    order_by,
    to_token,
)
from maestro_ml.server.search.language import SearchLanguage
from maestro_ml.server.search.statements import (
    EPOCH,
    Arguments,
    compare,
    compare_time,
    tag_clause,
)

__all__ = [
    "EPOCH",
    "Arguments",
    "Condition",
    "Entity",
    "Kind",
    "Order",
    "SearchInvalid",
    "SearchLanguage",
    "SortKey",
    "Subject",
    "after",
    "compare",
    "compare_time",
    "from_token",
    "order_by",
    "tag_clause",
    "to_token",
]
