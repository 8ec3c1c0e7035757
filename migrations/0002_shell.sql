-- What a shell asks without reading config.yaml.

-- The instance for commands that name none; none where config.yaml leaves it open.
ALTER TABLE config ADD COLUMN default_instance TEXT;

-- Completion of role names, and of the accounts that have one.
CREATE INDEX role_by_name ON role (instance_id, name, account_id);
