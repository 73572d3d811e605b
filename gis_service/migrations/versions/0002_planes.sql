DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_upload') THEN
        GRANT USAGE ON SCHEMA nmis, vault TO nmis_upload;
        GRANT SELECT ON ALL TABLES IN SCHEMA nmis TO nmis_upload;
        GRANT INSERT, UPDATE, DELETE ON
            nmis.person, nmis.movement, nmis.batch, nmis.batch_people,
            nmis.source_ref,
            nmis.flow_day, nmis.flow_delta, nmis.route_day,
            nmis.route, nmis.corridor, nmis.district_adjacency,
            nmis.subject_version, vault.profile
            TO nmis_upload;
        GRANT SELECT ON vault.profile TO nmis_upload;
        GRANT SELECT, INSERT ON vault.data_key TO nmis_upload;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmis_read') THEN
        GRANT USAGE ON SCHEMA nmis TO nmis_read;
        GRANT SELECT ON
            nmis.boundary_set, nmis.unit, nmis.unit_shape, nmis.unit_alias,
            nmis.unit_lineage, nmis.district_adjacency, nmis.corridor,
            nmis.route, nmis.network_line,
            nmis.flow_day, nmis.flow_delta, nmis.route_day, nmis.subject_version,
            nmis.access_token
            TO nmis_read;
    END IF;
END $$;
