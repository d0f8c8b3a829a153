-- Deltas of a scope's list are made from this version on only: the mode changed with it.
ALTER TABLE scopes ADD COLUMN full_since BIGINT NOT NULL DEFAULT 0;

-- The end of what is kept of one trail of a door without a gap that its door could still fill: what may be acknowledged.
CREATE TABLE audit_ends (
    door_id BIGINT NOT NULL REFERENCES doors (door_id),
    epoch BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    chain BYTES NOT NULL,
    PRIMARY KEY (door_id, epoch)
);

-- Something that a person has to look at. door_id and scope_id are 0 where it is about none.
CREATE TABLE alarms (
    kind TEXT NOT NULL,
    door_id BIGINT NOT NULL,
    scope_id BIGINT NOT NULL,
    workspace_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    first_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (kind, door_id, scope_id)
);
CREATE INDEX alarms_by_workspace ON alarms (workspace_id, last_us);

