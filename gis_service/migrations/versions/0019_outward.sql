-- How far each state's platform has been pulled (gis_service/connectors).
CREATE TABLE nmis.connector (
    tenant smallint NOT NULL PRIMARY KEY,
    run_id uuid,
    pages integer NOT NULL,
    place jsonb,
    since text,
    since_next text,
    due_at timestamptz NOT NULL,
    pulled_at timestamptz,
    failures integer NOT NULL,
    failing_since timestamptz,
    failure text
);
COMMENT ON TABLE nmis.connector IS 'How far each state''s own platform has been pulled.';

CREATE TABLE nmis.connector_page (
    tenant smallint NOT NULL,
    run_id uuid NOT NULL,
    page integer NOT NULL,
    batch_id uuid NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now(),
    rows integer NOT NULL,
    accepted integer NOT NULL,
    refused integer NOT NULL,
    PRIMARY KEY (tenant, run_id, page)
);
COMMENT ON TABLE nmis.connector_page IS 'The batch that each pulled page became.';

-- Whom a state wants told of its batches and its people, and what waits to be told.
CREATE TABLE nmis.webhook (
    tenant smallint NOT NULL,
    webhook_id uuid NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    failing_since timestamptz,
    failure text,
    disabled_at timestamptz,
    disabled_reason text,
    PRIMARY KEY (tenant, webhook_id)
);
COMMENT ON TABLE nmis.webhook IS 'Addresses that states want told; the secret is wrapped.';

CREATE TABLE nmis.webhook_message (
    tenant smallint NOT NULL,
    webhook_id uuid NOT NULL,
    message_id uuid NOT NULL,
    event text NOT NULL,
    body jsonb NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    failure text,
    PRIMARY KEY (tenant, webhook_id, message_id),
    FOREIGN KEY (tenant, webhook_id) REFERENCES nmis.webhook ON DELETE CASCADE,
    CONSTRAINT webhook_message_state CHECK (state IN ('waiting', 'delivered', 'dead'))
);
COMMENT ON TABLE nmis.webhook_message
    IS 'The outbox: written with what it tells. Counts and ids of batches, no person.';
CREATE INDEX webhook_message_due ON nmis.webhook_message (due_at)
    WHERE state = 'waiting';
CREATE INDEX webhook_message_ended ON nmis.webhook_message (ended_at)
    WHERE state <> 'waiting';

-- Puts a message in the outbox for every webhook of a state that asked for its event.
-- Whoever records an event may not see the state's webhooks, so this sees them alone.
CREATE FUNCTION nmis.tell_webhooks(
    of_tenant smallint, message uuid, of_event text, told jsonb
) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH made AS (
        INSERT INTO nmis.webhook_message
            (tenant, webhook_id, message_id, event, body, state, ended_at, failure)
        SELECT w.tenant, w.webhook_id, message, of_event, told,
            CASE WHEN w.disabled_at IS NULL THEN 'waiting' ELSE 'dead' END,
            CASE WHEN w.disabled_at IS NULL THEN NULL ELSE now() END,
            CASE WHEN w.disabled_at IS NULL THEN NULL ELSE 'the webhook is disabled' END
        FROM nmis.webhook w
        WHERE w.tenant = of_tenant AND of_event = ANY (w.events)
        RETURNING 1)
    SELECT count(*) FROM made
$$;
REVOKE ALL ON FUNCTION nmis.tell_webhooks FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT SELECT, INSERT, UPDATE ON nmis.connector TO nmis_upload;
        GRANT SELECT, INSERT ON nmis.connector_page TO nmis_upload;
        -- All but the secret, which only the deliverer opens.
        GRANT SELECT (tenant, webhook_id, url, events, created_at, delivered_at,
                failing_since, failure, disabled_at, disabled_reason),
            INSERT, DELETE,
            UPDATE (failing_since, failure, disabled_at, disabled_reason)
            ON nmis.webhook TO nmis_upload;
        GRANT SELECT, UPDATE (state, attempts, due_at, ended_at, failure)
            ON nmis.webhook_message TO nmis_upload;
        GRANT EXECUTE ON FUNCTION nmis.tell_webhooks TO nmis_upload;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_officer') THEN
        GRANT EXECUTE ON FUNCTION nmis.tell_webhooks TO nmis_officer;
    END IF;
END $$;
