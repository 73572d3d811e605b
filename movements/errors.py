"""What can be wrong with an upload as a whole."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID


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


@dataclass(eq=False)
class SeveralPeople(MovementError):
    """Several people have the mobile that one is traced by."""

    count: int

    def __str__(self) -> str:
        """Say how many, and how to name one."""
        return (
            f"{self.count} people who travelled within these days have this mobile; ask"
            " again with `name`, and with other days where they go by one name"
        )


@dataclass(eq=False)
class NoSuchName(MovementError):
    """Those who have the mobile that one is traced by go by other names."""

    count: int

    def __str__(self) -> str:
        """Say how many have the number."""
        return (
            f"{self.count} who travelled within these days with this mobile, and none"
            " by this name"
        )


@dataclass(eq=False)
class TooManyContacts(MovementError):
    """More people rode in somebody's coaches and buses than one of them holds."""

    count: int
    most: int

    def __str__(self) -> str:
        """Say how many, and how many are told."""
        return (
            f"{self.count} people are recorded in the same coaches and buses, and at"
            f" most {self.most} are told at once; ask for fewer days. Of one journey so"
            " many are no coach: what was recorded of it is wrong"
        )


@dataclass(eq=False)
class SecondApprovalNeeded(MovementError):
    """A day's questions are used up; ``trace`` is what another tracer approves."""

    trace: UUID
    state: str
    used: int

    def __str__(self) -> str:
        """Say what is to be done."""
        how = (
            "another tracer has approved it: ask again with `approval`"
            if self.state == "approved"
            else "another tracer approves it; then ask again with `approval`"
        )
        return (
            f"{self.used} of your questions were answered today, and no more are"
            f" without an approval; {self.trace} is {self.state}: {how}"
        )


class UnknownTrace(MovementError):
    """No such question for contacts, or not one of today, or not the asker's."""


class NotYourOwn(MovementError):
    """Whoever asked for contacts beyond the quota cannot approve it."""


class TraceDecided(MovementError):
    """A question for contacts does not wait for an approval any more."""


class ApprovalUnusable(MovementError):
    """An approval is not given, or used, or of another case or day."""


# What a file can be wrong in, before its rows are looked at.
OF_A_FILE = (UnreadableUpload, UploadTooLarge, BadColumns, AmbiguousSheet, BadParameter)
