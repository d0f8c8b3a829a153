-- ordinal is the change that made the row: lists are ordered by it, so that a clock that leaps moves no row before a reader's cursor. Rows
-- from before have numbers below every change. folded is the row's texts as a search compares them (Store/SearchText.cs); null: not yet made.
-- A key of 1,000 characters is longer than an index of PostgreSQL takes: the index has its begin, and the one order of changes keeps it unique.
CREATE TABLE user_identities_next (
    user_identity_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
    user_identity_key TEXT,
    full_name TEXT,
    email_address TEXT,
    phone_number TEXT,
    created_us BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    folded TEXT
);
INSERT INTO user_identities_next (user_identity_id, workspace_id, user_identity_key, full_name, email_address, phone_number, created_us, ordinal)
SELECT user_identity_id, workspace_id, user_identity_key, full_name, email_address, phone_number, created_us,
    ROW_NUMBER() OVER (ORDER BY created_us, user_identity_id) - COUNT(*) OVER ()
FROM user_identities;
DROP TABLE user_identities;
ALTER TABLE user_identities_next RENAME TO user_identities;
CREATE UNIQUE INDEX user_identities_by_ordinal ON user_identities (workspace_id, ordinal);
CREATE INDEX user_identities_by_key ON user_identities (workspace_id, substr(user_identity_key, 1, 100));

ALTER TABLE rights ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 0;
UPDATE rights SET ordinal = n.ordinal
FROM (SELECT right_id, ROW_NUMBER() OVER (ORDER BY created_us, right_id) - COUNT(*) OVER () AS ordinal FROM rights) n
WHERE n.right_id = rights.right_id;

-- A request that makes something, by the SHA-256 of its route and its Idempotency-Key: result_id is what it made.
CREATE TABLE idempotency_keys (
    workspace_id TEXT NOT NULL,
    key_hash BYTES NOT NULL,
    request_hash BYTES NOT NULL,
    result_id TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, key_hash)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_us);

-- The time of the newest change that was made while the clock was trusted (Store/SiteClock.cs).
ALTER TABLE site ADD COLUMN newest_us BIGINT NOT NULL DEFAULT 0;

-- An alarm that is about no door and no scope, such as of the clock, is one of each workspace.
CREATE TABLE alarms_next (
    kind TEXT NOT NULL,
    door_id BIGINT NOT NULL,
    scope_id BIGINT NOT NULL,
    workspace_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    first_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door_id, scope_id, kind)
);
INSERT INTO alarms_next (kind, door_id, scope_id, workspace_id, detail, first_us, last_us, times)
SELECT kind, door_id, scope_id, workspace_id, detail, first_us, last_us, times FROM alarms;
DROP TABLE alarms;
ALTER TABLE alarms_next RENAME TO alarms;
