-- Versions of a month's data key, so that the month can be sealed anew.
ALTER TABLE vault.data_key
    ADD COLUMN version smallint NOT NULL DEFAULT 1,
    ADD CONSTRAINT data_key_version CHECK (version BETWEEN 1 AND 255);
ALTER TABLE vault.data_key
    ALTER COLUMN version DROP DEFAULT,
    DROP CONSTRAINT data_key_pkey,
    ADD PRIMARY KEY (purge_month, version);
COMMENT ON TABLE vault.data_key IS
    'Data keys by purge month, wrapped under the key-encryption key.';

-- Aadhaar numbers: uploads write them, the vault alone reads them.
CREATE SCHEMA aadhaar;
CREATE TABLE aadhaar.number (
    bucket smallint NOT NULL,
    person_id uuid NOT NULL,
    purge_month date NOT NULL,
    tenant smallint NOT NULL,
    reference uuid NOT NULL,
    sealed bytea NOT NULL,
    number_index bytea NOT NULL,
    PRIMARY KEY (bucket, person_id, purge_month)
);
COMMENT ON TABLE aadhaar.number IS
    'Aadhaar numbers, sealed; written by uploads, read by the vault alone.';
-- Not unique: a conflict would tell whoever uploads that a number is there.
CREATE INDEX number_by_index ON aadhaar.number (tenant, number_index);

CREATE TABLE aadhaar.data_key (
    purge_month date NOT NULL,
    version smallint NOT NULL,
    wrapped bytea NOT NULL,
    made_at timestamptz DEFAULT now(),
    PRIMARY KEY (purge_month, version),
    CONSTRAINT data_key_version CHECK (version BETWEEN 1 AND 255)
);
COMMENT ON TABLE aadhaar.data_key IS
    'Data keys of Aadhaar numbers by purge month, wrapped.';

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT USAGE ON SCHEMA aadhaar TO nmis_upload;
        GRANT INSERT, DELETE ON aadhaar.number TO nmis_upload;
        -- What a row is deleted by; neither the number nor its index.
        GRANT SELECT (bucket, person_id, purge_month, tenant) ON aadhaar.number
            TO nmis_upload;
        GRANT SELECT, INSERT ON aadhaar.data_key TO nmis_upload;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_vault') THEN
        GRANT USAGE ON SCHEMA aadhaar, audit TO nmis_vault;
        GRANT SELECT ON aadhaar.number, aadhaar.data_key TO nmis_vault;
        -- Who opens a number writes so in the same transaction.
        GRANT EXECUTE ON FUNCTION audit.append TO nmis_vault;
    END IF;
END $$;
