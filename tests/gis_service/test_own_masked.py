"""What a person is told of their own data names every field that is kept."""

from gis_service.own_masked import NOT_SHOWN, SHOWN, STATES
from movements.sight import OWN, PLAIN


def test_each_plain_field_is_shown_or_named_as_held():
    told = {*SHOWN, *STATES, *NOT_SHOWN, "id", "batch"}
    assert told == {*PLAIN, *OWN}
