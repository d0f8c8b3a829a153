-- A phone asks by its token alone. A door has at least the keys that it was provisioned with.
CREATE INDEX redeem_sessions_by_token ON redeem_sessions (token_hash);
ALTER TABLE doors ADD COLUMN provisioned_version BIGINT NOT NULL DEFAULT 1
