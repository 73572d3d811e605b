-- The protected release. Atoms are written once and never changed: an edition is a
-- week's atoms as they were published, and a release names one edition for each week.
CREATE TABLE nmis.release (
    release integer PRIMARY KEY,
    key_id text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);
COMMENT ON TABLE nmis.release IS 'Releases of protected flows; not published while made.';

CREATE TABLE nmis.release_week (
    release integer NOT NULL REFERENCES nmis.release,
    week date NOT NULL,
    edition integer NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (release, week)
);
COMMENT ON TABLE nmis.release_week IS 'Which edition of a week a release holds.';

CREATE TABLE nmis.flow_release (
    week date NOT NULL,
    edition integer NOT NULL,
    object_id bigint NOT NULL,
    level text NOT NULL,
    day date,
    mode nmis.travel_mode,
    origin_state smallint,
    origin smallint,
    destination_state smallint,
    destination smallint,
    n integer NOT NULL,
    PRIMARY KEY (week, edition, object_id)
);
COMMENT ON TABLE nmis.flow_release IS 'Published atoms of flows, about n journeys each.';

CREATE TABLE nmis.category_release (
    week date NOT NULL,
    edition integer NOT NULL,
    level text NOT NULL,
    origin_state smallint NOT NULL,
    category nmis.travel_category NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (week, edition, origin_state, category)
);
COMMENT ON TABLE nmis.category_release
    IS 'Published journeys by category; origin_state 0 is the rest of the country.';

-- Atoms that were drawn again before they were first published. Only who makes
-- releases may know which.
CREATE TABLE nmis.release_again (
    week date NOT NULL,
    level text NOT NULL,
    day date,
    mode nmis.travel_mode,
    category nmis.travel_category,
    origin_state smallint,
    origin smallint,
    destination_state smallint,
    destination smallint,
    counter integer NOT NULL
);
CREATE INDEX release_again_by_week ON nmis.release_again (week);
COMMENT ON TABLE nmis.release_again IS 'Draws that were made again before publication.';

INSERT INTO nmis.subject_version (subject, version) VALUES ('release', 0);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_read') THEN
        GRANT SELECT ON
            nmis.release, nmis.release_week, nmis.flow_release, nmis.category_release
            TO nmis_read;
    END IF;
END $$;
