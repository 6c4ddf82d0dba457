-- What a device offers to run with elevated rights: programs, ways, minutes, what is in the way.
ALTER TABLE device ADD COLUMN elevation TEXT NOT NULL DEFAULT '{}';
UPDATE device SET elevation = json_object('programs', json(elevation_programs),
  'methods', json_array('local-approval'), 'minutes', 15);
ALTER TABLE device DROP COLUMN elevation_programs;
