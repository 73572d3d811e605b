CREATE TYPE nmis.tombstone_kind AS ENUM ('withdrawn', 'superseded', 'erased');

-- What stays of a journey, or of a version of it, that is gone: that it was, and what
-- policies need to say who may be told. Nothing personal, no day.
CREATE TABLE nmis.tombstone (
    bucket smallint NOT NULL,
    person_id uuid NOT NULL,
    tombstone_id uuid NOT NULL,
    kind nmis.tombstone_kind NOT NULL,
    at timestamptz NOT NULL,
    by_role text NOT NULL,
    tenant smallint NOT NULL,
    origin_state smallint NOT NULL,
    destination_state smallint NOT NULL,
    origin_district smallint NOT NULL,
    destination_district smallint NOT NULL,
    transit smallint[] NOT NULL,
    stage nmis.journey_stage NOT NULL,
    permission nmis.permission_state NOT NULL,
    requisitioned boolean NOT NULL,
    successor uuid,
    batch_id uuid,
    fields text[],
    reason text,
    PRIMARY KEY (bucket, person_id, tombstone_id)
);
COMMENT ON TABLE nmis.tombstone IS
    'What stays of journeys that were withdrawn, corrected or erased.';

-- The sandbox of a state is the tenant of its negative code. Nothing of it stands at a
-- place that anybody answers for, on any list of the Railways, or under any mobile.
ALTER TABLE nmis.movement ADD CONSTRAINT movement_sandbox CHECK (
    tenant > 0 OR (
        origin_state < 0 AND destination_state < 0
        AND origin_district < 0 AND destination_district < 0
        AND 0 > ALL (transit) AND NOT requisitioned
    )
);
ALTER TABLE nmis.movement_event ADD CONSTRAINT movement_event_sandbox CHECK (
    tenant > 0 OR (
        origin_state < 0 AND destination_state < 0 AND 0 > ALL (transit)
        AND origin_district < 0 AND destination_district < 0 AND NOT requisitioned
    )
);
ALTER TABLE vault.profile ADD CONSTRAINT profile_sandbox CHECK (
    tenant > 0 OR (
        origin_state < 0 AND destination_state < 0 AND 0 > ALL (transit)
        AND origin_district < 0 AND destination_district < 0
        AND NOT requisitioned AND mobile_index IS NULL
    )
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT, INSERT ON nmis.tombstone TO nmis_upload;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_officer') THEN
        GRANT SELECT ON nmis.tombstone TO nmis_officer;
    END IF;
END $$;
