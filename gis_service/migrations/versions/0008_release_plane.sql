-- Pages of atoms go by their object ids.
CREATE INDEX flow_release_by_object_id ON nmis.flow_release (object_id, week, edition);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_release') THEN
        GRANT USAGE ON SCHEMA nmis TO nmis_release;
        GRANT SELECT ON
            nmis.release, nmis.release_week, nmis.flow_release, nmis.category_release,
            nmis.boundary_set, nmis.unit, nmis.unit_shape, nmis.unit_alias,
            nmis.unit_lineage, nmis.subject_version
            TO nmis_release;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_read') THEN
        REVOKE SELECT ON
            nmis.release, nmis.release_week, nmis.flow_release, nmis.category_release
            FROM nmis_read;
    END IF;
END $$;
