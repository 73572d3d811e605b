"""The audit log: who saw or wrote what of people, what for, and whether it is whole.

``docs/audit.md`` says what is written, how it is chained and signed, and what
tampering is found.
"""

from gis_service.audit.purposes import NoPurpose, Purpose
from gis_service.audit.record import (
    NotInTransaction,
    Subject,
    Who,
    accepted,
    operator,
    record,
)

__all__ = [
    "NoPurpose",
    "NotInTransaction",
    "Purpose",
    "Subject",
    "Who",
    "accepted",
    "operator",
    "record",
]
