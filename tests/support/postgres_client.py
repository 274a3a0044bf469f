"""A process that uses the embedded server: `postgres_client.py ROOT ROLE [UID]`, killed as tests like.

hold    start, say so, stop when stdin ends and say whether that ended the server
fork    start, let a forked child call stop, say whether the server is still ready, stop
write   start, insert numbers one by one and say each after its commit, survive server crashes
"""

import os
import sys
from pathlib import Path

import psycopg

from maestro_ml.server.kernel.postgres import LocalPostgres, PostgresError


def say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hold(postgres: LocalPostgres) -> None:
    sys.stdin.read()
    say(postgres.stop())


def fork(postgres: LocalPostgres) -> None:
    child = os.fork()
    if child == 0:
        postgres.stop()
        os._exit(0)
    os.waitpid(child, 0)
    say(postgres.ready())
    say(postgres.stop())


def write(postgres: LocalPostgres) -> None:
    dsn = postgres.ensure_database("app", "app_owner")
    number = 0
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (number bigint)")
    while True:
        try:
            with psycopg.connect(dsn, autocommit=True) as connection:
                while True:
                    number += 1
                    connection.execute("INSERT INTO acknowledged VALUES (%s)", [number])
                    say(number)
        except psycopg.OperationalError:
            postgres.restart_if_dead()


def main() -> None:
    root, role = Path(sys.argv[1]), sys.argv[2]
    if len(sys.argv) > 3:  # after the imports: the interpreter may be closed to that user
        user = int(sys.argv[3])
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    postgres = LocalPostgres(root, start_timeout=60)
    try:
        postgres.start()
    except PostgresError as error:
        say(f"{type(error).__name__}: {error}")
        return
    say("started")
    {"hold": hold, "fork": fork, "write": write}[role](postgres)


if __name__ == "__main__":
    main()
