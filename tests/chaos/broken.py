"""What must be true of the tables at every instant, as questions that find nothing.

Each counts what breaks it. They are asked in one transaction of one instant, while
batches come in or not.
"""

import psycopg

from tests.chaos.broken_queue import BROKEN_QUEUE

# Only while none has been forgotten, which bases of the cube make needless.
DELTAS = "changes of flows that do not add up to flow_day"
_FLOOR = "SELECT version FROM nmis.subject_version WHERE subject = 'flow_floor'"

BROKEN = {
    "people without exactly one journey": """
        SELECT count(*) FROM
            (SELECT person_id, count(*) AS n FROM nmis.movement GROUP BY 1) AS moved
        FULL JOIN nmis.person USING (person_id)
        WHERE moved.n IS DISTINCT FROM 1 OR person.person_id IS NULL""",
    "people without exactly one profile": """
        SELECT count(*) FROM
            (SELECT person_id, count(*) AS n FROM vault.profile GROUP BY 1) AS sealed
        FULL JOIN nmis.person USING (person_id)
        WHERE sealed.n IS DISTINCT FROM 1 OR person.person_id IS NULL""",
    "profiles in another month than their journey, or of other ends": """
        SELECT count(*) FROM vault.profile
        JOIN nmis.movement USING (bucket, person_id)
        WHERE purge_month <> date_trunc('month', travel_date)::date
           OR (profile.tenant, profile.origin_district, profile.destination_district)
           <> (movement.tenant, movement.origin_district,
               movement.destination_district)""",
    "profiles of a month without a key": """
        SELECT count(*) FROM vault.profile
        LEFT JOIN vault.data_key USING (purge_month)
        WHERE data_key.purge_month IS NULL""",
    "references of another journey than theirs": """
        SELECT count(*) FROM nmis.source_ref AS ref
        FULL JOIN (SELECT * FROM nmis.movement WHERE source_ref IS NOT NULL) AS moved
            ON (ref.tenant, ref.source_ref, ref.bucket, ref.person_id,
                ref.movement_id, ref.travel_date)
             = (moved.tenant, moved.source_ref, moved.bucket, moved.person_id,
                moved.movement_id, moved.travel_date)
        WHERE ref.source_ref IS NULL OR moved.source_ref IS NULL""",
    "journeys of a batch that is not there": """
        SELECT count(*) FROM nmis.movement LEFT JOIN nmis.batch USING (tenant, batch_id)
        WHERE batch.batch_id IS NULL""",
    "receipts that differ from their batch": """
        SELECT count(*) FROM nmis.batch
        WHERE rows <> accepted + refused OR receipt->>'batch' <> batch_id::text
           OR (receipt->>'accepted')::int <> accepted
           OR accepted <> (receipt->>'new')::int + (receipt->>'updated')::int
                          + (receipt->>'unchanged')::int""",
    "new people told by receipts, less those that are there": """
        SELECT abs((SELECT coalesce(sum((receipt->>'new')::int), 0) FROM nmis.batch)
                   - (SELECT count(*) FROM nmis.person))""",
    "batches whose list of people is short or long": """
        SELECT count(*) FROM nmis.batch
        FULL JOIN nmis.batch_people AS listed USING (tenant, batch_id)
        WHERE batch.accepted IS DISTINCT FROM cardinality(listed.person_ids)
           OR cardinality(row_numbers) IS DISTINCT FROM cardinality(person_ids)""",
    "people in no list, or listed and not there": """
        SELECT count(*) FROM
            (SELECT DISTINCT unnest(person_ids) AS person_id
             FROM nmis.batch_people) AS listed
        FULL JOIN nmis.person USING (person_id)
        WHERE person.person_id IS NULL OR listed.person_id IS NULL""",
    "rows of flow_day that are not the count of their journeys": """
        SELECT count(*) FROM
            (SELECT origin_district AS origin, destination_district AS destination,
                    travel_date AS day, mode, category, stage AS status,
                    origin_state, destination_state, count(*) AS n
             FROM nmis.movement GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) AS moved
        FULL JOIN nmis.flow_day AS flow
            USING (origin, destination, day, mode, category, status,
                   origin_state, destination_state)
        WHERE moved.n IS DISTINCT FROM flow.n""",
    "rows of route_day that are not the count of their journeys": """
        SELECT count(*) FROM
            (SELECT route_id, travel_date AS day, category, stage AS status,
                    count(*) AS n FROM nmis.movement GROUP BY 1, 2, 3, 4) AS moved
        FULL JOIN (SELECT * FROM nmis.route_day WHERE n <> 0) AS flow
            USING (route_id, day, category, status)
        WHERE moved.n IS DISTINCT FROM flow.n""",
    DELTAS: """
        SELECT count(*) FROM
            (SELECT origin, destination, day, mode, category, status, sum(n) AS n
             FROM nmis.flow_delta GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0) AS added
        FULL JOIN nmis.flow_day AS flow
            USING (origin, destination, day, mode, category, status)
        WHERE added.n IS DISTINCT FROM flow.n""",
    "batches without exactly one entry of the audit log": """
        SELECT count(*) FROM nmis.batch FULL JOIN
            (SELECT subject AS batch_id, count(*) AS entries, max(n) AS n
             FROM audit.entry WHERE action = 'batch.accept' GROUP BY 1) AS told
            USING (batch_id)
        WHERE told.entries IS DISTINCT FROM 1
           OR batch.accepted IS DISTINCT FROM told.n""",
}


def broken(db: psycopg.Connection, *, floor: int | None = None) -> dict[str, int]:
    """How often each rule is broken.

    Args:
        db: a superuser's connection, in REPEATABLE READ where others write.
        floor: ``forgotten(db)`` of the beginning, where changes may be forgotten since.
    """
    asked = BROKEN | BROKEN_QUEUE
    found = {name: _one(db, question) for name, question in asked.items()}
    if floor is not None and _one(db, _FLOOR) != floor:
        del found[DELTAS]
    return found


def forgotten(db: psycopg.Connection) -> int:
    """The version of the flows up to which changes are not kept."""
    return _one(db, _FLOOR)


def _one(db: psycopg.Connection, question: str) -> int:
    row = db.execute(question.encode()).fetchone()
    assert row is not None
    return int(row[0])
