-- Rows of people who were erased because they asked: a state's nightly file names them
-- still. A keyed hash of the state and its own row id; gone when archives end.
CREATE TABLE nmis.erased_ref (
    hash bytea NOT NULL PRIMARY KEY,
    gone date NOT NULL
);
COMMENT ON TABLE nmis.erased_ref IS
    'Keyed hashes of row ids whose people were erased on request, so that they stay so.';

-- Takes whoever was sent again since their month was archived off the list of those who
-- are being forgotten; returns how many. Their row ids are locked first, in the order
-- in which uploads lock them: until the commit nobody else comes back.
CREATE FUNCTION nmis.keep_returned(of_month date, of_run smallint) RETURNS bigint
LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    n bigint;
BEGIN
    ANALYZE nmis.purge_person;
    PERFORM FROM nmis.source_ref r
    JOIN nmis.purge_person g ON (g.bucket, g.person_id) = (r.bucket, r.person_id)
    WHERE g.month = of_month AND g.run = of_run
    ORDER BY r.tenant, r.source_ref
    FOR UPDATE OF r;
    -- A statement of its own sees what was committed until the locks were had.
    DELETE FROM nmis.purge_person g
    WHERE g.month = of_month AND g.run = of_run AND (
        EXISTS (
            SELECT FROM nmis.movement m
            WHERE (m.bucket, m.person_id) = (g.bucket, g.person_id)
        )
        OR EXISTS (
            SELECT FROM vault.profile p
            WHERE (p.bucket, p.person_id) = (g.bucket, g.person_id)
        )
    );
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;

DO $$
BEGIN
    -- Uploads refuse days of months whose people are gone, and rows of who was erased.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT ON nmis.purge_run, nmis.erased_ref TO nmis_upload;
    END IF;
END $$;
