-- Directories that choose the role.

-- What a hook needs of config.yaml, so that it does not read YAML at a `cd` (JSON).
ALTER TABLE config ADD COLUMN settings TEXT;

-- Nothing was written to the first one. Which role files may choose, one content for each path; for a
-- file that was denied only its path is known.
DROP TABLE trusted_directory;

CREATE TABLE trusted_directory (
    config_id  INTEGER NOT NULL REFERENCES config (id) ON DELETE CASCADE,
    -- The physical path of the role file.
    path       TEXT    NOT NULL,
    hash       BLOB    CHECK (length(hash) = 32),
    owner      INTEGER,
    -- The role that was allowed. A name that comes to mean another role is not allowed with it.
    sso        TEXT,
    arn        TEXT,
    profile    TEXT,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (config_id, path)
) STRICT, WITHOUT ROWID;
