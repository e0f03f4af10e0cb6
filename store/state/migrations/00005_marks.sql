-- Up to when users have read notices. The notices themselves follow from other tables.
CREATE TABLE marks (
  user_id   TEXT NOT NULL,
  notice_id TEXT NOT NULL,
  read_at   BIGINT NOT NULL,                  -- the time of the notice that was read
  PRIMARY KEY (user_id, notice_id)
) {without_rowid};
