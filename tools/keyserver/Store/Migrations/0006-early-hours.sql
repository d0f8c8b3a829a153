-- A credential of this right is held back until so many hours before its start; null: it is given out at once.
ALTER TABLE rights ADD COLUMN early_hours BIGINT;
