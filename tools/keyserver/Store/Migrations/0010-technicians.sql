-- The phone of such a right may bring its doors a floor reset.
ALTER TABLE rights ADD COLUMN is_technician BIGINT NOT NULL DEFAULT 0
