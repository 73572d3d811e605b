CREATE TABLE nmis.mapping (
    tenant smallint NOT NULL,
    name text NOT NULL,
    entries jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, name)
);
COMMENT ON TABLE nmis.mapping IS
    'How a state''s own files spell our columns, words and districts.';

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON nmis.mapping TO nmis_upload;
    END IF;
END $$;
