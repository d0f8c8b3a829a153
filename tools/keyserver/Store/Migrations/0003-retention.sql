-- What is over is removed after the retention: found by these.
CREATE INDEX instant_keys_by_expiry ON instant_keys (expires_us);
CREATE INDEX rights_by_end ON rights (ends_s);
