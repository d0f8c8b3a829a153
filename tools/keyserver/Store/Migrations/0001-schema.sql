-- The whole schema. Written in the SQL that SQLite and PostgreSQL share; BYTES becomes BLOB or BYTEA.
-- Units: *_us microseconds and *_s seconds since 1970-01-01 UTC. Ids of the Seam-style API are UUIDs in lower case.
-- Truth values are 0 and 1. A floors or door mask is 64 bits in a BIGINT, so the highest bit makes it negative.

-- One row. Every transaction that issues, revokes or numbers anything first raises "change": that row's lock is their one order.
CREATE TABLE site (
    site_id BIGINT PRIMARY KEY CHECK (site_id = 1),
    fingerprint TEXT NOT NULL,
    change BIGINT NOT NULL,
    next_scope_id BIGINT NOT NULL,
    next_door_id BIGINT NOT NULL,
    created_us BIGINT NOT NULL
);

-- What a database from a backup must not fall behind (Root/Marks.cs copies it beside the site root). A kind that counts has its highest
-- value; a kind that ends something has value 1 and, where the thing ends by itself anyway, the time of that.
CREATE TABLE marks (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    value BIGINT NOT NULL,
    until_s BIGINT NOT NULL,
    change BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX marks_by_change ON marks (change);

CREATE TABLE workspaces (
    workspace_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_us BIGINT NOT NULL
);

CREATE TABLE api_keys (
    api_key_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
    name TEXT NOT NULL,
    key_hash BYTES NOT NULL UNIQUE,
    created_us BIGINT NOT NULL,
    deleted_us BIGINT
);

CREATE TABLE user_identities (
    user_identity_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
    user_identity_key TEXT,
    full_name TEXT,
    email_address TEXT,
    phone_number TEXT,
    created_us BIGINT NOT NULL,
    UNIQUE (workspace_id, user_identity_key)
);
CREATE INDEX user_identities_by_time ON user_identities (workspace_id, created_us, user_identity_id);

CREATE TABLE client_sessions (
    client_session_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_identity_id TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    deleted_us BIGINT
);

-- link_hash is SHA-256 of the link code; the code itself is made from the site root and the id, and is stored nowhere.
CREATE TABLE instant_keys (
    instant_key_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_identity_id TEXT NOT NULL,
    client_session_id TEXT NOT NULL,
    customization_profile_id TEXT,
    link_hash BYTES NOT NULL UNIQUE,
    max_use_count BIGINT NOT NULL,
    use_count BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    deleted_us BIGINT
);
CREATE INDEX instant_keys_by_identity ON instant_keys (workspace_id, user_identity_id, created_us);
CREATE INDEX instant_keys_by_time ON instant_keys (workspace_id, created_us);

-- One phone that redeemed a link; its token is stored as SHA-256.
CREATE TABLE redeem_sessions (
    redeem_session_id TEXT PRIMARY KEY,
    instant_key_id TEXT NOT NULL,
    token_hash BYTES NOT NULL,
    created_us BIGINT NOT NULL,
    UNIQUE (instant_key_id, token_hash)
);

-- "change" orders them; several of one change are in the order of "part". body is the JSON of what is special to the event's type.
CREATE TABLE events (
    change BIGINT NOT NULL,
    part BIGINT NOT NULL,
    event_id TEXT NOT NULL UNIQUE,
    workspace_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (change, part)
);
CREATE INDEX events_by_time ON events (workspace_id, created_us, change, part);

-- A scope: one door, a bank, or the staff of a bank. Key numbers and list version only grow; watermark is a multiple of 8.
-- list_mode: 0 revoked, 1 allowed. previous_generation 0: none lives on.
CREATE TABLE scopes (
    scope_id BIGINT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    generation BIGINT NOT NULL,
    minimum_generation BIGINT NOT NULL,
    previous_generation BIGINT NOT NULL,
    previous_until_s BIGINT NOT NULL,
    next_door_index BIGINT NOT NULL,
    next_key_number BIGINT NOT NULL,
    watermark BIGINT NOT NULL,
    list_version BIGINT NOT NULL,
    list_mode BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    UNIQUE (workspace_id, name)
);

CREATE TABLE doors (
    door_id BIGINT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (workspace_id),
    name TEXT NOT NULL,
    generation BIGINT NOT NULL,
    -- Generation of the door key that the door is known to have: a key update is sealed under it.
    held_generation BIGINT NOT NULL,
    bundle_version BIGINT NOT NULL,
    floors BIGINT NOT NULL,
    settings TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    retired_us BIGINT
);
CREATE INDEX doors_by_workspace ON doors (workspace_id, door_id);

-- Rows stay when a door leaves, so that an index is never given out twice within a generation.
CREATE TABLE scope_members (
    scope_id BIGINT NOT NULL REFERENCES scopes (scope_id),
    generation BIGINT NOT NULL,
    door_index BIGINT NOT NULL CHECK (door_index BETWEEN 0 AND 63),
    door_id BIGINT NOT NULL REFERENCES doors (door_id),
    slot BIGINT NOT NULL CHECK (slot BETWEEN 0 AND 4),
    added_us BIGINT NOT NULL,
    removed_us BIGINT,
    PRIMARY KEY (scope_id, generation, door_index)
);
CREATE INDEX scope_members_by_door ON scope_members (door_id, slot);

-- What a person may open: some doors of one scope (floors null), or floors at some cars of one scope.
-- revision grows with each change; closed_us: the right is over.
CREATE TABLE rights (
    right_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_identity_id TEXT NOT NULL,
    scope_id BIGINT NOT NULL REFERENCES scopes (scope_id),
    floors BIGINT,
    starts_s BIGINT NOT NULL,
    ends_s BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    closed_us BIGINT
);
CREATE INDEX rights_by_identity ON rights (user_identity_id);
CREATE INDEX rights_by_scope ON rights (scope_id);

CREATE TABLE right_doors (
    right_id TEXT NOT NULL REFERENCES rights (right_id),
    door_id BIGINT NOT NULL REFERENCES doors (door_id),
    PRIMARY KEY (right_id, door_id)
);
CREATE INDEX right_doors_by_door ON right_doors (door_id);

-- Every key number that was ever given out and is not yet below the watermark. list_version: the version in which its bit last
-- changed (0: never). expires_s: the latest "expires at" of any credential with this number.
CREATE TABLE keys (
    scope_id BIGINT NOT NULL REFERENCES scopes (scope_id),
    key_number BIGINT NOT NULL,
    key_id TEXT NOT NULL UNIQUE,
    instant_key_id TEXT NOT NULL,
    right_id TEXT NOT NULL,
    issued_s BIGINT NOT NULL,
    expires_s BIGINT NOT NULL,
    revoked_us BIGINT,
    list_version BIGINT NOT NULL,
    PRIMARY KEY (scope_id, key_number)
);
CREATE INDEX keys_by_instant_key ON keys (instant_key_id);
CREATE INDEX keys_by_right ON keys (right_id);
CREATE INDEX keys_by_list_version ON keys (scope_id, list_version);
CREATE INDEX keys_by_expiry ON keys (scope_id, expires_s);

-- Highest list version that a door is known to have, and the way by which that was learned.
CREATE TABLE door_lists (
    door_id BIGINT NOT NULL REFERENCES doors (door_id),
    scope_id BIGINT NOT NULL,
    list_version BIGINT NOT NULL,
    way TEXT NOT NULL,
    seen_us BIGINT NOT NULL,
    PRIMARY KEY (door_id, scope_id)
);

-- One audit record of a door, kept exactly once (PROTOCOL.md section 6, blob 5).
CREATE TABLE audit_records (
    door_id BIGINT NOT NULL REFERENCES doors (door_id),
    epoch BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    workspace_id TEXT NOT NULL,
    event BIGINT NOT NULL,
    verdict BIGINT NOT NULL,
    quality BIGINT NOT NULL,
    detail BIGINT NOT NULL,
    scope_id BIGINT NOT NULL,
    generation_low BIGINT NOT NULL,
    key_number BIGINT NOT NULL,
    time_s BIGINT NOT NULL,
    argument BIGINT NOT NULL,
    chain BYTES NOT NULL,
    user_identity_id TEXT,
    received_us BIGINT NOT NULL,
    way TEXT NOT NULL,
    PRIMARY KEY (door_id, epoch, sequence)
);
CREATE INDEX audit_records_by_time ON audit_records (workspace_id, time_s);
CREATE INDEX audit_records_by_door ON audit_records (door_id, time_s);
CREATE INDEX audit_records_by_person ON audit_records (user_identity_id, time_s);
CREATE INDEX audit_records_by_arrival ON audit_records (received_us);

-- What each door last said of itself; audit_sequence and audit_chain are the end of the unbroken row that is kept.
CREATE TABLE sync_state (
    door_id BIGINT PRIMARY KEY REFERENCES doors (door_id),
    seen_us BIGINT NOT NULL,
    way TEXT NOT NULL,
    firmware_version BIGINT NOT NULL,
    flags BIGINT NOT NULL,
    list_lost BIGINT NOT NULL,
    time_floor_s BIGINT NOT NULL,
    bundle_version BIGINT NOT NULL,
    audit_epoch BIGINT NOT NULL,
    audit_sequence BIGINT NOT NULL,
    audit_chain BYTES,
    audit_next BIGINT NOT NULL,
    uptime_s BIGINT NOT NULL,
    radio_restarts BIGINT NOT NULL,
    reboots BIGINT NOT NULL,
    records_lost BIGINT NOT NULL,
    challenge BYTES
);

-- A blob that waits for a door, such as a floor reset: one of a kind.
CREATE TABLE door_blobs (
    door_id BIGINT NOT NULL REFERENCES doors (door_id),
    kind TEXT NOT NULL,
    blob BYTES NOT NULL,
    created_us BIGINT NOT NULL,
    PRIMARY KEY (door_id, kind)
);
