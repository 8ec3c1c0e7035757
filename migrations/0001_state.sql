-- The state file: what AWS listed, what was derived from it and config.yaml, and the sealed records.
-- One file serves several config files; everything that belongs to one hangs from its row here.
CREATE TABLE config (
    id         INTEGER PRIMARY KEY,
    path       TEXT    NOT NULL UNIQUE,
    -- Identity of the file that names, tags and regions were last derived from.
    size       INTEGER,
    mtime_ns   INTEGER,
    hash       BLOB,
    derivation INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE instance (
    id                 INTEGER PRIMARY KEY,
    config_id          INTEGER NOT NULL REFERENCES config (id) ON DELETE CASCADE,
    name               TEXT    NOT NULL,
    start_url          TEXT    NOT NULL,
    sso_region         TEXT    NOT NULL,
    -- A listing of AWS has a number; it is complete when both are equal.
    listing            INTEGER NOT NULL DEFAULT 0,
    complete           INTEGER NOT NULL DEFAULT 0,
    listing_started_at INTEGER NOT NULL DEFAULT 0,
    refreshed_at       INTEGER,
    session_expires_at INTEGER,
    -- Why names could not be derived, in words for a person.
    problem            TEXT,
    UNIQUE (config_id, name)
) STRICT;

CREATE TABLE account (
    instance_id INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    id          INTEGER NOT NULL CHECK (id BETWEEN 0 AND 999999999999),
    alias       TEXT    NOT NULL DEFAULT '',
    email       TEXT    NOT NULL DEFAULT '',
    name        TEXT    NOT NULL DEFAULT '',
    -- The last listing that named the account, and the last that fetched its roles; 0: only config.yaml has it.
    seen        INTEGER NOT NULL DEFAULT 0,
    fetched     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (instance_id, id)
) STRICT, WITHOUT ROWID;

-- What sso:ListAccountRoles said, untouched by config.yaml.
CREATE TABLE assignment (
    instance_id INTEGER NOT NULL,
    account_id  INTEGER NOT NULL,
    role_name   TEXT    NOT NULL,
    PRIMARY KEY (instance_id, account_id, role_name),
    FOREIGN KEY (instance_id, account_id) REFERENCES account (instance_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Derived: assignments and chained roles, joined with config.yaml.
CREATE TABLE role (
    id          INTEGER PRIMARY KEY,
    instance_id INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    account_id  INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    arn         TEXT    NOT NULL,
    partition   TEXT    NOT NULL,
    path        TEXT    NOT NULL DEFAULT '',
    profile     TEXT    NOT NULL,
    region      TEXT,
    via         TEXT,
    UNIQUE (instance_id, profile),
    UNIQUE (instance_id, arn)
) STRICT;

CREATE INDEX role_by_account ON role (instance_id, account_id, name);

CREATE TABLE tag (
    role_id INTEGER NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    key     TEXT    NOT NULL,
    value   TEXT    NOT NULL,
    PRIMARY KEY (role_id, key)
) STRICT, WITHOUT ROWID;

-- By ARN, so that both outlive a derivation.
CREATE TABLE history (
    instance_id INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    arn         TEXT    NOT NULL,
    last_used   INTEGER NOT NULL,
    uses        INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (instance_id, arn)
) STRICT, WITHOUT ROWID;

CREATE TABLE expiry (
    instance_id INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    arn         TEXT    NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (instance_id, arn)
) STRICT, WITHOUT ROWID;

CREATE TABLE trusted_directory (
    path       TEXT    PRIMARY KEY,
    hash       BLOB    NOT NULL,
    owner      INTEGER NOT NULL,
    allowed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How the data key of a secure store is reached. Only the `file` store keeps a (wrapped) key here.
CREATE TABLE data_key (
    id          BLOB    PRIMARY KEY CHECK (length(id) = 16),
    config_id   INTEGER NOT NULL REFERENCES config (id) ON DELETE CASCADE,
    store       TEXT    NOT NULL,
    wrapped     BLOB,
    UNIQUE (config_id, store)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
    instance_id INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    key_id      BLOB    NOT NULL,
    kind        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    nonce       BLOB    NOT NULL CHECK (length(nonce) = 24),
    sealed      BLOB    NOT NULL,
    PRIMARY KEY (instance_id, key_id, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
