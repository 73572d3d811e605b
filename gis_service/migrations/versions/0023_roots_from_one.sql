-- Roots count from 1. Not valid at first, so that a log in which somebody wrote another
-- one can be opened still: no row of it may be removed, and `nmis audit verify` names it.
ALTER TABLE audit.root ADD CONSTRAINT root_number CHECK (number > 0) NOT VALID;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit.root WHERE number < 1) THEN
        ALTER TABLE audit.root VALIDATE CONSTRAINT root_number;
    END IF;
END $$;
