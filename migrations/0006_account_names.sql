-- The names of accounts, from the start of one: TAB after `AccountAlias=`.
CREATE INDEX account_by_alias ON account (instance_id, alias);
CREATE INDEX account_by_name ON account (instance_id, name);
CREATE INDEX account_by_email ON account (instance_id, email);
