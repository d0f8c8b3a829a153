-- What Seam's API speaks of. An entrance is a door, or a floor of a car, and stays when another door comes into its place; a space is a set of entrances;
-- an access grant is the rights of one person to some of both, with links of its own.
CREATE TABLE entrances (
    entrance_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    door_id BIGINT NOT NULL,
    floor BIGINT,
    created_us BIGINT NOT NULL
);
CREATE INDEX entrances_of_door ON entrances (door_id);
CREATE INDEX entrances_of_workspace ON entrances (workspace_id, door_id);
CREATE TABLE spaces (
    space_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    space_key TEXT,
    name TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    ordinal BIGINT NOT NULL
);
CREATE INDEX spaces_of_workspace ON spaces (workspace_id, ordinal);
CREATE TABLE space_entrances (
    space_id TEXT NOT NULL,
    entrance_id TEXT NOT NULL,
    PRIMARY KEY (space_id, entrance_id)
);
CREATE INDEX spaces_of_entrance ON space_entrances (entrance_id);
CREATE TABLE access_grants (
    access_grant_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_identity_id TEXT NOT NULL,
    access_grant_key TEXT,
    name TEXT,
    starts_s BIGINT NOT NULL,
    ends_s BIGINT,
    customization_profile_id TEXT,
    created_us BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    closed_us BIGINT
);
CREATE INDEX access_grants_of_workspace ON access_grants (workspace_id, ordinal);
CREATE INDEX access_grants_by_key ON access_grants (workspace_id, access_grant_key);
CREATE INDEX access_grants_of_identity ON access_grants (user_identity_id);
CREATE TABLE grant_entrances (
    access_grant_id TEXT NOT NULL,
    entrance_id TEXT NOT NULL,
    PRIMARY KEY (access_grant_id, entrance_id)
);
CREATE INDEX grants_of_entrance ON grant_entrances (entrance_id);
CREATE TABLE grant_spaces (
    access_grant_id TEXT NOT NULL,
    space_id TEXT NOT NULL,
    PRIMARY KEY (access_grant_id, space_id)
);
CREATE INDEX grants_of_space ON grant_spaces (space_id);
CREATE TABLE access_methods (
    access_method_id TEXT PRIMARY KEY,
    access_grant_id TEXT NOT NULL,
    instant_key_id TEXT NOT NULL UNIQUE,
    created_us BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    part BIGINT NOT NULL,
    ended_us BIGINT
);
CREATE INDEX access_methods_of_grant ON access_methods (access_grant_id);
ALTER TABLE rights ADD COLUMN access_grant_id TEXT;
CREATE INDEX rights_of_grant ON rights (access_grant_id);
ALTER TABLE instant_keys ADD COLUMN access_grant_id TEXT
;
ALTER TABLE redeem_sessions ADD COLUMN deactivated_us BIGINT
