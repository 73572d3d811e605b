CREATE SCHEMA audit;

CREATE TYPE audit.purpose AS ENUM
    ('permit', 'manifest', 'reception', 'trace', 'grievance', 'own_batch');

-- Who saw or wrote what of people, and what for. Nothing personal.
CREATE TABLE audit.entry (
    writer smallint NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    plane text NOT NULL,
    role text NOT NULL,
    token_id text,
    purpose audit.purpose NOT NULL,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject uuid,
    people uuid[] NOT NULL,
    n integer NOT NULL,
    request_id text NOT NULL,
    prev bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (writer, seq)
);
COMMENT ON TABLE audit.entry IS 'The audit log: one chain of hashes for each writer.';
CREATE INDEX entry_by_instant ON audit.entry (at, writer, seq);
-- Who saw me. A list of people is hundreds of keys: they wait, and go in together.
CREATE INDEX entry_by_person ON audit.entry USING gin (people)
    WITH (gin_pending_list_limit = 256);

CREATE TABLE audit.root (
    number bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    reason text NOT NULL,
    prev bytea NOT NULL,
    key_id text NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL
);
COMMENT ON TABLE audit.root IS 'Signed statements of how far the chains have come.';

CREATE TABLE audit.head (
    writer smallint NOT NULL,
    seq bigint NOT NULL,
    cut boolean NOT NULL,
    number bigint NOT NULL REFERENCES audit.root,
    hash bytea NOT NULL,
    PRIMARY KEY (writer, seq, cut)
);
COMMENT ON TABLE audit.head
    IS 'What a root says of a writer; up to a cut, entries may have been removed.';
CREATE INDEX head_by_number ON audit.head (number, cut, writer, seq);

-- A field of what is hashed: its length in four bytes, then itself; no value is
-- ffffffff. So no two lists of fields are the same bytes.
CREATE FUNCTION audit.field(value bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value IS NULL THEN '\xffffffff'::bytea
        ELSE int4send(octet_length(value)) || value
    END
$$;

-- The same in gis_service/audit/entry.py, held equal by tests.
CREATE FUNCTION audit.entry_hash(e audit.entry) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(
        audit.field('nmis.audit.entry.1')
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
    )
$$;

-- A transaction takes the first writer that no other has, and is the only one to go
-- on with its chain until it ends; then the next goes on from there. So none waits
-- for another, there are as many chains as transactions at once, and one that was
-- killed leaves nothing behind.
CREATE FUNCTION audit.free_writer() RETURNS smallint
LANGUAGE plpgsql AS $$
DECLARE
    most CONSTANT integer := 256;
BEGIN
    FOR tried IN 1..most LOOP
        IF pg_try_advisory_xact_lock(hashtext('nmis.audit'), tried) THEN
            RETURN tried;
        END IF;
    END LOOP;
    RAISE EXCEPTION 'audit: % transactions write entries already', most;
END $$;

CREATE FUNCTION audit.append(
    role text, token_id text, purpose text, action text, subject_kind text,
    subject uuid, people uuid[], n integer, request_id text,
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
    made.hash := audit.entry_hash(made);
    INSERT INTO audit.entry SELECT made.*;
    writer := made.writer;
    seq := made.seq;
END $$;

CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit: % of %.% is refused; the log only grows',
        TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME;
END $$;

CREATE FUNCTION audit.refuse_unless_cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM audit.head h
        WHERE h.writer = OLD.writer AND h.cut AND h.seq >= OLD.seq
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION
        'audit: entry % of writer % is kept; no signed root has given it up',
        OLD.seq, OLD.writer;
END $$;

CREATE TRIGGER entry_stays BEFORE UPDATE OR TRUNCATE ON audit.entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER entry_is_kept BEFORE DELETE ON audit.entry
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_unless_cut();
CREATE TRIGGER root_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.root
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER head_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.head
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT USAGE ON SCHEMA audit TO nmis_upload;
        GRANT EXECUTE ON FUNCTION audit.append TO nmis_upload;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_audit') THEN
        GRANT USAGE ON SCHEMA audit TO nmis_audit;
        GRANT SELECT ON audit.entry, audit.root, audit.head TO nmis_audit;
        GRANT INSERT ON audit.root, audit.head TO nmis_audit;
    END IF;
END $$;
