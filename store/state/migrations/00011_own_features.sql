-- Features that the shop defined for itself. What they give is measured when it is asked for, and stands nowhere.
CREATE TABLE own_features (
  key         TEXT PRIMARY KEY,
  title       TEXT NOT NULL,
  description TEXT NOT NULL,
  definition  TEXT NOT NULL,             -- the measure in its canonical form
  type        TEXT NOT NULL,             -- of the result
  unit        TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  created_by  TEXT NOT NULL,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL
);
