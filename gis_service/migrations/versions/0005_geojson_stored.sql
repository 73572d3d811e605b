-- Six decimals are 0.1 m; with five the smallest polygons of the coverage fall flat.
-- RFC 7946 asks for outer rings counter-clockwise.
ALTER TABLE nmis.unit ADD COLUMN geojson text NOT NULL
    GENERATED ALWAYS AS (st_asgeojson(st_forcepolygonccw(geom), 6)) STORED;
-- Read whole and sent compressed by ourselves: unpacking it first would cost time.
ALTER TABLE nmis.unit ALTER COLUMN geojson SET STORAGE EXTERNAL;
