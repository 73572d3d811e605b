-- Workers read deltas alone, so these carry what FLOW_DAY's rows carry. The deltas so
-- far do not; they are in FLOW_DAY, from which the first base is made.
TRUNCATE nmis.flow_delta;
ALTER TABLE nmis.flow_delta
    ADD COLUMN origin_state smallint NOT NULL,
    ADD COLUMN destination_state smallint NOT NULL;

-- flow_epoch: another number, another history of flows (a restored or rebuilt
-- database); no file made of one is used for the other.
-- flow_floor: deltas up to this version are gone.
INSERT INTO nmis.subject_version (subject, version)
SELECT 'flow_epoch', ('x' || substr(md5(gen_random_uuid()::text), 1, 13))::bit(52)::bigint
UNION ALL
SELECT 'flow_floor', version FROM nmis.subject_version WHERE subject = 'flows';
