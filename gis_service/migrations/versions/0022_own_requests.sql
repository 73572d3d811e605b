-- What people ask of their own data, until it is answered and their month goes. Beside
-- the tenant, the columns that the policy of the origin's officers compares: no other
-- side handles requests. Once a person is erased, bucket, person, text and answer are
-- gone: that the request was done is all that stays.
CREATE TABLE nmis.own_request (
    tenant smallint NOT NULL,
    request_id uuid NOT NULL,
    bucket smallint,
    person_id uuid,
    origin_state smallint NOT NULL,
    origin_district smallint NOT NULL,
    kind text NOT NULL,
    wrapped_text bytea,
    proof bytea,
    state text NOT NULL,
    filed_at timestamptz NOT NULL DEFAULT now(),
    filed_by text NOT NULL,
    answered_at timestamptz,
    answered_by text,
    answer text,
    PRIMARY KEY (tenant, request_id),
    CONSTRAINT own_request_kind CHECK (kind IN ('access', 'correction', 'erasure')),
    CONSTRAINT own_request_state CHECK (state IN ('open', 'done', 'refused'))
);
COMMENT ON TABLE nmis.own_request IS
    'What people ask of their own data: access, correction, erasure.';
CREATE INDEX own_request_by_origin
    ON nmis.own_request (origin_state, state, filed_at, request_id);

-- Whoever calls shows that they know the unique ID and the mobile (its blind index)
-- that was sent for it; only then they learn under which state it is kept. No login
-- of the service may ask this by reading profiles without a scope.
CREATE FUNCTION nmis.own_place(of_bucket smallint, of_person uuid, of_mobile bytea)
RETURNS TABLE (tenant smallint, origin_state smallint, origin_district smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.tenant, p.origin_state, p.origin_district
    FROM vault.profile p
    WHERE p.bucket = of_bucket AND p.person_id = of_person
        AND p.mobile_index = of_mobile
    ORDER BY p.purge_month DESC LIMIT 1
$$;

-- The same for a request: its number, and the proof made of number and mobile.
CREATE FUNCTION nmis.own_request_told(of_request uuid, of_proof bytea)
RETURNS TABLE (
    kind text, state text, filed_at timestamptz, answered_at timestamptz, answer text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.kind, r.state, r.filed_at, r.answered_at, r.answer
    FROM nmis.own_request r
    WHERE r.request_id = of_request AND r.proof = of_proof
$$;

REVOKE ALL ON FUNCTION nmis.own_place, nmis.own_request_told FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT, INSERT ON nmis.own_request TO nmis_upload;
        GRANT EXECUTE ON FUNCTION nmis.own_place, nmis.own_request_told TO nmis_upload;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_officer') THEN
        GRANT SELECT, INSERT,
            UPDATE (state, answered_at, answered_by, answer)
            ON nmis.own_request TO nmis_officer;
    END IF;
END $$;
