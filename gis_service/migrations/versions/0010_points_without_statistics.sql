-- What the planner knows of a column PostGIS tells whoever asks (_postgis_stats,
-- ST_EstimatedExtent): a histogram of where people begin and end, to every login.
-- Nothing looks for people by their place, so nothing of it is gathered. The type stays;
-- naming it again drops what was gathered before.
ALTER TABLE nmis.movement
    ALTER COLUMN origin TYPE geometry(POINT,4326),
    ALTER COLUMN destination TYPE geometry(POINT,4326);
ALTER TABLE nmis.movement
    ALTER COLUMN origin SET STATISTICS 0,
    ALTER COLUMN destination SET STATISTICS 0;

-- As before; a new month's partition gathers nothing either.
CREATE OR REPLACE FUNCTION nmis.make_partitions(first date, last date) RETURNS integer
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
                'ALTER TABLE nmis.movement_%s'
                ' ALTER COLUMN origin SET STATISTICS 0,'
                ' ALTER COLUMN destination SET STATISTICS 0',
                to_char(month, 'YYYYMM')
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
