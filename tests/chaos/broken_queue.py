"""What must be true of uploads that wait, at every instant, as ``broken`` asks it."""

BROKEN_QUEUE = {
    "slices without their batch, batches without their slice, or otherwise": """
        SELECT count(*) FROM
            (SELECT * FROM nmis.upload_slice WHERE batch_id IS NOT NULL) AS part
        FULL JOIN
            (SELECT * FROM nmis.batch WHERE idempotency_key LIKE '§%') AS whole
            USING (tenant, batch_id)
        WHERE whole.idempotency_key
                  IS DISTINCT FROM '§' || part.job_id || '/' || part.slice
           OR (whole.rows, whole.accepted, whole.refused)
              <> (part.rows, part.accepted, part.refused)""",
    "uploads whose progress is not the sum of their slices": """
        SELECT count(*) FROM nmis.upload_job LEFT JOIN
            (SELECT tenant, job_id, count(*) AS n, sum(rows) AS rows
             FROM nmis.upload_slice GROUP BY 1, 2) AS part USING (tenant, job_id)
        WHERE (slices, rows_done) <> (coalesce(part.n, 0), coalesce(part.rows, 0))
           OR rows_done > rows_total""",
    "slices that do not begin where the one before ends": """
        SELECT count(*) FROM
            (SELECT first_row, slice, 1 + coalesce(sum(rows) OVER before, 0) AS begins,
                    count(*) OVER before AS n
             FROM nmis.upload_slice
             WINDOW before AS (PARTITION BY tenant, job_id ORDER BY slice
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS part
        WHERE (first_row, slice) <> (begins, n)""",
    "uploads done of which rows are left": """
        SELECT count(*) FROM nmis.upload_job
        WHERE state = 'done' AND rows_done IS DISTINCT FROM rows_total""",
    "atomic uploads stored in part and not being stored": """
        SELECT count(*) FROM nmis.upload_job JOIN nmis.upload_slice
            USING (tenant, job_id)
        WHERE manner->>'mode' = 'atomic' AND (batch_id IS NOT NULL) <> is_checked""",
    "uploads given up": """
        SELECT count(*) FROM nmis.upload_job WHERE state = 'poison'""",
    "uploads held though nobody works on them, or the other way round": """
        SELECT count(*) FROM nmis.upload_job
        WHERE (state = 'working') <> (lease IS NOT NULL)""",
    "bodies of uploads that have ended": """
        SELECT count(*) FROM nmis.upload_part JOIN nmis.upload_job
            USING (tenant, job_id) WHERE state IN ('done', 'refused', 'poison')""",
    # A piece is 28 bytes longer than what is sealed in it.
    "parts of bodies whose pieces are not whole": """
        SELECT count(*) FROM nmis.upload_part LEFT JOIN
            (SELECT tenant, job_id, part, sum(octet_length(sealed) - 28) AS bytes
             FROM nmis.upload_piece GROUP BY 1, 2, 3) AS pieces
            USING (tenant, job_id, part)
        WHERE size IS DISTINCT FROM pieces.bytes""",
    "uploads to be worked off whose body is not whole": """
        SELECT count(*) FROM nmis.upload_job LEFT JOIN
            (SELECT tenant, job_id, sum(size) AS size FROM nmis.upload_part
             GROUP BY 1, 2) AS part USING (tenant, job_id)
        WHERE state IN ('queued', 'working')
          AND part.size IS DISTINCT FROM upload_job.size""",
    "uploads to be worked off whose key is not there": """
        SELECT count(*) FROM nmis.upload_job LEFT JOIN nmis.queue_key
            ON (queue_key.tenant, made_on) = (upload_job.tenant, key_made_on)
        WHERE state IN ('queued', 'working') AND made_on IS NULL""",
}
