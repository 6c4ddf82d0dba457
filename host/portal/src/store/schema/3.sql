-- What an API key is called, and when it was last used.
ALTER TABLE api_key ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN used_at INTEGER;
CREATE INDEX api_key_account ON api_key (account);
