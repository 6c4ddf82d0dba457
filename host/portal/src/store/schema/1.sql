-- Times are milliseconds since 1970. Secrets stand here as SHA-256 only.

CREATE TABLE account (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE COLLATE NOCASE,
  display_name TEXT NOT NULL,
  role         TEXT NOT NULL,
  password     TEXT,
  created_at   INTEGER NOT NULL,
  disabled_at  INTEGER
) STRICT;

-- One-time links to sign in, and one-time tokens to enrol a device.
CREATE TABLE one_time (
  hash       BLOB PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('sign-in', 'enrol')),
  account    INTEGER REFERENCES account (id) ON DELETE CASCADE,
  grp        TEXT,
  person     TEXT,
  made_by    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER,
  used_by    TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in (
  hash       BLOB PRIMARY KEY,
  account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  browser    TEXT NOT NULL,
  origin     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_account ON sign_in (account);

-- Failed attempts to sign in, by account and address.
CREATE TABLE attempt (
  key      TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
  id         INTEGER PRIMARY KEY,
  hash       BLOB NOT NULL UNIQUE,
  account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  scopes     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE device (
  id                 TEXT PRIMARY KEY,
  public_key         BLOB NOT NULL UNIQUE,
  name               TEXT NOT NULL,
  os                 TEXT NOT NULL,
  os_version         TEXT NOT NULL,
  agent_version      TEXT NOT NULL,
  grp                TEXT,
  bound_person       TEXT,
  person             TEXT,
  person_display     TEXT,
  person_language    TEXT,
  policy_version     TEXT NOT NULL DEFAULT '',
  facts              TEXT NOT NULL DEFAULT '{}',
  extensions         TEXT NOT NULL DEFAULT '[]',
  elevation_programs TEXT NOT NULL DEFAULT '[]',
  enrolled_at        INTEGER NOT NULL,
  last_seen          INTEGER NOT NULL,
  removed_at         INTEGER,
  session            INTEGER,
  order_sequence     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX device_session ON device (session) WHERE session IS NOT NULL;

-- The highest counter of each start of an agent, and which of the 63 below it were used.
CREATE TABLE boot (
  device  TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  boot    TEXT NOT NULL,
  highest INTEGER NOT NULL,
  used    INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (device, boot)
) STRICT, WITHOUT ROWID;

-- Which rows of a device's outbox were accepted.
CREATE TABLE delivery (
  device   TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  number       INTEGER PRIMARY KEY,
  device       TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  id           TEXT NOT NULL,
  phase        TEXT NOT NULL,
  phase_at     INTEGER NOT NULL,
  person       TEXT,
  client       TEXT,
  address      TEXT,
  link         TEXT,
  fields       TEXT NOT NULL DEFAULT '{}',
  reason       TEXT,
  ticket       TEXT,
  supporter    TEXT,
  checks       TEXT NOT NULL DEFAULT '[]',
  started_at   INTEGER NOT NULL,
  waiting_at   INTEGER,
  connected_at INTEGER,
  ended_at     INTEGER,
  outcome      TEXT,
  reasons      TEXT NOT NULL DEFAULT '[]',
  UNIQUE (device, id)
) STRICT;
CREATE INDEX session_started ON session (started_at);

CREATE TABLE orders (
  id         TEXT PRIMARY KEY,
  device     TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  sequence   INTEGER NOT NULL,
  session    TEXT NOT NULL,
  kind       TEXT NOT NULL,
  body       TEXT NOT NULL,
  account    INTEGER NOT NULL,
  supporter  TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  fetched_at INTEGER,
  ended_at   INTEGER,
  outcome    TEXT,
  code       INTEGER,
  reasons    TEXT NOT NULL DEFAULT '[]',
  UNIQUE (device, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_session ON orders (device, session);

-- The audit record: links of one hash chain (crate deskhook-record).
CREATE TABLE audit (
  n         INTEGER PRIMARY KEY,
  canonical TEXT NOT NULL,
  hash      BLOB NOT NULL,
  subject   TEXT NOT NULL,
  session   TEXT
) STRICT;
CREATE INDEX audit_subject ON audit (subject, n);
CREATE INDEX audit_session ON audit (session, n) WHERE session IS NOT NULL;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
  BEGIN SELECT raise(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit
  BEGIN SELECT raise(ABORT, 'the audit record is append-only'); END;
