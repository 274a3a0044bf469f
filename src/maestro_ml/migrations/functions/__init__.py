"""SQL functions of hot paths, one module per domain and the revision that creates them.

A hot path is one statement: a function that binds its tenant, looks, and writes, in one round trip
and one transaction. It checks everything before it writes anything, and answers with a word for what
is wrong instead of raising, so that nothing is half-written and no transaction breaks.
"""

BIND_TENANT = "PERFORM set_config('app.tenant_id', tenant::text, true);"
ACTOR = "actor_kind text, actor_id uuid, actor_name text, request_id text"
