"""The database logins that read maps and releases read no person, however they try.

Every table and view of every schema is tried by the login itself, with people in the
tables; all that answers is searched for them. Functions: ``test_login_functions.py``.
"""

import re

from psycopg import sql

from tests.attack.trying import plain_text, tried

# What each login may read of our own schemas; people, batches and the vault in neither.
PLACES = {
    "boundary_set",
    "unit",
    "unit_shape",
    "unit_alias",
    "unit_lineage",
    "subject_version",
}
PUBLISHED = {"release", "release_week", "flow_release", "category_release"}
RELEASE = PLACES | PUBLISHED
READ = PLACES | {
    "district_adjacency",
    "corridor",
    "route",
    "network_line",
    "flow_day",
    "flow_delta",
    "route_day",
    "access_token",
    "session",
    "account",
    # When what is told everybody of the end of data last ran.
    "purge_run",
    # What other portals publish.
    "portal_source",
    "portal_snapshot",
    "portal_value",
}
MAY = {"release": RELEASE, "read": READ}
OURS = ("nmis", "vault", "audit")
SYSTEM = ("pg_catalog", "information_schema", "pg_toast")
# Columns that are of people, whatever the table.
OF_PEOPLE = re.compile(
    "person|people|mobile|aadhaar|sealed|profile|tenant|source_ref|batch|bucket"
)


def test_a_login_is_nobody_who_may_do_more(login):
    plane, db = login
    role = db.execute(
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication,"
        " rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert role == (f"nmis_{plane}", False, False, False, False, False)
    assert db.execute(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " WHERE r.rolname = current_user"
    ).fetchone() == (0,)


def test_only_what_it_may_read_answers(login, ids):
    plane, db = login
    answered, held = set(), []
    for schema, name in db.execute(
        "SELECT n.nspname, c.relname FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 't')"
    ).fetchall():
        found = tried(db, _whole(schema, name))
        if found is None:
            continue
        if schema not in SYSTEM:
            answered.add((schema, name))
        text = plain_text(found)
        held += [(schema, name, each) for each in ids if each in text]
    assert held == []
    own = {name for schema, name in answered if schema in OURS}
    assert PLACES <= own <= MAY[plane]
    # PostGIS's own lists of coordinate systems and columns.
    assert {name for schema, name in answered if schema not in OURS} <= {
        "spatial_ref_sys",
        "geometry_columns",
        "geography_columns",
    }


def test_no_column_that_it_may_read_is_of_people(login):
    plane, db = login
    columns = db.execute(
        "SELECT c.relname, a.attname FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname IN ('nmis', 'vault', 'audit') AND a.attnum > 0"
        " AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND has_schema_privilege(n.oid, 'usage')"
        " AND has_column_privilege(c.oid, a.attnum, 'select')"
    ).fetchall()
    assert PLACES <= {name for name, _ in columns} <= MAY[plane]
    assert [each for each in columns if OF_PEOPLE.search(each[1])] == []


def test_it_may_write_nowhere(login):
    _, db = login
    found = db.execute(
        "SELECT n.nspname, c.relname, p.privilege FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace,"
        " unnest(ARRAY['insert', 'update', 'delete', 'truncate', 'references',"
        " 'trigger']) AS p (privilege)"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND has_table_privilege(c.oid, p.privilege)"
    ).fetchall()
    assert found == []
    for schema in (*OURS, "public"):
        assert not db.execute(
            "SELECT has_schema_privilege(%s, 'create')", [schema]
        ).fetchone()[0]


def test_it_cannot_make_partitions_or_read_files(login):
    _, db = login
    for statement in (
        "SELECT nmis.make_partitions('2030-01-01', '2030-02-01')",
        "SELECT pg_read_file('/etc/hostname')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT lo_import('/etc/hostname')",
        "SET ROLE nmis_owner",
        "SET SESSION AUTHORIZATION nmis_owner",
    ):
        assert tried(db, sql.SQL(statement)) is None, statement


def _whole(schema: str, name: str) -> sql.Composed:
    return sql.SQL("SELECT * FROM {} LIMIT 20000").format(sql.Identifier(schema, name))
