CREATE EXTENSION IF NOT EXISTS postgis;
CREATE SCHEMA IF NOT EXISTS vault;

CREATE TYPE nmis.unit_level AS ENUM ('state', 'district');
CREATE TYPE nmis.travel_mode AS ENUM ('train', 'bus');
CREATE TYPE nmis.travel_category AS ENUM
    ('labour', 'student', 'tourist', 'pilgrim', 'other');
CREATE TYPE nmis.journey_stage AS ENUM
    ('planned', 'permitted', 'departed', 'arrived', 'cancelled');
CREATE TYPE nmis.located_by AS ENUM ('given', 'pin', 'district');

CREATE TABLE nmis.access_token (
    token_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    role TEXT NOT NULL,
    state_code SMALLINT,
    district_code SMALLINT,
    label TEXT NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (token_id)
);

CREATE TABLE nmis.batch (
    tenant SMALLINT NOT NULL,
    batch_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    idempotency_key TEXT,
    digest BYTEA NOT NULL,
    rows INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    synthetic BOOLEAN NOT NULL,
    receipt JSONB NOT NULL,
    PRIMARY KEY (tenant, batch_id),
    UNIQUE (tenant, idempotency_key)
);

CREATE TABLE nmis.batch_people (
    tenant SMALLINT NOT NULL,
    batch_id UUID NOT NULL,
    row_numbers INTEGER[] NOT NULL,
    source_refs TEXT[],
    person_ids UUID[] NOT NULL,
    PRIMARY KEY (tenant, batch_id)
);

CREATE TABLE nmis.boundary_set (
    set_id TEXT NOT NULL,
    level nmis.unit_level NOT NULL,
    title TEXT NOT NULL,
    publisher TEXT NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    depiction TEXT NOT NULL,
    quality TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    active BOOLEAN DEFAULT false NOT NULL,
    report JSONB NOT NULL,
    loaded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (set_id)
);

CREATE TABLE nmis.corridor (
    corridor_id UUID NOT NULL,
    states SMALLINT[] NOT NULL,
    geom geometry(MULTIPOLYGON,4326) NOT NULL,
    PRIMARY KEY (corridor_id)
);
CREATE INDEX idx_corridor_geom ON nmis.corridor USING gist (geom);

CREATE TABLE nmis.district_adjacency (
    set_id TEXT NOT NULL,
    a SMALLINT NOT NULL,
    b SMALLINT NOT NULL,
    border_km FLOAT NOT NULL,
    distance_km FLOAT NOT NULL,
    by_sea BOOLEAN NOT NULL,
    crossing geometry(POINT,4326) NOT NULL,
    PRIMARY KEY (set_id, a, b),
    FOREIGN KEY(set_id) REFERENCES nmis.boundary_set (set_id) ON DELETE CASCADE
);

CREATE TABLE nmis.flow_day (
    origin SMALLINT NOT NULL,
    destination SMALLINT NOT NULL,
    day DATE NOT NULL,
    mode nmis.travel_mode NOT NULL,
    category nmis.travel_category NOT NULL,
    status nmis.journey_stage NOT NULL,
    origin_state SMALLINT NOT NULL,
    destination_state SMALLINT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (origin, destination, day, mode, category, status)
);
CREATE INDEX flow_day_by_day ON nmis.flow_day (day);

CREATE TABLE nmis.flow_delta (
    version BIGINT NOT NULL,
    origin SMALLINT NOT NULL,
    destination SMALLINT NOT NULL,
    day DATE NOT NULL,
    mode nmis.travel_mode NOT NULL,
    category nmis.travel_category NOT NULL,
    status nmis.journey_stage NOT NULL,
    n INTEGER NOT NULL
);
CREATE INDEX ix_nmis_flow_delta_version ON nmis.flow_delta (version);

CREATE TABLE nmis.movement (
    bucket SMALLINT NOT NULL,
    movement_id UUID NOT NULL,
    travel_date DATE NOT NULL,
    person_id UUID NOT NULL,
    tenant SMALLINT NOT NULL,
    batch_id UUID NOT NULL,
    row_number INTEGER NOT NULL,
    source_ref TEXT,
    category nmis.travel_category NOT NULL,
    mode nmis.travel_mode NOT NULL,
    stage nmis.journey_stage NOT NULL,
    origin_district SMALLINT NOT NULL,
    destination_district SMALLINT NOT NULL,
    origin_state SMALLINT NOT NULL,
    destination_state SMALLINT NOT NULL,
    transit SMALLINT[] NOT NULL,
    route_states SMALLINT[] NOT NULL,
    route_id UUID NOT NULL,
    origin geometry(POINT,4326) NOT NULL,
    destination geometry(POINT,4326) NOT NULL,
    origin_located nmis.located_by NOT NULL,
    destination_located nmis.located_by NOT NULL,
    PRIMARY KEY (bucket, movement_id, travel_date)
) PARTITION BY RANGE (travel_date);

CREATE TABLE nmis.network_line (
    line_id UUID NOT NULL,
    kind TEXT NOT NULL,
    name TEXT,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    length_km FLOAT NOT NULL,
    geom geometry(LINESTRING,4326) NOT NULL,
    PRIMARY KEY (line_id),
    CONSTRAINT network_line_kind CHECK (kind in ('road', 'rail'))
);
CREATE INDEX idx_network_line_geom ON nmis.network_line USING gist (geom);

CREATE TABLE nmis.person (
    bucket SMALLINT NOT NULL,
    person_id UUID NOT NULL,
    tenant SMALLINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (bucket, person_id)
);

CREATE TABLE nmis.route_day (
    route_id UUID NOT NULL,
    day DATE NOT NULL,
    category nmis.travel_category NOT NULL,
    status nmis.journey_stage NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (route_id, day, category, status)
);
CREATE INDEX route_day_by_day ON nmis.route_day (day);

CREATE TABLE nmis.source_ref (
    tenant SMALLINT NOT NULL,
    source_ref TEXT NOT NULL,
    bucket SMALLINT NOT NULL,
    person_id UUID NOT NULL,
    movement_id UUID NOT NULL,
    travel_date DATE NOT NULL,
    digest BYTEA NOT NULL,
    PRIMARY KEY (tenant, source_ref)
);

CREATE TABLE nmis.subject_version (
    subject TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (subject)
);

CREATE TABLE nmis.unit_alias (
    level nmis.unit_level NOT NULL,
    kind TEXT NOT NULL,
    folded TEXT NOT NULL,
    code SMALLINT NOT NULL,
    value TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    source TEXT NOT NULL,
    PRIMARY KEY (level, kind, folded, code)
);

CREATE TABLE nmis.unit_lineage (
    level nmis.unit_level NOT NULL,
    child SMALLINT NOT NULL,
    effective DATE NOT NULL,
    kind TEXT NOT NULL,
    parent SMALLINT,
    share FLOAT,
    child_name TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (level, child, effective, kind)
);

CREATE TABLE vault.data_key (
    purge_month DATE NOT NULL,
    wrapped BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now(),
    PRIMARY KEY (purge_month)
);

CREATE TABLE vault.profile (
    bucket SMALLINT NOT NULL,
    person_id UUID NOT NULL,
    purge_month DATE NOT NULL,
    tenant SMALLINT NOT NULL,
    origin_state SMALLINT NOT NULL,
    destination_state SMALLINT NOT NULL,
    stage nmis.journey_stage NOT NULL,
    transit SMALLINT[] NOT NULL,
    sealed BYTEA NOT NULL,
    mobile_index BYTEA,
    PRIMARY KEY (bucket, person_id, purge_month)
) PARTITION BY RANGE (purge_month);

CREATE TABLE nmis.route (
    route_id UUID NOT NULL,
    mode nmis.travel_mode NOT NULL,
    origin_district SMALLINT NOT NULL,
    destination_district SMALLINT NOT NULL,
    origin_state SMALLINT NOT NULL,
    destination_state SMALLINT NOT NULL,
    states SMALLINT[] NOT NULL,
    declared BOOLEAN NOT NULL,
    corridor_id UUID NOT NULL,
    kind TEXT NOT NULL,
    has_gap BOOLEAN NOT NULL,
    by_sea_or_air BOOLEAN NOT NULL,
    length_km FLOAT NOT NULL,
    path geometry(LINESTRING,4326) NOT NULL,
    PRIMARY KEY (route_id),
    CONSTRAINT route_kind CHECK (kind in ('schematic', 'road', 'rail')),
    FOREIGN KEY(corridor_id) REFERENCES nmis.corridor (corridor_id)
);
CREATE INDEX idx_route_path ON nmis.route USING gist (path);
CREATE INDEX ix_nmis_route_destination_district ON nmis.route (destination_district);
CREATE INDEX ix_nmis_route_origin_district ON nmis.route (origin_district);

CREATE TABLE nmis.unit (
    set_id TEXT NOT NULL,
    level nmis.unit_level NOT NULL,
    code SMALLINT NOT NULL,
    state_code SMALLINT NOT NULL,
    name TEXT NOT NULL,
    name_hi TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE,
    depiction TEXT NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    quality TEXT NOT NULL,
    population_2011 INTEGER,
    population_basis TEXT,
    area_km2 FLOAT NOT NULL,
    inner_point geometry(POINT,4326) NOT NULL,
    geom geometry(MULTIPOLYGON,4326) NOT NULL,
    PRIMARY KEY (set_id, level, code),
    CONSTRAINT unit_set FOREIGN KEY(set_id) REFERENCES nmis.boundary_set (set_id) ON DELETE CASCADE
);
CREATE INDEX idx_unit_geom ON nmis.unit USING gist (geom);

CREATE TABLE nmis.unit_shape (
    set_id TEXT NOT NULL,
    level nmis.unit_level NOT NULL,
    code SMALLINT NOT NULL,
    tier SMALLINT NOT NULL,
    geom geometry(MULTIPOLYGON,3857) NOT NULL,
    PRIMARY KEY (set_id, level, code, tier),
    CONSTRAINT unit_shape_unit FOREIGN KEY(set_id, level, code) REFERENCES nmis.unit (set_id, level, code) ON DELETE CASCADE
);
CREATE INDEX idx_unit_shape_geom ON nmis.unit_shape USING gist (geom);


COMMENT ON TABLE nmis.access_token IS
    'Hashed bearer tokens; the secret itself is never stored.';
COMMENT ON TABLE nmis.batch_people IS
    'Which person each accepted row of a batch stands for, as aligned arrays.';
COMMENT ON TABLE nmis.corridor IS
    'An ordered sequence of states (LGD codes) and their union''s shape.';
COMMENT ON TABLE nmis.district_adjacency IS
    'Districts (LGD codes, a < b) that touch, or that a ship or plane joins.';
COMMENT ON TABLE nmis.flow_day IS 'Journeys per district pair and day.';
COMMENT ON TABLE nmis.flow_delta IS
    'What each version of the flows added to or took from FLOW_DAY.';
COMMENT ON TABLE nmis.movement IS
    'One person''s trip on a day along a route; partitioned by month.';
COMMENT ON TABLE nmis.network_line IS
    'Rail and road lines that the operator loaded (nmis routes load).';
COMMENT ON TABLE nmis.person IS 'One row per unique ID; holds nothing personal.';
COMMENT ON TABLE nmis.route_day IS 'Journeys per route and day.';
COMMENT ON TABLE nmis.source_ref IS
    'A state''s own row id, and the journey it stands for.';
COMMENT ON TABLE vault.data_key IS
    'A data key per purge month, wrapped under the key-encryption key.';
COMMENT ON TABLE vault.profile IS
    'What is personal, sealed with AES-256-GCM under the month''s data key.';
COMMENT ON TABLE nmis.route IS
    'Deduplicated (mode, origin, destination, state sequence).';

INSERT INTO nmis.subject_version (subject, version)
VALUES ('boundaries', 1), ('routes', 1), ('flows', 1);

-- Monthly partitions of journeys and of the vault, made ahead.
CREATE FUNCTION nmis.make_partitions(first date, last date) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    month date := date_trunc('month', first);
    following date;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('nmis.make_partitions'));
    WHILE month <= last LOOP
        following := month + interval '1 month';
        IF to_regclass(format('nmis.movement_%s', to_char(month, 'YYYYMM'))) IS NULL
        THEN
            EXECUTE format(
                'CREATE TABLE nmis.movement_%s PARTITION OF nmis.movement'
                ' FOR VALUES FROM (%L) TO (%L)',
                to_char(month, 'YYYYMM'), month, following
            );
            EXECUTE format(
                'CREATE TABLE vault.profile_%s PARTITION OF vault.profile'
                ' FOR VALUES FROM (%L) TO (%L)',
                to_char(month, 'YYYYMM'), month, following
            );
            made := made + 1;
        END IF;
        month := following;
    END LOOP;
    RETURN made;
END $$;

-- What the planner knows of the tables that maps read. Autovacuum keeps it; after a
-- load at once it is minutes old, and a join planned for one row takes seconds.
CREATE FUNCTION nmis.refresh_statistics() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    ANALYZE nmis.unit, nmis.unit_shape, nmis.unit_alias, nmis.district_adjacency,
        nmis.route, nmis.corridor, nmis.flow_day, nmis.route_day;
END $$;
