-- What people rode in; carriage is what all who rode in it have in common
-- (movements/vehicle.py). A walk-in arrived on no list and was registered there.
ALTER TABLE nmis.movement
    ADD COLUMN vehicle text,
    ADD COLUMN carriage uuid,
    ADD COLUMN walk_in boolean NOT NULL DEFAULT false;
ALTER TABLE nmis.movement_event ADD COLUMN vehicle text;
CREATE INDEX movement_by_carriage ON nmis.movement (carriage)
    WHERE carriage IS NOT NULL;

-- Who asked for somebody's contacts, for which case, and who approved it beyond the
-- quota of a day. It says nothing of whom was asked for.
CREATE TABLE nmis.trace (
    trace_id uuid NOT NULL PRIMARY KEY,
    asker text NOT NULL,
    case_ref text NOT NULL,
    day date NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL
        CHECK (state IN ('answered', 'waiting', 'approved', 'declined', 'used')),
    decided_by text CHECK (decided_by <> asker),
    decided_at timestamptz,
    -- Nobody's question is approved, declined or used without a second one's word.
    CONSTRAINT trace_decided CHECK (
        (state IN ('approved', 'declined', 'used'))
        = (decided_by IS NOT NULL AND decided_at IS NOT NULL)
    )
);
CREATE INDEX trace_by_asker ON nmis.trace (asker, day);
COMMENT ON TABLE nmis.trace IS
    'Questions for contacts, by asker and day; not whom they were about.';

-- For which case people were traced. Entries that have none are hashed as before.
ALTER TABLE audit.entry ADD COLUMN case_ref text;
CREATE OR REPLACE FUNCTION audit.entry_hash(e audit.entry) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(
        audit.field(
            CASE WHEN e.case_ref IS NULL THEN 'nmis.audit.entry.1'::bytea
            ELSE 'nmis.audit.entry.2'::bytea END
        )
        || audit.field(int8send(e.writer::bigint))
        || audit.field(int8send(e.seq))
        || audit.field(int8send((extract(epoch FROM e.at) * 1000000)::bigint))
        || audit.field(convert_to(e.plane, 'UTF8'))
        || audit.field(convert_to(e.role, 'UTF8'))
        || audit.field(convert_to(e.token_id, 'UTF8'))
        || audit.field(convert_to(e.purpose::text, 'UTF8'))
        || audit.field(convert_to(e.action, 'UTF8'))
        || audit.field(convert_to(e.subject_kind, 'UTF8'))
        || audit.field(uuid_send(e.subject))
        || audit.field(decode(replace(array_to_string(e.people, ''), '-', ''), 'hex'))
        || audit.field(int8send(e.n::bigint))
        || audit.field(convert_to(e.request_id, 'UTF8'))
        || audit.field(e.prev)
        || CASE WHEN e.case_ref IS NULL THEN ''::bytea
           ELSE audit.field(convert_to(e.case_ref, 'UTF8')) END
    )
$$;

-- As before, with the case; who names none calls it as before.
DROP FUNCTION audit.append;
CREATE FUNCTION audit.append(
    role text, token_id text, purpose text, action text, subject_kind text,
    subject uuid, people uuid[], n integer, request_id text,
    case_ref text DEFAULT NULL,
    OUT writer smallint, OUT seq bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made audit.entry;
    last record;
BEGIN
    -- The others would not see what the writer's last transaction committed.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'audit: entries are written in READ COMMITTED only';
    END IF;
    made.writer := audit.free_writer();
    SELECT e.seq, e.hash INTO last FROM audit.entry e
        WHERE e.writer = made.writer ORDER BY e.seq DESC LIMIT 1;
    made.seq := coalesce(last.seq, 0) + 1;
    made.prev := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    made.at := clock_timestamp();
    made.plane := session_user;
    made.role := append.role;
    made.token_id := append.token_id;
    made.purpose := append.purpose::audit.purpose;
    made.action := append.action;
    made.subject_kind := append.subject_kind;
    made.subject := append.subject;
    made.people := append.people;
    made.n := append.n;
    made.request_id := append.request_id;
    made.case_ref := append.case_ref;
    made.hash := audit.entry_hash(made);
    INSERT INTO audit.entry SELECT made.*;
    writer := made.writer;
    seq := made.seq;
END $$;
REVOKE ALL ON FUNCTION audit.append FROM PUBLIC;

DO $$
DECLARE
    writes text;
BEGIN
    FOREACH writes IN ARRAY ARRAY['nmis_upload', 'nmis_officer', 'nmis_vault'] LOOP
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = writes) THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION audit.append TO %I', writes);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_officer') THEN
        GRANT UPDATE (vehicle, carriage) ON nmis.movement TO nmis_officer;
        GRANT SELECT, INSERT, UPDATE (state, decided_by, decided_at)
            ON nmis.trace TO nmis_officer;
    END IF;
END $$;
