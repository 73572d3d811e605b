CREATE TYPE nmis.permission_state AS ENUM (
    'none', 'requested', 'granted', 'refused', 'withdrawn'
);
CREATE TYPE nmis.journey_event AS ENUM (
    'permission_requested', 'permission_granted', 'permission_refused',
    'permission_withdrawn', 'requisitioned', 'departed', 'arrived', 'cancelled'
);

-- What plain policies need of a journey beside its stage, on every protected table.
ALTER TABLE nmis.movement
    ADD COLUMN permission nmis.permission_state NOT NULL DEFAULT 'none',
    ADD COLUMN requisitioned boolean NOT NULL DEFAULT false,
    ADD COLUMN train_number text,
    ADD COLUMN train_date date;
ALTER TABLE vault.profile
    ADD COLUMN permission nmis.permission_state NOT NULL DEFAULT 'none',
    ADD COLUMN requisitioned boolean NOT NULL DEFAULT false;
-- A person's journeys are found by the unique ID.
CREATE INDEX movement_by_person ON nmis.movement (bucket, person_id);

CREATE TABLE nmis.movement_event (
    bucket smallint NOT NULL,
    movement_id uuid NOT NULL,
    travel_date date NOT NULL,
    event_id uuid NOT NULL,
    person_id uuid NOT NULL,
    event nmis.journey_event NOT NULL,
    recorded_at timestamptz NOT NULL,
    tenant smallint NOT NULL,
    origin_state smallint NOT NULL,
    destination_state smallint NOT NULL,
    stage nmis.journey_stage NOT NULL,
    permission nmis.permission_state NOT NULL,
    transit smallint[] NOT NULL,
    by_role text NOT NULL,
    by_unit smallint,
    token_id text NOT NULL,
    train_number text,
    train_date date,
    reason text,
    PRIMARY KEY (bucket, movement_id, travel_date, event_id)
) PARTITION BY RANGE (travel_date);
COMMENT ON TABLE nmis.movement_event IS
    'What happened to journeys, in order; rows are added and never changed.';

CREATE OR REPLACE FUNCTION nmis.make_partitions(first date, last date) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    month date := date_trunc('month', first);
    following date;
    made integer := 0;
    parent text;
    child text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('nmis.make_partitions'));
    WHILE month <= last LOOP
        following := month + interval '1 month';
        FOREACH parent IN ARRAY
            ARRAY['nmis.movement', 'nmis.movement_event', 'vault.profile']
        LOOP
            child := format('%s_%s', parent, to_char(month, 'YYYYMM'));
            CONTINUE WHEN to_regclass(child) IS NOT NULL;
            EXECUTE format(
                'CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                child, parent, month, following
            );
            made := made + 1;
            CONTINUE WHEN parent <> 'nmis.movement';
            -- See migration 0010: nobody is told where people begin and end.
            EXECUTE format(
                'ALTER TABLE %s ALTER COLUMN origin SET STATISTICS 0,'
                ' ALTER COLUMN destination SET STATISTICS 0',
                child
            );
        END LOOP;
        month := following;
    END LOOP;
    RETURN made;
END $$;

-- Months that have journeys have a place for their events too.
DO $$
DECLARE
    first date;
    last date;
BEGIN
    SELECT min(to_date(right(relname, 6), 'YYYYMM')), max(to_date(right(relname, 6), 'YYYYMM'))
    INTO first, last
    FROM pg_class JOIN pg_inherits ON oid = inhrelid
    WHERE inhparent = 'nmis.movement'::regclass;
    IF first IS NOT NULL THEN
        PERFORM nmis.make_partitions(first, last);
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT, INSERT ON nmis.movement_event TO nmis_upload;
    END IF;
END $$;
