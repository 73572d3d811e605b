"""The second wall alone: a login sees by its policies, whatever it asks."""

import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import (
    Connection,
    Table,
    create_engine,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import ProgrammingError

from boundaries.scope import Scope
from boundaries.tables import METADATA
from boundaries.wall import NotInTransaction, enter
from gis_service import walls
from gis_service.access import Officer
from gis_service.people_plane import eye, plane, today
from movements.own_request_tables import OWN_REQUEST
from movements.stage import PERMISSIONS
from movements.tables import (
    BATCH,
    BATCH_PEOPLE,
    MOVEMENT,
    MOVEMENT_EVENT,
    PERSON,
    PROFILE,
    SOURCE_REF,
)
from movements.tombstones import TOMBSTONE
from movements.unique_id import id_text
from tests.house.test_schema import IMPORTED
from tests.leaks.conftest import READERS
from tests.leaks.filling import bury, fill
from tests.leaks.oracle import Person, Reader, fields

PEOPLE = (MOVEMENT, MOVEMENT_EVENT, PROFILE, TOMBSTONE)
OWN = (PERSON, SOURCE_REF, BATCH, BATCH_PEOPLE)
# Every table behind the wall, as the code knows it.
assert IMPORTED  # the modules that make them
TABLES = {
    ((table.schema or "nmis"), table.name): table for table in METADATA.tables.values()
}


def officer(reader: Reader) -> Officer:
    """The reader as the service knows it."""
    districts = frozenset({reader.district}) if reader.district else None
    states = frozenset({reader.state}) if reader.state else frozenset()
    return Officer(reader.role, Scope(states, districts), reader.state, "test")


def scope(reader: Reader) -> dict[str, int]:
    """The sides that a reader stands at."""
    return dict(eye(officer(reader)).scope)


def people_of(db: Connection, table: Table) -> set[str]:
    """Whose rows of a table are there."""
    return {id_text(each) for each in db.execute(select(table.c.person_id)).scalars()}


def told(crowd, reader: Reader) -> set[str]:
    """Whom the policy lets a reader see, its limits of days left out."""
    return {p.id for p in crowd if fields(reader, p, today=today(), on_time=False)}


@pytest.mark.parametrize("table", PEOPLE, ids=lambda table: table.name)
def test_a_login_sees_the_rows_of_its_policies_alone(database, crowd, reader, table):
    seen = told(crowd, reader)
    if table is MOVEMENT_EVENT:
        seen &= {p.id for p in crowd if (p.stage, p.permission) != ("planned", "none")
                 or p.requisitioned}  # fmt: skip
    with getattr(database, plane(eye(officer(reader)))).connect() as db:
        enter(db, **scope(reader))
        found = people_of(db, table)
    if table in (MOVEMENT_EVENT, TOMBSTONE):
        # An event carries the stage that followed it; the journey has gone on since.
        assert found <= seen
    else:
        assert found == seen


@pytest.mark.parametrize("login", ["upload", "officer"])
def test_without_a_scope_there_are_no_rows(database, crowd, login):
    tables = PEOPLE if login == "officer" else (*PEOPLE, *OWN)
    with getattr(database, login).connect() as db:
        for table in tables:
            assert db.execute(select(func.count()).select_from(table)).scalar() == 0


@pytest.mark.parametrize("login", ["upload", "officer"])
def test_a_scope_ends_with_its_transaction(database, crowd, login):
    with getattr(database, login).connect() as db:
        enter(db, tenant=27, origin=27)
        assert people_of(db, MOVEMENT)
        db.rollback()
        assert not people_of(db, MOVEMENT)
        # The setting is '' now, and not NULL.
        assert db.execute(text("SELECT current_setting('nmis.tenant')")).scalar() == ""


def test_a_scope_set_anew_keeps_nothing_of_the_one_before(database, crowd):
    with database.officer.connect() as db:
        enter(db, origin=27, destination=27, transit=27, requisitions=1)
        enter(db, destination_district=196)
        assert people_of(db, MOVEMENT) == told(crowd, Reader("district", 10, 196)) - {
            p.id for p in crowd if p.origin[1] == 196
        }


def test_a_scope_is_of_integers_and_of_known_sides(database):
    with database.upload.connect() as db:
        with pytest.raises(ValueError, match="invalid literal"):
            enter(db, tenant="27; DROP TABLE nmis.movement")
        with pytest.raises(TypeError, match="no such side"):
            enter(db, everything=1)
    with database.read.connect() as db, pytest.raises(NotInTransaction):
        enter(db, tenant=27)


def test_no_other_login_reads_people(database):
    for login in ("read", "release", "audit", "access", "vault"):
        for table in (*PEOPLE, *OWN):
            with getattr(database, login).connect() as db:
                with pytest.raises(ProgrammingError) as refused:
                    db.execute(select(table).limit(1))
                assert isinstance(refused.value.orig, InsufficientPrivilege), login


def test_an_officer_changes_what_an_event_changes_and_nothing_else(database, crowd):
    with database.officer.connect() as db:
        enter(db, origin=27, destination=27)
        for column in ("tenant", "origin_state", "destination_state", "travel_date"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                db.execute(update(MOVEMENT).values({column: MOVEMENT.c[column]}))
            db.rollback()
            enter(db, origin=27, destination=27)
    with database.officer.connect() as db:
        enter(db, origin=32)
        done = db.execute(update(MOVEMENT).values(stage=MOVEMENT.c.stage))
        assert done.rowcount == 0


def test_a_tenant_writes_no_row_of_another(database, crowd):
    with database.upload.connect() as db:
        enter(db, tenant=27)
        row = {"tenant": 10, "bucket": 1, "person_id": "0" * 32,
               "created_at": func.now()}  # fmt: skip
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.execute(insert(PERSON).values(row))


def test_every_table_of_people_is_closed_to_its_owner_too(database, db):
    closed = (
        "SELECT n.nspname, c.relname FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relrowsecurity AND c.relforcerowsecurity"
    )
    names = {tuple(row) for row in db.execute(text(closed))}
    assert set(walls.PEOPLE) | set(walls.OWN) <= names


def test_partitions_are_read_through_their_parents_alone(database, crowd):
    child = text(f"SELECT 1 FROM nmis.movement_{today():%Y%m}")  # noqa: S608 - digits
    for login in ("upload", "officer"):
        with (
            getattr(database, login).connect() as db,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            db.execute(child)


def test_the_policies_are_those_of_the_file(database, db):
    found = {
        (row.schemaname, row.tablename, row.policyname, row.cmd)
        for row in db.execute(text("SELECT * FROM pg_policies"))
        if row.policyname != "owner"
    }
    made = {(*each.table, each.name, each.command) for each in walls.policies()}
    assert found == made


def test_words_of_the_policy_are_words_of_the_database(db):
    known = db.execute(text("SELECT enum_range(NULL::nmis.permission_state)::text"))
    assert known.scalar() == "{" + ",".join(PERMISSIONS) + "}"


@pytest.fixture(scope="module")
def filled(crowd, database, server) -> None:
    """Rows of two tenants in every table of a state's own work."""
    address = server.set(
        database=database.owner.url.database, drivername="postgresql+psycopg"
    )
    admin = create_engine(address)
    with admin.begin() as db:
        bury(db)
        for name in walls.OWN:
            fill(db, TABLES[name], 27, 9)
    admin.dispose()


SEEN_BY = (
    *("tenant", "stage", "permission", "requisitioned", "transit"),
    *("origin_state", "origin_district", "destination_state", "destination_district"),
)
MUTANTS = [
    pytest.param(policy, kind, id=f"{policy.table[1]}-{policy.name}-{kind}")
    for policy in walls.policies()
    if not policy.narrows  # test_wall_of_walk_ins.py
    if policy.name != "traced"  # test_wall_of_traces.py
    for kind in ("dropped", "open")
]


@pytest.mark.parametrize(("policy", "kind"), MUTANTS)
def test_a_policy_dropped_or_opened_is_noticed(database, filled, server, policy, kind):
    """The probes above fail for every single policy that is taken away."""
    admin = create_engine(
        server.set(
            database=database.owner.url.database, drivername="postgresql+psycopg"
        )
    )
    try:
        with admin.connect() as db:
            change = {
                "dropped": "DROP POLICY {name} ON {table}",
                "open": "ALTER POLICY {name} ON {table} USING (true)",
            }[kind]
            db.connection.cursor().execute(
                sql.SQL(change).format(
                    name=sql.Identifier(policy.name),
                    table=sql.Identifier(*policy.table),
                )
            )
            assert _noticed(db, policy)
            db.rollback()
    finally:
        admin.dispose()


def test_with_every_policy_nothing_is_noticed(database, filled, server):
    address = server.set(
        database=database.owner.url.database, drivername="postgresql+psycopg"
    )
    admin = create_engine(address)
    with admin.connect() as db:
        noticed = [policy.name for policy in walls.policies() if _noticed(db, policy)]
        db.rollback()
    admin.dispose()
    assert noticed == []


def _noticed(db: Connection, policy: walls.Policy) -> bool:
    """Whether some reader sees other rows of the policy's table than it may."""
    table = TABLES[policy.table]
    for reader in READERS:
        login = "nmis_" + plane(eye(officer(reader)))
        if policy.login == walls.VAULT and reader.role == "uploader":
            login = walls.VAULT  # a number is opened as of its tenant
        if login != policy.login:
            continue
        db.execute(text(f"SET LOCAL ROLE {policy.login}"))
        enter(db, **scope(reader))
        found = _found(db, table)
        db.execute(text("RESET ROLE"))
        enter(db)
        if found != _right(db, table, reader):
            return True
    return False


def _found(db: Connection, table: Table) -> int:
    # One column that every login of the table may read.
    return db.execute(select(func.count(table.c.tenant))).scalar_one()


def _handles(reader: Reader, row) -> bool:
    """Whether a request is of the reader's: by tenant, or where people depart from."""
    if reader.role == "uploader":
        return row["tenant"] == reader.state
    if reader.role not in ("state", "district"):
        return False
    if reader.district is not None:
        return row["origin_district"] == reader.district
    return row["origin_state"] == reader.state


def _right(db: Connection, table: Table, reader: Reader) -> int:
    """How many rows the policy file says a reader has, asked by a superuser."""
    names = [name for name in SEEN_BY if name in table.c]
    rows = db.execute(select(*(table.c[name] for name in names))).mappings().all()
    if "origin_state" not in table.c:
        return sum(row["tenant"] == reader.state for row in rows)
    if table is OWN_REQUEST:
        return sum(_handles(reader, row) for row in rows)

    def seen(row) -> bool:
        person = Person(
            at=0,
            tenant=row["tenant"],
            origin=(row["origin_state"], row["origin_district"]),
            destination=(row["destination_state"], row["destination_district"]),
            transit=tuple(row["transit"]),
            mode="",
            sent={},
            travel_date=today(),
            stage=row["stage"],
            permission=row["permission"],
            requisitioned=row["requisitioned"],
        )
        return bool(fields(reader, person, today=today(), on_time=False))

    return sum(map(seen, rows))
