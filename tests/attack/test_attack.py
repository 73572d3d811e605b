"""The attacks in short: ours holds every bar, and each weaker rule falls to one."""

from movements.release.draw import ReleaseKey
from tests.attack.run import weekly
from tests.attack.table import lines
from tests.bench import crowd

PEOPLE = 200_000


def test_ours_holds_and_the_weaker_rules_fall(database):
    counts = weekly(crowd.counted(crowd.crowd(database, PEOPLE)))
    found = lines(counts, ReleaseKey("attack", bytes(32)), added=120)
    assert [line for line in found if not line.holds] == []
    value = {line.name: line.value for line in found}
    assert value["ours: lines shown"] > 1_000
    assert value["hiding below 11: small cells proven"] > 0.02
    assert value["rounding alone: cells of one to three people that show"] > 1_000
    # Blindly, the commonest small count is right more often than not: most are 1.
    noise = value["noise per table: guess of a small count"]
    assert noise > 0.25, "of eleven counts, without knowing how common each is"
