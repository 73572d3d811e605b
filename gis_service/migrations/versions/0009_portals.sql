-- What was fetched: kept until a later answer of the same source is as good.
CREATE TABLE nmis.portal_snapshot (
    snapshot_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    checked_at timestamptz NOT NULL DEFAULT now(),
    data_date date,
    digest bytea NOT NULL,
    district_set text NOT NULL,
    rows integer NOT NULL,
    matched integer NOT NULL,
    unmatched integer NOT NULL,
    faults jsonb NOT NULL,
    attribution text NOT NULL,
    licence text NOT NULL
);
COMMENT ON TABLE nmis.portal_snapshot IS 'Answers of portals that could be used.';

CREATE TABLE nmis.portal_value (
    snapshot_id bigint NOT NULL REFERENCES nmis.portal_snapshot ON DELETE CASCADE,
    code smallint NOT NULL,
    day date,
    counts jsonb NOT NULL,
    PRIMARY KEY (snapshot_id, code)
);
COMMENT ON TABLE nmis.portal_value IS 'What a snapshot tells of each district.';

CREATE TABLE nmis.portal_source (
    name text PRIMARY KEY,
    url text NOT NULL,
    dialect text NOT NULL,
    fields jsonb NOT NULL,
    date_format text,
    networks text[] NOT NULL,
    ports integer[] NOT NULL,
    token_file text,
    attribution text NOT NULL,
    licence text NOT NULL,
    public boolean NOT NULL,
    refresh_hours integer NOT NULL,
    due_at timestamptz NOT NULL DEFAULT now(),
    tried_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    failure text,
    etag text,
    last_modified text,
    snapshot_id bigint REFERENCES nmis.portal_snapshot
);
COMMENT ON TABLE nmis.portal_source
    IS 'Registered sources: where each is, and how its last tries went.';

INSERT INTO nmis.subject_version (subject, version) VALUES ('portals', 0);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_read') THEN
        GRANT SELECT ON nmis.portal_snapshot, nmis.portal_value TO nmis_read;
        GRANT SELECT (name, public, refresh_hours, tried_at, failing_since, snapshot_id)
            ON nmis.portal_source TO nmis_read;
    END IF;
END $$;
