-- How many hours a credential opens without a network; null: to the end of the right, 168 at most. Staff and emergency scopes, and emergency keys, name theirs.
ALTER TABLE scopes ADD COLUMN offline_hours BIGINT;
ALTER TABLE scopes ADD COLUMN offline_revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rights ADD COLUMN offline_hours BIGINT;
UPDATE scopes SET offline_hours = 336 WHERE kind IN ('staff', 'emergency');
UPDATE rights SET offline_hours = (ends_s - starts_s + 3599) / 3600
WHERE EXISTS (SELECT 1 FROM keys WHERE keys.right_id = rights.right_id AND keys.instant_key_id = 'emergency:' || rights.right_id)
