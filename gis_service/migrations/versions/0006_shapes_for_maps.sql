-- A tile of a whole region looked up four hundred units, a fifth of its time. What it
-- tells of them stands beside the shape; a set is only ever written and removed whole,
-- so the two cannot come apart.
ALTER TABLE nmis.unit_shape
    ADD COLUMN state_code smallint,
    ADD COLUMN name text,
    ADD COLUMN name_hi text,
    ADD COLUMN population_2011 integer,
    ADD COLUMN lon double precision,
    ADD COLUMN lat double precision;

UPDATE nmis.unit_shape shape
SET state_code = unit.state_code,
    name = unit.name,
    name_hi = unit.name_hi,
    population_2011 = unit.population_2011,
    lon = st_x(unit.inner_point),
    lat = st_y(unit.inner_point)
FROM nmis.unit
WHERE (unit.set_id, unit.level, unit.code) = (shape.set_id, shape.level, shape.code);

ALTER TABLE nmis.unit_shape
    ALTER COLUMN state_code SET NOT NULL,
    ALTER COLUMN name SET NOT NULL,
    ALTER COLUMN lon SET NOT NULL,
    ALTER COLUMN lat SET NOT NULL;

-- One index finds a tile's shapes of a tier; before, all shapes of the tier and all
-- shapes of the place, of every tier, were listed and compared. The extension comes
-- with PostgreSQL and any owner of a database may install it.
CREATE EXTENSION IF NOT EXISTS btree_gist;
DROP INDEX nmis.idx_unit_shape_geom;
CREATE INDEX unit_shape_on_map ON nmis.unit_shape USING gist (tier, level, geom);
