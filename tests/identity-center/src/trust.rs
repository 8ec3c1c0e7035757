//! Who may assume a role.

use crate::identity::Identity;

/// The trust policy of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustPolicy {
    /// The ARNs of the roles that may assume it (`arn:aws:iam::…:role/…`), or of whole accounts
    /// (`arn:aws:iam::…:root`).
    pub from: Vec<String>,
    /// The external id that the caller must give.
    pub external_id: Option<String>,
}

impl TrustPolicy {
    pub(crate) fn admits(&self, caller: &Identity, external_id: Option<&str>) -> bool {
        let (role, account) = (caller.role_arn(), caller.account_arn());
        let known = self.from.iter().any(|arn| *arn == role || *arn == account);
        known && self.external_id.as_deref().is_none_or(|wanted| external_id == Some(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_and_the_external_id_must_fit() {
        let caller = Identity::permission_set("eu-west-1", "111122223333", "ReadOnly", "user@example.com");
        let by_role = TrustPolicy { from: vec![caller.role_arn()], external_id: Some("secret".into()) };
        assert!(by_role.admits(&caller, Some("secret")));
        assert!(!by_role.admits(&caller, Some("other")));
        assert!(!by_role.admits(&caller, None));
        let by_account = TrustPolicy { from: vec!["arn:aws:iam::111122223333:root".into()], external_id: None };
        assert!(by_account.admits(&caller, None));
        assert!(!TrustPolicy::default().admits(&caller, None));
    }
}
