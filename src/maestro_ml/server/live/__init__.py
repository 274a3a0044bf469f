"""Live updates over WebSocket: who follows what, and what to send; owns no rows.

Hints say that something changed; what changed is read again from the rows, in the subscriber's own
tenant, from where the subscriber stands. So nothing waits in queues here: a slow reader gets more at a
time, or is told to read the history.
"""

from maestro_ml.server.live.feeds import Feeds
from maestro_ml.server.live.gate import LiveGate

__all__ = ["Feeds", "LiveGate"]
