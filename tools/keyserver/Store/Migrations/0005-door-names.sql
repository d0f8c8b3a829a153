-- A name that a door had before, until it was renamed: for 90 days a phone that knows the door by it still finds it, and no other door may take it.
CREATE TABLE door_names (
    workspace_id TEXT NOT NULL,
    door_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    until_us BIGINT NOT NULL,
    PRIMARY KEY (door_id, name)
);
CREATE INDEX door_names_by_time ON door_names (workspace_id, until_us);
