"""Delivering what is due: each webhook's messages in turn, several webhooks at once."""

import logging
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Engine

from gis_service.webhooks import due, signing
from gis_service.webhooks.due import Due
from gis_service.webhooks.tables import WEBHOOK
from layers.errors import AddressRefused, SourceAway
from layers.fetch_post import ALLOWED, Allowed, Answered, post
from movements.errors import Unsealable
from movements.wrapping import KeyRing, label, unwrapped

log = logging.getLogger("nmis.webhooks")

# As many as the owner's pool has connections; one that hangs holds up few others.
AT_ONCE = 6
# How often is looked for more while we are at it anyway.
LOOK_S = 1.0
# However much there is, a process ends at last; the next goes on.
MOST_S = 600.0
# To a state, not which address: what a name leads to within our network is not its
# to learn.
REFUSED = "it leads to an address that may not be asked: allowed are public ones"
UNSEALABLE = "its secret cannot be opened: register it anew"
_GONE = 410
_GOOD = range(200, 300)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """By what messages are delivered.

    Attributes:
        owner: engine of the plane that sees every state's messages.
        ring: the keys that secrets are wrapped under.
        allowed: where messages may go.
    """

    owner: Engine
    ring: KeyRing = field(repr=False)
    allowed: Allowed = ALLOWED

    def delivered(self, *, for_s: float = 0.0) -> int:
        """Deliver what is due, and what becomes due meanwhile; return how many arrived.

        Args:
            for_s: for how many seconds more is waited for; 0 ends with the last.
        """
        until, n = time.monotonic() + for_s, 0
        with ThreadPoolExecutor(AT_ONCE) as threads:
            while True:
                with self.owner.begin() as db:
                    batch = due.taken(db)
                n += sum(threads.map(self._in_turn, _by_webhook(batch)))
                if batch and time.monotonic() < until + MOST_S:
                    continue
                if time.monotonic() >= until:
                    break
                time.sleep(LOOK_S)
        with self.owner.begin() as db:
            due.swept(db)
        return n

    def _in_turn(self, messages: list[Due]) -> int:
        """Deliver one webhook's messages; once one fails, the others wait."""
        for at, message in enumerate(messages):
            if not self._one(message):
                with self.owner.begin() as db:
                    for left in messages[at + 1 :]:
                        due.put_back(db, left)
                return at
        return len(messages)

    def _one(self, message: Due) -> bool:
        answer = self._answered(message)
        if isinstance(answer, str):
            return self._failed(message, answer)
        if answer.status in _GOOD:
            with self.owner.begin() as db:
                due.arrived(db, message)
            return True
        if answer.status == _GONE:
            with self.owner.begin() as db:
                due.disable(db, message, "the receiver answered 410: it is gone")
            return False
        return self._failed(
            message, f"it answered {answer.status}", wait_s=answer.retry_after_s
        )

    def _failed(self, of: Due, why: str, *, wait_s: float | None = None) -> bool:
        # By ids alone: an address may hold a key, and a host tells of its state.
        log.info("webhook %s, attempt %s: failed", of.webhook_id, of.attempts)
        with self.owner.begin() as db:
            due.failed(db, of, why, wait_s=wait_s)
        return False

    def _answered(self, message: Due) -> Answered | str:
        """Return what the receiver said, or why it said nothing."""
        try:
            return self._sent(message)
        except SourceAway as error:
            return str(error)
        except AddressRefused:
            return REFUSED
        except Unsealable:
            return UNSEALABLE

    def _sent(self, of: Due) -> Answered:
        mark = label(WEBHOOK.c.wrapped, of.tenant, of.webhook_id)
        secret = unwrapped(self.ring, of.wrapped, label=mark)
        body = orjson.dumps(of.body)
        headers = signing.headers(
            secret, message=str(of.message_id), at=int(time.time()), body=body
        )
        return post(of.url, body, headers, allowed=self.allowed)


def _by_webhook(messages: list[Due]) -> list[list[Due]]:
    groups: dict[tuple[int, object], list[Due]] = defaultdict(list)
    for each in messages:
        groups[each.tenant, each.webhook_id].append(each)
    return list(groups.values())
