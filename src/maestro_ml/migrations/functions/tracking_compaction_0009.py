"""The functions that know which runs wait to be packed; how a series is packed is in 0016."""

from __future__ import annotations

from alembic import op


def create() -> None:
    """Create the functions."""
    _await_compaction()
    _compact_run()


def _await_compaction() -> None:
    """Notes every change of a run that has ended; points that come late change it, too.

    A trigger, so that no path that ends a run or logs to one can forget it; live runs pay a
    comparison.
    """
    op.execute(
        """
        CREATE FUNCTION tracking_await_compaction() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO uncompacted_run AS u (tenant_id, run_id, since)
            VALUES (NEW.tenant_id, NEW.id, clock_timestamp())
            ON CONFLICT ON CONSTRAINT pk_uncompacted_run DO UPDATE SET since = excluded.since;
          RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER run_awaits_compaction AFTER INSERT OR UPDATE ON run
        FOR EACH ROW
        WHEN (NEW.ended_at IS NOT NULL OR NEW.status IN ('finished', 'failed', 'killed'))
        EXECUTE FUNCTION tracking_await_compaction()
        """
    )


def _compact_run() -> None:
    """Packs every series of a run, unless another worker is at it; how many points it moved.

    The run waits no longer if nothing happened to it since `seen`: whoever logs to it meanwhile waits
    for this commit and then puts it back.
    """
    op.execute(
        """
        CREATE FUNCTION tracking_compact_run(tenant uuid, target uuid, seen timestamptz)
        RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
          moved bigint;
        BEGIN
          IF NOT pg_try_advisory_xact_lock(hashtextextended(target::text, 0)) THEN
            RETURN 0;
          END IF;
          SELECT sum(tracking_pack_series(tenant, m.series_id)) INTO moved
            FROM run_metric m WHERE m.tenant_id = tenant AND m.run_id = target;
          DELETE FROM uncompacted_run u
            WHERE u.tenant_id = tenant AND u.run_id = target AND u.since = seen;
          RETURN coalesce(moved, 0);
        END $$
        """
    )
