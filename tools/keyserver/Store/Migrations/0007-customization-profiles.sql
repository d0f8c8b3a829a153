-- How the guest's page looks. The logo was fetched once and is served from here; its hash names it.
CREATE TABLE customization_profiles (
    customization_profile_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    name TEXT,
    primary_color TEXT,
    secondary_color TEXT,
    logo BYTES,
    logo_kind TEXT,
    logo_hash TEXT,
    created_us BIGINT NOT NULL,
    deleted_us BIGINT
);
CREATE INDEX customization_profiles_of_workspace ON customization_profiles (workspace_id, created_us);
CREATE INDEX customization_profiles_by_logo ON customization_profiles (logo_hash)
