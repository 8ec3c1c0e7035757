-- What a role's row and tags were derived to, as a hash: a derivation leaves alone what would be written as it is.
ALTER TABLE role ADD COLUMN fingerprint BLOB;
