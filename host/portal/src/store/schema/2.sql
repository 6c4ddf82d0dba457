-- What a device offers to run with elevated rights: programs, ways, minutes, what is in the way.
ALTER TABLE device ADD COLUMN elevation TEXT NOT NULL DEFAULT '{}';
ALTER TABLE device DROP COLUMN elevation_programs;
