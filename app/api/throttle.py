"""A growing delay between failed logins of one peer."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_TRIES = 3
LONGEST_S = 60.0
FORGET_S = 900.0
MAX_PEERS = 4096


@dataclass
class _Record:
    failures: int
    last_at: float


def delay_s(failures: int) -> float:
    """Seconds until the next try counts: none for the first few, then 1, 2, 4 ... up to a minute."""
    if failures < FREE_TRIES:
        return 0.0
    return min(LONGEST_S, 2.0 ** min(failures - FREE_TRIES, 16))


class LoginThrottle:
    """Remembers failures per peer, for a while and for a bounded number of peers.

    A try that comes too early is refused without being looked at, so guessing faster gains nothing.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def wait_s(self, peer: str) -> float:
        """Seconds this peer still has to wait; 0 when it may try now."""
        with self._lock:
            record = self._records.get(peer)
            if record is None:
                return 0.0
            now = self._clock()
            if now - record.last_at > FORGET_S:
                del self._records[peer]
                return 0.0
            return max(0.0, record.last_at + delay_s(record.failures) - now)

    def failed(self, peer: str) -> None:
        """Counts one wrong passphrase."""
        with self._lock:
            record = self._records.setdefault(peer, _Record(0, 0.0))
            record.failures, record.last_at = record.failures + 1, self._clock()
            self._records.move_to_end(peer)
            while len(self._records) > MAX_PEERS:
                self._records.popitem(last=False)

    def succeeded(self, peer: str) -> None:
        """Forgets the peer's failures."""
        with self._lock:
            self._records.pop(peer, None)
