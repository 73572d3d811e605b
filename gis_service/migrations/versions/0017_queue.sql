-- How much of its allowance each caller has used. Rows of a moment: after a crash the
-- table is empty, and everybody begins anew.
CREATE UNLOGGED TABLE nmis.rate (
    name text NOT NULL,
    who bytea NOT NULL,
    full_at timestamptz NOT NULL,
    let_in boolean NOT NULL,
    PRIMARY KEY (name, who)
);
COMMENT ON TABLE nmis.rate IS 'When each caller''s allowance is whole again, by limit.';
CREATE INDEX rate_by_instant ON nmis.rate (full_at);

-- What a state's waiting bodies are sealed with: a key a day, gone with the last body.
CREATE TABLE nmis.queue_key (
    tenant smallint NOT NULL,
    made_on date NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (tenant, made_on)
);
COMMENT ON TABLE nmis.queue_key
    IS 'Wrapped keys of uploads that wait, by state and day.';

CREATE TABLE nmis.upload_job (
    tenant smallint NOT NULL,
    job_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK
        (state IN ('receiving', 'queued', 'working', 'done', 'refused', 'poison')),
    idempotency_key text,
    digest bytea NOT NULL,
    manner jsonb NOT NULL,
    media text NOT NULL,
    role text NOT NULL,
    token_id text,
    request_id text NOT NULL,
    key_made_on date NOT NULL,
    size bigint NOT NULL,
    sha256 bytea,
    expires_at timestamptz,
    rows_total integer,
    is_checked boolean NOT NULL DEFAULT false,
    rows_done integer NOT NULL DEFAULT 0,
    slices integer NOT NULL DEFAULT 0,
    attempts smallint NOT NULL DEFAULT 0,
    lease uuid,
    lease_until timestamptz,
    not_before timestamptz,
    ended_at timestamptz,
    reason_code text,
    reason text,
    PRIMARY KEY (tenant, job_id),
    UNIQUE (tenant, idempotency_key)
);
COMMENT ON TABLE nmis.upload_job IS 'Uploads that are worked off after they are answered.';
CREATE INDEX upload_job_open ON nmis.upload_job (state, created_at)
    WHERE state IN ('receiving', 'queued', 'working');

CREATE TABLE nmis.upload_part (
    tenant smallint NOT NULL,
    job_id uuid NOT NULL,
    part integer NOT NULL,
    size integer NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (tenant, job_id, part),
    FOREIGN KEY (tenant, job_id) REFERENCES nmis.upload_job ON DELETE CASCADE
);
COMMENT ON TABLE nmis.upload_part IS 'What has come of a waiting upload''s body.';

CREATE TABLE nmis.upload_piece (
    tenant smallint NOT NULL,
    job_id uuid NOT NULL,
    part integer NOT NULL,
    piece integer NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant, job_id, part, piece),
    FOREIGN KEY (tenant, job_id, part) REFERENCES nmis.upload_part ON DELETE CASCADE
);
COMMENT ON TABLE nmis.upload_piece IS 'Sealed bytes of a part, about 1 MB each.';
-- What is sealed cannot be made smaller; trying costs as much as storing it.
ALTER TABLE nmis.upload_piece ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE TABLE nmis.upload_slice (
    tenant smallint NOT NULL,
    job_id uuid NOT NULL,
    slice integer NOT NULL,
    first_row integer NOT NULL,
    rows integer NOT NULL,
    accepted integer NOT NULL,
    refused integer NOT NULL,
    batch_id uuid,
    receipt jsonb,
    PRIMARY KEY (tenant, job_id, slice),
    FOREIGN KEY (tenant, job_id) REFERENCES nmis.upload_job ON DELETE CASCADE
);
COMMENT ON TABLE nmis.upload_slice
    IS 'What became of an upload''s rows, 20,000 at a time: a batch, or what a trial says.';

CREATE TABLE nmis.upload_turn (
    tenant smallint PRIMARY KEY,
    served_at timestamptz NOT NULL
);
COMMENT ON TABLE nmis.upload_turn IS 'When each state''s uploads were last turned to.';

-- The next upload: of the state that has waited longest for its turn. A login sees one
-- state's uploads; which state is next can only be told by the tables' owner.
CREATE FUNCTION nmis.claim_upload(
    by_lease uuid, seconds double precision, OUT tenant smallint, OUT job_id uuid
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT j.tenant, j.job_id INTO claim_upload.tenant, claim_upload.job_id
    FROM nmis.upload_job j LEFT JOIN nmis.upload_turn t ON t.tenant = j.tenant
    WHERE (j.state = 'queued' AND j.not_before <= clock_timestamp())
        OR (j.state = 'working' AND j.lease_until < clock_timestamp())
    ORDER BY t.served_at NULLS FIRST, j.created_at, j.job_id
    LIMIT 1 FOR UPDATE OF j SKIP LOCKED;
    IF claim_upload.job_id IS NULL THEN
        RETURN;
    END IF;
    UPDATE nmis.upload_job j
    SET state = 'working', lease = by_lease, attempts = j.attempts + 1,
        lease_until = clock_timestamp() + make_interval(secs => seconds)
    WHERE j.tenant = claim_upload.tenant AND j.job_id = claim_upload.job_id;
    INSERT INTO nmis.upload_turn AS t
    VALUES (claim_upload.tenant, clock_timestamp())
    ON CONFLICT ON CONSTRAINT upload_turn_pkey DO UPDATE SET served_at = clock_timestamp();
END $$;

-- What waits of everybody, and whether another state's upload could be turned to.
CREATE FUNCTION nmis.uploads_waiting(
    of_tenant integer, OUT jobs bigint, OUT size bigint, OUT others boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*), coalesce(sum(j.size), 0)::bigint,
        coalesce(bool_or(j.tenant <> of_tenant AND j.state = 'queued'
            AND j.not_before <= clock_timestamp()), false)
    FROM nmis.upload_job j WHERE j.state IN ('receiving', 'queued', 'working')
$$;

-- Ends what was never completed, and destroys keys that no body needs any more.
CREATE FUNCTION nmis.sweep_uploads() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM nmis.upload_job
    WHERE state = 'receiving' AND expires_at < clock_timestamp();
    DELETE FROM nmis.queue_key k
    WHERE k.made_on < (clock_timestamp() AT TIME ZONE 'Asia/Kolkata')::date - 1
        AND NOT EXISTS (
            SELECT FROM nmis.upload_job j
            WHERE j.tenant = k.tenant AND j.key_made_on = k.made_on
                AND j.state IN ('receiving', 'queued', 'working'))
$$;

REVOKE ALL ON FUNCTION nmis.claim_upload, nmis.uploads_waiting, nmis.sweep_uploads
    FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON nmis.upload_job, nmis.upload_part,
            nmis.upload_piece, nmis.upload_slice TO nmis_upload;
        GRANT SELECT, INSERT ON nmis.queue_key TO nmis_upload;
        GRANT EXECUTE ON FUNCTION nmis.claim_upload, nmis.uploads_waiting,
            nmis.sweep_uploads TO nmis_upload;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_access') THEN
        GRANT USAGE ON SCHEMA nmis TO nmis_access;
        GRANT SELECT, INSERT, UPDATE, DELETE ON nmis.rate TO nmis_access;
    END IF;
END $$;
