"""What may happen to a journey, at which end it is said, and what follows from it.

A journey's stage is what its events made of it; events are only ever added. The rules
are pure: nothing here reads or writes.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from movements.vehicle import ON_THE_WAY, is_mark

ORIGIN, DESTINATION = "origin", "destination"

BEFORE = frozenset({"planned", "permitted"})
UNDER_WAY = frozenset({"departed", "arrived"})

# Where a journey's permission stands: ``notified`` where none is required and the
# destination was told (movements/consent.py).
PERMISSIONS = ("none", "notified", "requested", "granted", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one event needs, and what it does.

    Attributes:
        side: the end of the journey whose officers say so.
        stages: stages in which it may happen.
        permissions: states of the permission in which it may happen; empty: any.
        stage: the stage that follows; ``None``: it stays.
        permission: the state of the permission that follows; ``None``: it stays.
        by_train: whether it happens to journeys by train alone.
        exempt: stages in which it may happen whatever the permission is.
    """

    side: str
    stages: frozenset[str]
    permissions: frozenset[str] = frozenset()
    stage: str | None = None
    permission: str | None = None
    by_train: bool = False
    exempt: frozenset[str] = frozenset()


RULES = {
    "permission_requested": Rule(
        ORIGIN,
        frozenset({"planned"}),
        frozenset({"none", "notified", "refused", "withdrawn"}),
        permission="requested",
    ),
    "permission_granted": Rule(
        DESTINATION,
        frozenset({"planned"}),
        frozenset({"requested"}),
        stage="permitted",
        permission="granted",
    ),
    "permission_refused": Rule(
        DESTINATION,
        frozenset({"planned"}),
        frozenset({"requested"}),
        permission="refused",
    ),
    # Who has left is not called back: the event stands, and the stage does too.
    "permission_withdrawn": Rule(
        DESTINATION,
        BEFORE | UNDER_WAY,
        frozenset({"requested", "granted"}),
        stage="planned",
        permission="withdrawn",
    ),
    "requisitioned": Rule(ORIGIN, BEFORE, by_train=True),
    # Again of who has departed: that changes the coach or bus, or nothing.
    "departed": Rule(ORIGIN, BEFORE | {"departed"}, stage="departed"),
    # Whose departure nobody recorded has arrived all the same; but who says so sees
    # more from then on, so the journey must have been theirs to expect.
    "arrived": Rule(
        DESTINATION,
        BEFORE | {"departed"},
        frozenset({"granted", "notified"}),
        stage="arrived",
        exempt=frozenset({"departed"}),
    ),
    "cancelled": Rule(ORIGIN, BEFORE, stage="cancelled"),
}
EVENTS = tuple(RULES)


@dataclass(frozen=True, slots=True)
class State:
    """Where a journey stands."""

    stage: str
    permission: str = "none"
    requisitioned: bool = False
    train: str | None = None
    leaves: date | None = None
    vehicle: str | None = None


@dataclass(frozen=True, slots=True)
class Rides:
    """What an event tells of what a journey is on, as far as it is known.

    Attributes:
        train: its number.
        leaves: the day on which the train leaves.
        vehicle: the coach or bus.
    """

    train: str | None = None
    leaves: date | None = None
    vehicle: str | None = None


NOTHING_TOLD = Rides()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an event cannot be of a journey: a stable code, and words."""

    code: str
    message: str


def after(
    event: str, now: State, *, mode: str, rides: Rides = NOTHING_TOLD
) -> State | Refused:
    """Return where a journey stands after an event; the same where it did already.

    Args:
        event: one of ``EVENTS``.
        now: where it stands.
        mode: ``train`` or ``bus``.
        rides: what it is on, where that is told.
    """
    rule = RULES[event]
    then = _then(event, rule, now, rides)
    if then == now:
        return now
    return (
        _mode(rule, mode)
        or _train(event, now, rides, mode)
        or _vehicle(then, rides, mode)
        or _order(event, rule, now)
        or then
    )


def too_early(
    now: State, then: State, travel_date: date, *, today: date
) -> Refused | None:
    """Say why nobody has arrived long before the day of a travel not begun.

    A train may leave shortly before midnight, and a clock be wrong: a day is allowed.

    Args:
        now: where the journey stands.
        then: where it would stand.
        travel_date: its day.
        today: the civil date in India.
    """
    begun = then.stage != "arrived" or now.stage not in BEFORE
    if begun or travel_date <= today + timedelta(days=1):
        return None
    return Refused(
        "stage_not_allowed",
        f"the journey is on {travel_date} and has not departed by {today}",
    )


def too_far(rides: Rides, travel_date: date) -> Refused | None:
    """Say why nobody who travels on a day is on a train of a day far from it."""
    if (
        rides.leaves is None
        or abs((rides.leaves - travel_date).days) <= ON_THE_WAY.days
    ):
        return None
    return Refused(
        "other_day",
        f"the journey is on {travel_date}; a train that leaves on {rides.leaves} is"
        f" more than {ON_THE_WAY.days} days from it",
    )


def _then(event: str, rule: Rule, now: State, rides: Rides) -> State:
    late = event == "permission_withdrawn" and now.stage in UNDER_WAY
    return State(
        stage=now.stage if late else rule.stage or now.stage,
        permission=rule.permission or now.permission,
        requisitioned=now.requisitioned or event == "requisitioned",
        train=rides.train or now.train,
        leaves=rides.leaves or now.leaves,
        vehicle=rides.vehicle or now.vehicle,
    )


def _mode(rule: Rule, mode: str) -> Refused | None:
    if rule.by_train and mode != "train":
        return Refused("not_by_train", f"the journey is by {mode}, not by train")
    return None


def _train(event: str, now: State, rides: Rides, mode: str) -> Refused | None:
    if rides.train and mode != "train":
        return Refused("not_by_train", f"the journey is by {mode}, not by train")
    if rides.train and now.train and now.train != rides.train:
        return Refused("on_two_trains", f"the journey is on train {now.train} already")
    other = rides.leaves and now.leaves and now.leaves != rides.leaves
    # At the origin a day that was told wrongly is put right; a desk did not see it off.
    if other and RULES[event].side == DESTINATION:
        message = f"the journey is on train {now.train} of {now.leaves} already"
        return Refused("on_two_trains", message)
    return None


def _vehicle(then: State, rides: Rides, mode: str) -> Refused | None:
    if not then.vehicle or rides == NOTHING_TOLD:
        return None
    if mode == "train" and not (then.train and then.leaves):
        message = "a coach is of a train on a day; tell both, as `train`"
        return Refused("no_train", message)
    if mode == "bus" and not is_mark(then.vehicle):
        message = "a bus is told by its registration mark, as XX00AB1234"
        return Refused("not_a_mark", message)
    return None


def _order(event: str, rule: Rule, now: State) -> Refused | None:
    if now.stage not in rule.stages:
        allowed = " or ".join(sorted(rule.stages))
        return Refused(
            "stage_not_allowed",
            f"the journey is {now.stage}; {event} is for those that are {allowed}",
        )
    free = not rule.permissions or now.stage in rule.exempt
    if not free and now.permission not in rule.permissions:
        allowed = " or ".join(sorted(rule.permissions))
        return Refused(
            "stage_not_allowed",
            f"its permission is {now.permission}; {event} needs {allowed}",
        )
    return None
