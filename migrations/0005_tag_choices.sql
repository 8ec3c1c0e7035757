-- Completion of tags.

-- What a role can be asked for by its tags, each once for all roles of a name; of an empty name are those that any role
-- may have. Names and ids of accounts, and of roles, are not among them: their own tables answer for those.
CREATE TABLE tag_choice (
    instance_id INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    key         TEXT    NOT NULL,
    value       TEXT    NOT NULL,
    role_name   TEXT    NOT NULL,
    PRIMARY KEY (instance_id, key, value, role_name)
) STRICT, WITHOUT ROWID;

-- It is filled when roles are derived anew.
UPDATE config SET derivation = 0;
