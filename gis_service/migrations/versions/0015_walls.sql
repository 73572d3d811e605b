-- Where none is required and the destination was told.
ALTER TYPE nmis.permission_state ADD VALUE 'notified' AFTER 'none';

-- Whether the receiving state has to agree, by the day on which a batch is sent.
CREATE TABLE nmis.consent_regime (
    valid_from date NOT NULL PRIMARY KEY,
    regime text NOT NULL,
    reference text NOT NULL,
    CONSTRAINT consent_regime_known CHECK (regime IN ('required', 'notify', 'none'))
);
COMMENT ON TABLE nmis.consent_regime
    IS 'Whether the receiving state has to agree, from which day of sending on.';
INSERT INTO nmis.consent_regime (valid_from, regime, reference) VALUES
    ('2020-03-01', 'required',
     'sending and receiving states agree before people travel (to 19 May 2020)'),
    ('2020-05-20', 'notify',
     'the receiving state''s consent is required no more (from 19 May 2020 on)');

-- Officers of districts are kept to them by policies too.
ALTER TABLE nmis.movement_event
    ADD COLUMN origin_district smallint,
    ADD COLUMN destination_district smallint,
    ADD COLUMN requisitioned boolean;
ALTER TABLE vault.profile
    ADD COLUMN origin_district smallint,
    ADD COLUMN destination_district smallint;
UPDATE nmis.movement_event e
SET origin_district = m.origin_district,
    destination_district = m.destination_district,
    requisitioned = m.requisitioned
FROM nmis.movement m
WHERE (e.bucket, e.movement_id, e.travel_date)
    = (m.bucket, m.movement_id, m.travel_date);
UPDATE vault.profile p
SET origin_district = m.origin_district,
    destination_district = m.destination_district
FROM nmis.movement m
WHERE (p.bucket, p.person_id) = (m.bucket, m.person_id)
    AND p.purge_month = date_trunc('month', m.travel_date);
-- What no journey stands behind any more is of no district.
UPDATE nmis.movement_event
SET origin_district = 0, destination_district = 0, requisitioned = false
WHERE origin_district IS NULL;
UPDATE vault.profile SET origin_district = 0, destination_district = 0
WHERE origin_district IS NULL;
ALTER TABLE nmis.movement_event
    ALTER COLUMN origin_district SET NOT NULL,
    ALTER COLUMN destination_district SET NOT NULL,
    ALTER COLUMN requisitioned SET NOT NULL;
ALTER TABLE vault.profile
    ALTER COLUMN origin_district SET NOT NULL,
    ALTER COLUMN destination_district SET NOT NULL;

-- In the order that lists are read in, for each end that a reader may stand at.
CREATE INDEX movement_by_tenant ON nmis.movement (tenant, travel_date, movement_id);
CREATE INDEX movement_by_origin
    ON nmis.movement (origin_state, travel_date, movement_id);
CREATE INDEX movement_by_destination
    ON nmis.movement (destination_state, travel_date, movement_id);
CREATE INDEX movement_requisitioned ON nmis.movement (travel_date, movement_id)
    WHERE requisitioned;
-- Of those under way: what states on the way and stations ask for. No upload pays.
CREATE INDEX movement_under_way ON nmis.movement (travel_date, movement_id)
    WHERE stage IN ('departed', 'arrived');
CREATE INDEX movement_by_train
    ON nmis.movement (train_number, train_date, travel_date, movement_id)
    WHERE train_number IS NOT NULL;
-- Equal or not is all that is asked of it.
CREATE INDEX profile_by_mobile ON vault.profile USING hash (mobile_index);

-- Which policies stand (gis_service/walls.py makes them of policy.csv).
CREATE TABLE nmis.wall (
    digest text NOT NULL PRIMARY KEY,
    source text NOT NULL
);
COMMENT ON TABLE nmis.wall IS 'The digest of the policy that the policies were made of.';

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT ON nmis.consent_regime TO nmis_upload;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_officer') THEN
        GRANT USAGE ON SCHEMA nmis, vault, audit TO nmis_officer;
        GRANT EXECUTE ON FUNCTION audit.append TO nmis_officer;
        GRANT SELECT ON
            nmis.boundary_set, nmis.unit, nmis.unit_alias, nmis.unit_lineage,
            nmis.district_adjacency, nmis.corridor, nmis.route,
            nmis.subject_version, nmis.access_token, nmis.consent_regime,
            nmis.movement, nmis.movement_event, vault.profile, vault.data_key,
            nmis.flow_day, nmis.flow_delta, nmis.route_day
            TO nmis_officer;
        -- What an event changes.
        GRANT INSERT ON nmis.movement_event TO nmis_officer;
        GRANT UPDATE (stage, permission, requisitioned, train_number, train_date)
            ON nmis.movement TO nmis_officer;
        GRANT UPDATE (stage, permission, requisitioned) ON vault.profile
            TO nmis_officer;
        GRANT INSERT, UPDATE, DELETE ON nmis.flow_day, nmis.flow_delta, nmis.route_day
            TO nmis_officer;
        GRANT UPDATE ON nmis.subject_version TO nmis_officer;
    END IF;
END $$;
