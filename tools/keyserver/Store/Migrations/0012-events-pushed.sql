-- Who opened, pushed. is_untold is 1 from when a record of the audit trail came until its event is made; silent_us is since when a door that used to sync
-- is held to be silent; a webhook is told all events behind (told_change, told_part), one after another.
ALTER TABLE audit_records ADD COLUMN is_untold BIGINT NOT NULL DEFAULT 0;
CREATE INDEX audit_untold ON audit_records (received_us) WHERE is_untold = 1;
ALTER TABLE sync_state ADD COLUMN silent_us BIGINT;
ALTER TABLE api_keys ADD COLUMN role TEXT NOT NULL DEFAULT 'admin';
CREATE TABLE webhooks (
    webhook_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    url TEXT NOT NULL,
    event_types TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    told_change BIGINT NOT NULL,
    told_part BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    failing_us BIGINT,
    next_try_us BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until_us BIGINT NOT NULL,
    disabled_us BIGINT
);
CREATE INDEX webhooks_of_workspace ON webhooks (workspace_id, ordinal);
