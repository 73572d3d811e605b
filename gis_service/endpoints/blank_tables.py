"""/api/v1/batches/template: blank tables for people who fill them by hand."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from boundaries.lookup import gazetteer
from gis_service import batch_template
from gis_service.access import public
from gis_service.batch_bodies import Template
from gis_service.db import connection
from movements.kind import XLSX_TYPE

bp = APIBlueprint(
    "blank_tables",
    __name__,
    url_prefix="/api/v1/batches",
    abp_tags=[Tag(name="batches")],
)


@bp.get("/template.csv", responses={"200": {"content": {"text/csv": {}}}})
@public
def template_csv(query: Template) -> Response:
    """Return a blank CSV of the columns, or with two made-up people."""
    return _file(batch_template.as_csv(examples=query.examples), "csv", "text/csv")


@bp.get("/template.xlsx", responses={"200": {"content": {XLSX_TYPE: {}}}})
@public
def template_xlsx() -> Response:
    """Return a blank workbook with choices, rules in two languages, and districts."""
    made = batch_template.as_workbook(gazetteer(connection("read")))
    return _file(made, "xlsx", XLSX_TYPE)


def _file(body: bytes, form: str, media: str) -> Response:
    response = Response(body, mimetype=media)
    name = f'attachment; filename="people.{form}"'
    response.headers["Content-Disposition"] = name
    response.headers["Cache-Control"] = "no-store"
    return response
