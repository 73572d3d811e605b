ALTER TYPE audit.purpose ADD VALUE IF NOT EXISTS 'retention';

-- A month whose people go: planned while both instants are missing. Rows that come
-- into a month after its people went are another run.
CREATE TABLE nmis.purge_run (
    month date NOT NULL,
    run smallint NOT NULL,
    view_ends date NOT NULL,
    floor_ends date NOT NULL,
    archived_at timestamptz,
    destroyed_at timestamptz,
    PRIMARY KEY (month, run)
);
COMMENT ON TABLE nmis.purge_run IS
    'Months whose people go: when they leave view, when their archive ends.';

CREATE TABLE nmis.purge (
    month date NOT NULL,
    run smallint NOT NULL,
    step text NOT NULL,
    started timestamptz NOT NULL DEFAULT now(),
    done timestamptz,
    counts jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (month, run, step)
);
COMMENT ON TABLE nmis.purge IS 'How far each purge has come; a killed one goes on.';

-- Between two steps only. Without a month: those who asked to be erased.
CREATE TABLE nmis.purge_person (
    bucket smallint NOT NULL,
    person_id uuid NOT NULL,
    month date,
    run smallint,
    PRIMARY KEY (bucket, person_id)
);
COMMENT ON TABLE nmis.purge_person IS 'Who is being forgotten, while a purge works.';

CREATE TABLE nmis.purge_proof (
    month date NOT NULL,
    run smallint NOT NULL,
    phase text NOT NULL,
    statement text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (month, run, phase)
);
COMMENT ON TABLE nmis.purge_proof IS 'Signed statements of what was erased.';

CREATE TABLE nmis.erased (
    hash bytea NOT NULL PRIMARY KEY,
    gone date NOT NULL
);
COMMENT ON TABLE nmis.erased IS
    'Keyed hashes of unique IDs whose people are gone, so that this can be told.';

CREATE TABLE nmis.scrub (
    relation text NOT NULL PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE nmis.scrub IS 'Tables that hold dead rows of people, to be rewritten.';

CREATE TABLE vault.archive (
    month date NOT NULL,
    run smallint NOT NULL,
    key_id text NOT NULL,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (month, run)
);
COMMENT ON TABLE vault.archive IS
    'Keys of sealed archives, wrapped under the key-encryption key.';

CREATE TABLE vault.archive_part (
    month date NOT NULL,
    run smallint NOT NULL,
    of text NOT NULL,
    bucket smallint NOT NULL,
    rows integer NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (month, run, of, bucket)
);
COMMENT ON TABLE vault.archive_part IS
    'People out of view, sealed: lines of JSON of a table and bucket, with gzip.';
-- Compressed before it was sealed.
ALTER TABLE vault.archive_part ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Months in whose partitions anything was ever written.
CREATE FUNCTION nmis.written_months() RETURNS SETOF date
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT to_date(right(c.relname, 6), 'YYYYMM')
    FROM pg_class c JOIN pg_inherits i ON c.oid = i.inhrelid
    WHERE i.inhparent IN ('nmis.movement'::regclass, 'vault.profile'::regclass)
        AND pg_relation_size(c.oid) > 0
    ORDER BY 1
$$;

-- Readers go on, whoever writes into the month waits.
CREATE FUNCTION nmis.hold_month(month date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    parent text;
BEGIN
    FOREACH parent IN ARRAY
        ARRAY['nmis.movement', 'nmis.movement_event', 'vault.profile']
    LOOP
        EXECUTE format(
            'LOCK TABLE %s_%s IN SHARE MODE', parent, to_char(month, 'YYYYMM')
        );
    END LOOP;
END $$;

-- Files of a month are unlinked, statistics of its columns go; empty ones take over.
CREATE FUNCTION nmis.renew_month(month date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    parent text;
BEGIN
    FOREACH parent IN ARRAY
        ARRAY['nmis.movement', 'nmis.movement_event', 'vault.profile']
    LOOP
        EXECUTE format('DROP TABLE %s_%s', parent, to_char(month, 'YYYYMM'));
    END LOOP;
    PERFORM nmis.make_partitions(month, month);
END $$;

-- Removes whoever stands in purge_person for a month and run from every table that
-- names people beside those of the month, whichever there are, and marks each table.
-- Joined by hashes: row by row, 40,000 people took minutes.
CREATE FUNCTION nmis.forget_people(of_month date, of_run smallint) RETURNS jsonb
LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    found record;
    n bigint;
    counts jsonb := '{}';
BEGIN
    ANALYZE nmis.purge_person;
    FOR found IN
        SELECT format('%I.%I', s.nspname, c.relname) AS relation,
            EXISTS (
                SELECT FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'bucket' AND NOT a.attisdropped
            ) AS in_buckets
        FROM pg_class c
        JOIN pg_namespace s ON s.oid = c.relnamespace
        JOIN pg_attribute p ON p.attrelid = c.oid
        WHERE s.nspname IN ('nmis', 'vault', 'aadhaar')
            AND c.relkind = 'r' AND NOT c.relispartition
            AND c.relname <> 'purge_person'
            AND p.attname = 'person_id' AND p.atttypid = 'uuid'::regtype
            AND NOT p.attisdropped
        ORDER BY 1
    LOOP
        EXECUTE format(
            'DELETE FROM %s t USING nmis.purge_person g WHERE t.person_id = g.person_id'
            ' %s AND g.month IS NOT DISTINCT FROM $1 AND g.run IS NOT DISTINCT FROM $2',
            found.relation,
            CASE WHEN found.in_buckets THEN 'AND t.bucket = g.bucket' ELSE '' END
        ) USING of_month, of_run;
        GET DIAGNOSTICS n = ROW_COUNT;
        CONTINUE WHEN n = 0;
        counts := counts || jsonb_build_object(found.relation, n);
        INSERT INTO nmis.scrub (relation) VALUES (found.relation) ON CONFLICT DO NOTHING;
    END LOOP;
    n := nmis.forget_lists(of_month, of_run);
    IF n > 0 THEN
        counts := counts || jsonb_build_object('nmis.batch_people', n);
    END IF;
    DELETE FROM nmis.purge_person g
    WHERE g.month IS NOT DISTINCT FROM of_month AND g.run IS NOT DISTINCT FROM of_run;
    INSERT INTO nmis.scrub (relation) VALUES ('nmis.purge_person')
    ON CONFLICT DO NOTHING;
    RETURN counts;
END $$;

-- The same for lists of a batch's people; one that is empty goes, and with it what is
-- told of the batch's refused rows.
CREATE FUNCTION nmis.forget_lists(of_month date, of_run smallint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    CREATE TEMPORARY TABLE forgotten_list ON COMMIT DROP AS
    SELECT l.tenant, l.batch_id,
        count(g.person_id) AS gone,
        array_agg(p.row_number ORDER BY p.row_number)
            FILTER (WHERE g.person_id IS NULL) AS row_numbers,
        array_agg(p.source_ref ORDER BY p.row_number)
            FILTER (WHERE g.person_id IS NULL) AS source_refs,
        array_agg(p.person_id ORDER BY p.row_number)
            FILTER (WHERE g.person_id IS NULL) AS person_ids
    FROM nmis.batch_people l
    CROSS JOIN LATERAL unnest(l.row_numbers, l.source_refs, l.person_ids)
        AS p (row_number, source_ref, person_id)
    LEFT JOIN nmis.purge_person g ON g.person_id = p.person_id
        AND g.month IS NOT DISTINCT FROM of_month
        AND g.run IS NOT DISTINCT FROM of_run
    GROUP BY l.tenant, l.batch_id
    HAVING count(g.person_id) > 0;

    UPDATE nmis.batch_people l
    SET row_numbers = f.row_numbers, person_ids = f.person_ids,
        source_refs = CASE WHEN l.source_refs IS NOT NULL THEN f.source_refs END
    FROM forgotten_list f
    WHERE (l.tenant, l.batch_id) = (f.tenant, f.batch_id)
        AND f.person_ids IS NOT NULL;
    DELETE FROM nmis.batch_people l USING forgotten_list f
    WHERE (l.tenant, l.batch_id) = (f.tenant, f.batch_id) AND f.person_ids IS NULL;
    UPDATE nmis.batch b SET receipt = jsonb_set(b.receipt, '{faults}', '[]')
    FROM forgotten_list f
    WHERE (b.tenant, b.batch_id) = (f.tenant, f.batch_id) AND f.person_ids IS NULL;
    SELECT coalesce(sum(gone), 0) INTO n FROM forgotten_list;
    DROP TABLE forgotten_list;
    IF n > 0 THEN
        INSERT INTO nmis.scrub (relation) VALUES ('nmis.batch_people'), ('nmis.batch')
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN n;
END $$;

-- What ANALYZE kept of the words in a table. A type set anew, the same one, drops it
-- and rewrites nothing; of a table without rows ANALYZE itself would let it stand. A
-- partition's go with those of the whole.
CREATE FUNCTION nmis.forget_statistics(relation regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    words record;
BEGIN
    FOR words IN
        SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attrelid = relation AND NOT c.relispartition
            AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN
                ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'json'::regtype)
    LOOP
        EXECUTE format(
            'ALTER TABLE %s ALTER COLUMN %I TYPE %s', relation, words.attname, words.type
        );
    END LOOP;
END $$;

-- The log of changes goes on in its next file, whatever the file's size; whoever may
-- checkpoint can then let the files before go.
CREATE FUNCTION nmis.next_wal_file() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    mib CONSTANT integer := 1048576;
    file CONSTANT bigint := pg_size_bytes(current_setting('wal_segment_size'));
BEGIN
    FOR part IN 0..file / mib LOOP
        PERFORM pg_logical_emit_message(false, 'nmis', repeat(' ', mib));
    END LOOP;
END $$;

DO $$
BEGIN
    -- Everybody may know which months have ended; nobody but the owner reads archives.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_read') THEN
        GRANT SELECT ON nmis.purge_run TO nmis_read;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_officer') THEN
        GRANT SELECT ON nmis.erased TO nmis_officer;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT ON nmis.erased TO nmis_upload;
    END IF;
END $$;
