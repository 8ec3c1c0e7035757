-- Choosing among many roles.

-- All roles of an instance as one block of text, written whenever they are derived anew: what a search reads.
CREATE TABLE catalog (
    instance_id INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
    block       BLOB    NOT NULL
) STRICT;

-- How much the past of a role counts, as it was when it was last used. Until now every use counted alike.
ALTER TABLE history ADD COLUMN weight REAL NOT NULL DEFAULT 1;
UPDATE history SET weight = uses;
