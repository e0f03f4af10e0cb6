-- Users, with what proves who they are. Addresses are in lower case.
CREATE TABLE users (
  id           TEXT PRIMARY KEY,
  email        TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,
  language     TEXT NOT NULL,
  theme        TEXT NOT NULL,
  disabled     SMALLINT NOT NULL,
  version      BIGINT NOT NULL,
  password     TEXT NOT NULL,                 -- argon2id with its cost and salt; empty for none
  totp         TEXT NOT NULL,                 -- secret of the second factor; empty for none
  totp_pending TEXT NOT NULL,                 -- a secret that was shown and not yet confirmed
  totp_period  BIGINT NOT NULL,               -- the last one whose code was used
  recovery     TEXT NOT NULL,                 -- hashes of the recovery codes that are left
  issuer       TEXT NOT NULL,                 -- who the user is to the OpenID provider
  subject      TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  created_by   TEXT NOT NULL,
  signed_in_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_subject ON users (issuer, subject) WHERE subject <> '';

-- Browsers where users are signed in, and links that let one in once. Neither is part of a
-- backup.
CREATE TABLE sessions (
  hash       TEXT PRIMARY KEY,                -- of the token
  id         TEXT NOT NULL UNIQUE,
  user_id    TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  address    TEXT NOT NULL,
  agent      TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE TABLE links (
  hash       TEXT PRIMARY KEY,                -- of the token
  user_id    TEXT NOT NULL,
  kind       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX links_user ON links (user_id);

-- Lists and analyses as users set them up.
CREATE TABLE views (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL,
  place      TEXT NOT NULL,
  name       TEXT NOT NULL,
  query      TEXT NOT NULL,
  shared     SMALLINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX views_place ON views (place);

-- Who did what, and who looked at whom; the latter stood in a table of its own.
CREATE TABLE audit (
  at          BIGINT NOT NULL,
  id          TEXT {binary_order} NOT NULL,
  actor       TEXT NOT NULL,
  action      TEXT NOT NULL,
  object      TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  address     TEXT NOT NULL,
  result      TEXT NOT NULL,
  detail      TEXT NOT NULL,
  PRIMARY KEY (at, id)
);
CREATE INDEX audit_actor ON audit (actor, at);
CREATE INDEX audit_object ON audit (object, at) WHERE object <> '';
CREATE INDEX audit_customer ON audit (customer_id, at) WHERE customer_id <> 0;
INSERT INTO audit (at, id, actor, action, object, customer_id, address, result, detail)
  SELECT at, id, actor, CASE action WHEN 'read' THEN 'get-customer' WHEN 'timeline' THEN 'get-timeline' WHEN 'orders' THEN 'get-orders'
    WHEN 'export' THEN 'export-customer' WHEN 'search' THEN 'list-customers' WHEN 'quarantine' THEN 'list-quarantine'
    WHEN 'rejects' THEN 'get-rejects' ELSE action END, '', customer_id, '', 'ok', detail FROM accesses;
DROP TABLE accesses;

-- Keys that could read people could read their personal data, which is a right of its own now.
UPDATE keys SET scopes = scopes || ' personal:read' WHERE ' ' || scopes || ' ' LIKE '% customers:read %';
