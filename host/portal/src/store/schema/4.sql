-- Sessions that nothing points at any more have ended: their devices were taken out.
UPDATE session
  SET outcome = 'removed', ended_at = max(started_at,
    (SELECT coalesce(removed_at, last_seen) FROM device WHERE device.id = session.device))
  WHERE ended_at IS NULL
    AND number NOT IN (SELECT device.session FROM device WHERE device.session IS NOT NULL);

-- When a device last told its state.
ALTER TABLE device ADD COLUMN state_at INTEGER;

-- Why a session has no link, as a sentence.
ALTER TABLE session ADD COLUMN link_refused TEXT;
