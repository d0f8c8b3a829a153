-- A phone asks by its token alone. A door has at least the keys that it was provisioned with, or that its trail tells of, and the lists beside them.
CREATE INDEX redeem_sessions_by_token ON redeem_sessions (token_hash);
ALTER TABLE doors ADD COLUMN held_version BIGINT NOT NULL DEFAULT 1;
CREATE TABLE provisioned_lists (
    door_id BIGINT NOT NULL REFERENCES doors (door_id),
    scope_id BIGINT NOT NULL,
    list_version BIGINT NOT NULL,
    PRIMARY KEY (door_id, scope_id)
)
