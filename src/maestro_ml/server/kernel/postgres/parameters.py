"""The server settings: durable and quick for one machine, small when idle."""

from __future__ import annotations

from collections.abc import Mapping

BASE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "10min",
    "password_encryption": "scram-sha-256",
    "log_line_prefix": "%m [%p] %u@%d ",
    # Our queries are short: compiling them costs more than it saves, and parallel workers need
    # shared memory that containers do not have by default (/dev/shm is 64 MB there).
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    # Nothing replicates from this server: no senders, no launcher process.
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
}
SINCE_18 = {"io_method": "sync"}  # no idle reader processes; a small database is in memory anyway


def server_parameters(major: int, extra: Mapping[str, str]) -> dict[str, str]:
    """Given on the command line at each start, so a new release's settings reach old data."""
    return {**BASE, **(SINCE_18 if major >= 18 else {}), **extra}
