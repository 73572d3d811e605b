"""How people are read: within walls, by plans made for what is asked."""

from datetime import date

from sqlalchemy import text

from gis_service.people_plane import opened
from gis_service.policy import ROLES
from movements.sight import Eye

SHOWN = text("SHOW plan_cache_mode")


def test_questions_for_people_are_planned_for_their_days(app):
    """A kept plan knows no days, and is one for every month there is."""
    for role, scope in (("uploader", {"tenant": 27}), ("state", {"origin": 27})):
        looking = Eye(ROLES[role].sights, scope, date(2026, 5, 20))
        with app.test_request_context():
            db = opened(looking)
            assert db.execute(SHOWN).scalar_one() == "force_custom_plan"
            db.rollback()
            assert db.execute(SHOWN).scalar_one() == "auto"
