//! The variables that carry a role: which are set, which are unset, and the region rule. Pure functions
//! of the role, the credentials and the environment; how they are written for a shell is
//! [`shell`](crate::shell)'s matter.

mod region;
mod variables;

pub use region::{RegionRequest, own_region, region_changes};
pub use variables::{
    Change, Delivery, Means, after, clear_changes, foreign_credentials, our_profile, renewal_changes, role_changes,
    withdrawal_changes, without_foreign,
};
pub(crate) use variables::{DIRECTORY, rfc3339};
