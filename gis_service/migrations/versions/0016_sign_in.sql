-- Whose a token is: a person's own, a system's, or one that several share.
ALTER TABLE nmis.access_token
    ADD COLUMN kind text NOT NULL DEFAULT 'personal'
        CHECK (kind IN ('personal', 'machine', 'shared')),
    ADD COLUMN replaces text;
COMMENT ON COLUMN nmis.access_token.replaces IS 'The token that this one takes over from.';
UPDATE nmis.access_token SET kind = 'machine' WHERE role IN ('uploader', 'operator');

-- Officers who sign in as themselves. One from an OIDC provider has no password here.
CREATE TABLE nmis.account (
    account_id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('local', 'oidc')),
    name text NOT NULL UNIQUE,
    role text,
    state_code smallint,
    district_code smallint,
    password text,
    totp bytea,
    totp_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    CHECK ((kind = 'local') = (password IS NOT NULL AND totp IS NOT NULL)),
    -- What one of a provider may do is what the provider says at each sign-in.
    CHECK ((kind = 'local') = (role IS NOT NULL))
);
COMMENT ON TABLE nmis.account
    IS 'Officers: an argon2 hash, a sealed TOTP secret and its last step used.';

-- Whoever is signed in. The id itself is in the browser only; here is its hash.
CREATE TABLE nmis.session (
    hash bytea PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('token', 'local', 'oidc')),
    token_id text REFERENCES nmis.access_token ON DELETE CASCADE,
    account_id text REFERENCES nmis.account ON DELETE CASCADE,
    role text NOT NULL,
    state_code smallint,
    district_code smallint,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    fresh_until timestamptz,
    CHECK ((kind = 'token') = (token_id IS NOT NULL)),
    CHECK ((kind = 'token') = (account_id IS NULL))
);
COMMENT ON TABLE nmis.session IS 'Sessions of the pages, by the hash of their id.';
CREATE INDEX session_by_expiry ON nmis.session (expires_at);

-- Sign-ins tried since the last that went well, by a keyed hash of the name given:
-- also of names that nobody has, which so look the same.
CREATE TABLE nmis.sign_in_attempt (
    name_hash bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL
);
COMMENT ON TABLE nmis.sign_in_attempt IS 'How often sign-ins went wrong, and when last.';
CREATE INDEX sign_in_attempt_by_instant ON nmis.sign_in_attempt (last_at);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_read') THEN
        GRANT SELECT ON nmis.session TO nmis_read;
        GRANT SELECT (account_id, disabled_at) ON nmis.account TO nmis_read;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_access') THEN
        GRANT USAGE ON SCHEMA nmis TO nmis_access;
        GRANT SELECT, INSERT, UPDATE, DELETE
            ON nmis.session, nmis.sign_in_attempt TO nmis_access;
        -- It notes officers of a provider, and gives nobody a password or a role.
        GRANT SELECT ON nmis.account TO nmis_access;
        GRANT INSERT (account_id, kind, name) ON nmis.account TO nmis_access;
        GRANT UPDATE (totp_step) ON nmis.account TO nmis_access;
    END IF;
END $$;
