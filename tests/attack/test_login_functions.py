"""No function tells the logins that read maps and releases of a person."""

import pytest
from psycopg import sql

from tests.attack.trying import plain_text, tried


def test_no_function_lends_it_anothers_rights(login):
    """None that it may call runs as its owner, but PostgreSQL's own.

    And one of PostGIS, which tells the planner's estimates: see below.
    """
    _, db = login
    found = db.execute(
        "SELECT p.proname FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND has_function_privilege(p.oid, 'execute')"
    ).fetchall()
    assert {name for (name,) in found} <= {"st_estimatedextent"}


# Each text or name that a function takes: a table of people, or its column.
TEXTS = ("nmis", "movement", "movement_202005", "nmis.movement_202005", "origin")


def test_no_function_answers_with_people(login, ids):
    """Each is called with nothing, and those that take names with tables of people."""
    _, db = login
    functions = db.execute(
        "SELECT n.nspname, p.proname, p.proargtypes::regtype[]::text[] FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND p.prokind = 'f'"
        " AND p.prorettype::regtype::text NOT IN ('trigger', 'internal')"
    ).fetchall()
    assert len(functions) > 500
    told = []
    for schema, name, kinds in functions:
        if name in ("make_partitions", "refresh_statistics"):
            continue  # by their own names below
        for given in _arguments(kinds):
            found = tried(db, _called(schema, name, kinds, given))
            text = plain_text(found)
            told += [(name, each) for each in ids if each in text]
    assert told == []


# Functions of PostGIS that read what the planner knows of a column, whoever asks.
ESTIMATES = (
    "SELECT _postgis_stats('nmis.{table}', '{column}')",
    "SELECT st_estimatedextent('nmis', '{table}', '{column}')::text",
    "SELECT _postgis_index_extent('nmis.{table}', '{column}')::text",
)


@pytest.mark.parametrize("estimate", ESTIMATES)
@pytest.mark.parametrize("column", ["origin", "destination"])
def test_no_estimate_tells_where_people_begin_or_end(login, estimate, column):
    _, db = login
    for table in ("movement", "movement_202005"):
        asked = estimate.format(table=table, column=column)
        assert tried(db, sql.SQL(asked)) in (None, [[None]])


def _arguments(kinds: list[str]) -> list[list[str | None]]:
    """Return arguments to try: none at all, and names of tables of people."""
    nothing: list[str | None] = [None] * len(kinds)
    names = [at for at, kind in enumerate(kinds) if kind in NAMING]
    tried = [nothing]
    for text in TEXTS if names else ():
        given = list(nothing)
        for at, place in enumerate(names):
            given[place] = text if at == 0 else TEXTS[-1]
        tried.append(given)
    return tried


NAMING = ("text", "regclass", "name", "character varying")


def _called(schema, name, kinds, given) -> sql.Composed:
    parts = [
        sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(kind))
        for kind, value in zip(kinds, given, strict=True)
    ]
    return sql.SQL("SELECT {}({})::text").format(
        sql.Identifier(schema, name), sql.SQL(", ").join(parts)
    )
