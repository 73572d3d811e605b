"""What can be wrong with an upload as a whole."""

from dataclasses import dataclass
from typing import cast


class MovementError(Exception):
    """Something about an upload or a journey is wrong."""


class UnreadableUpload(MovementError):
    """The body is not the format it says it is; the message says where."""


@dataclass(eq=False)
class UploadTooLarge(MovementError):
    """The body or its row count is over the limit."""

    what: str
    given: int
    allowed: int

    def __str__(self) -> str:
        """Say what was given and what is allowed."""
        return f"{self.given} {self.what} given, {self.allowed} allowed"


@dataclass(eq=False)
class IdempotencyMismatch(MovementError):
    """The Idempotency-Key was used before with another body."""

    key: str

    def __str__(self) -> str:
        """Name the key."""
        return f"Idempotency-Key {self.key!r} was used before with another body"


class UploadInFlight(MovementError):
    """An upload with this Idempotency-Key is being worked on."""


class GoneMeanwhile(MovementError):
    """People were erased while an upload that names them was taken."""


class UnknownUpload(MovementError):
    """No such upload, or not one of the caller's."""


class UploadClosed(MovementError):
    """The upload takes no more parts, or not all of it is there yet."""


class TooSlowToSend(MovementError):
    """The body comes too slowly to wait for it; the message says what to do."""


class DigestMismatch(MovementError):
    """What came is not what its digest says."""


class QueueFull(MovementError):
    """As many uploads of the state wait already as may; ``seconds`` to wait."""

    def __init__(self, message: str, seconds: int) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.seconds = seconds


class QueuePressed(QueueFull):
    """As many uploads of all states wait as may."""


class UnknownBatch(MovementError):
    """No such batch, or not one of the caller's."""


@dataclass(eq=False)
class BatchRefused(MovementError):
    """An atomic batch has faults; nothing was stored. ``receipt`` lists them."""

    receipt: dict[str, object]

    def __str__(self) -> str:
        """Say how many rows have faults."""
        faults = cast("list[dict[str, object]]", self.receipt["faults"])
        faulty = len({fault["row"] for fault in faults})
        return f"{faulty} of {self.receipt['rows']} rows have faults; nothing is stored"


class SnapshotRefused(MovementError):
    """A snapshot cannot be taken at all; the message says why."""


class SnapshotUnconfirmed(MovementError):
    """A snapshot withdraws people and its sender has not confirmed how many."""


class SeveralJourneys(MovementError):
    """A person has several journeys; the message says how to name one."""


class JourneyUnderWay(MovementError):
    """The journey has departed or arrived: what is asked for cannot be any more."""


class UnknownPerson(MovementError):
    """No such person, or none that the caller may speak of."""


class UnknownRequest(MovementError):
    """No such request of a person, or none that the caller may speak of."""


class RequestAnswered(MovementError):
    """The request was answered before."""


class Withdrawn(MovementError):
    """Whoever sent this person has taken the journey back."""


@dataclass(eq=False)
class Sunset(MovementError):
    """The date after which no uploads are taken has passed."""

    day: str

    def __str__(self) -> str:
        """Name the day."""
        return f"uploads ended on {self.day}"


class BadColumns(MovementError):
    """The header lacks a required column or names one twice; the message says which."""


class AmbiguousSheet(MovementError):
    """Several sheets of a workbook may be meant; the message names them."""


class BadMapping(MovementError):
    """A mapping overrides what is known, or leads nowhere; the message says where."""


class UnknownMapping(MovementError):
    """No such mapping, or not one of the caller's."""


class BadParameter(MovementError):
    """A parameter of the upload has a value that is not allowed."""


class BadUniqueId(MovementError, ValueError):
    """The text is not a unique ID: wrong length, sign or check sign."""


class Erased(MovementError):
    """The person's data was erased; the message says when."""


class UnknownJourney(MovementError):
    """No such journey, or not one that the caller sees."""


class NothingToReveal(MovementError):
    """What is asked for is shown whole already, or is not kept."""


class Unsealable(MovementError):
    """A sealed record does not open: wrong key, altered, or moved to another row."""


# What a file can be wrong in, before its rows are looked at.
OF_A_FILE = (UnreadableUpload, UploadTooLarge, BadColumns, AmbiguousSheet, BadParameter)
