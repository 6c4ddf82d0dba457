-- What of a device's policy holds, and which layers say so.
ALTER TABLE device ADD COLUMN policy TEXT NOT NULL DEFAULT '[]';

-- Keys from before they had names.
UPDATE api_key SET name = 'key of ' || date(created_at / 1000, 'unixepoch') WHERE name = '';
