"""/about-data: the page that says what is done with people's data."""

from flask import Blueprint, Response, current_app

from gis_service import about_data
from gis_service.access import public
from gis_service.web.page import page

bp = Blueprint("about_pages", __name__, template_folder="../web/templates")


@bp.get("/about-data")
@public
def about() -> Response:
    """Return the page."""
    told = about_data.told(current_app.extensions["settings"])
    return page("about_data.html", told=told)
