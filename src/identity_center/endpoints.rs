//! Which host is called: the SDK's own rules over region, FIPS and dual stack, unless a variable names
//! an endpoint.

use aws_sdk_sso::config::endpoint as sso;
use aws_sdk_ssooidc::config::endpoint as oidc;
use aws_sdk_sts::config::endpoint as sts;

use crate::context::Env;
use crate::role::Partition;

/// The endpoint variables of AWS's SDKs, as they stand in the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointSettings {
    /// `AWS_ENDPOINT_URL_SSO`, else `AWS_ENDPOINT_URL`
    pub sso: Option<String>,
    /// `AWS_ENDPOINT_URL_SSO_OIDC`, else `AWS_ENDPOINT_URL`
    pub oidc: Option<String>,
    /// `AWS_ENDPOINT_URL_STS`, else `AWS_ENDPOINT_URL`
    pub sts: Option<String>,
    /// `AWS_ENDPOINT_URL_SIGNIN`, else `AWS_ENDPOINT_URL`
    pub sign_in: Option<String>,
    /// `AWS_USE_FIPS_ENDPOINT`
    pub fips: bool,
    /// `AWS_USE_DUALSTACK_ENDPOINT`
    pub dual_stack: bool,
}

/// What the rules of a service's SDK make of a region. Each SDK has types of its own for the same things.
macro_rules! resolved {
    ($settings:expr, $service:ident, $configured:expr, $region:expr) => {{
        use $service::{DefaultResolver, Params, ResolveEndpoint};
        if let Some(url) = &$configured {
            return Ok(url.clone());
        }
        let params = Params::builder().region($region).use_fips($settings.fips).use_dual_stack($settings.dual_stack);
        let params = params.build().map_err(|error| error.to_string())?;
        let endpoint = ResolveEndpoint::resolve_endpoint(&DefaultResolver::new(), &params).await;
        endpoint.map(|endpoint| endpoint.url().to_owned()).map_err(|error| error.to_string())
    }};
}

impl EndpointSettings {
    /// Reads the variables.
    pub fn of(env: &Env) -> Self {
        let ignored = env.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        let url = |service: &str| {
            let own = env.get(&format!("AWS_ENDPOINT_URL_{service}")).or_else(|| env.get("AWS_ENDPOINT_URL"));
            own.filter(|_| !ignored).map(|url| url.trim_end_matches('/').to_owned())
        };
        Self {
            sso: url("SSO"),
            oidc: url("SSO_OIDC"),
            sts: url("STS"),
            sign_in: url("SIGNIN"),
            fips: env.flag("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: env.flag("AWS_USE_DUALSTACK_ENDPOINT"),
        }
    }

    /// Where a browser is sent to sign in: `/authorize` of the OIDC endpoint. `registered` is the
    /// authorization endpoint that sso-oidc:RegisterClient may have named.
    pub(super) async fn authorize_url(&self, region: &str, registered: Option<&str>) -> Result<String, String> {
        let base = match registered {
            Some(url) => url.to_owned(),
            None => self.resolve_oidc(region).await?,
        };
        let base = base.trim_end_matches('/');
        Ok(if base.ends_with("/authorize") { base.to_owned() } else { format!("{base}/authorize") })
    }

    /// The endpoint of the access portal in a region; else why AWS has none such.
    pub async fn resolve_sso(&self, region: &str) -> Result<String, String> {
        resolved!(self, sso, self.sso, region)
    }

    /// The endpoint of the OIDC service in a region.
    pub async fn resolve_oidc(&self, region: &str) -> Result<String, String> {
        resolved!(self, oidc, self.oidc, region)
    }

    /// The endpoint of STS in a region.
    pub async fn resolve_sts(&self, region: &str) -> Result<String, String> {
        resolved!(self, sts, self.sts, region)
    }

    /// Where people of a partition sign in to the console: by the address of `region` where that is of the
    /// partition. None where no public documentation says; ledger §10.4 has the others.
    pub fn sign_in(&self, partition: Partition, region: &str) -> Option<String> {
        if let Some(url) = &self.sign_in {
            return Some(url.clone());
        }
        let host = match partition {
            Partition::Aws => "signin.aws.amazon.com",
            Partition::AwsCn => "signin.amazonaws.cn",
            Partition::AwsUsGov => "signin.amazonaws-us-gov.com",
            Partition::AwsEusc => "signin.amazonaws-eusc.eu",
            Partition::AwsIso | Partition::AwsIsoB | Partition::AwsIsoE | Partition::AwsIsoF => return None,
        };
        Some(match Partition::of_region(region) == partition {
            true => format!("https://{region}.{host}"),
            false => format!("https://{host}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn authorize(region: &str, env: &[(&str, &str)]) -> String {
        let settings = EndpointSettings::of(&env.iter().copied().collect());
        settings.authorize_url(region, None).await.unwrap()
    }

    #[tokio::test]
    async fn regions_partitions_fips_and_dual_stack_have_their_hosts() {
        let fips = ("AWS_USE_FIPS_ENDPOINT", "true");
        let dual = ("AWS_USE_DUALSTACK_ENDPOINT", "true");
        for (region, env, url) in [
            ("us-east-1", &[][..], "https://oidc.us-east-1.amazonaws.com/authorize"),
            ("cn-north-1", &[], "https://oidc.cn-north-1.amazonaws.com.cn/authorize"),
            ("us-gov-west-1", &[], "https://oidc.us-gov-west-1.amazonaws.com/authorize"),
            ("eusc-de-east-1", &[], "https://oidc.eusc-de-east-1.amazonaws.eu/authorize"),
            ("us-east-1", &[fips], "https://oidc-fips.us-east-1.amazonaws.com/authorize"),
            ("us-east-1", &[dual], "https://oidc.us-east-1.api.aws/authorize"),
            ("us-east-1", &[fips, dual], "https://oidc-fips.us-east-1.api.aws/authorize"),
            ("us-east-1", &[("AWS_ENDPOINT_URL", "http://127.0.0.1:1/")], "http://127.0.0.1:1/authorize"),
        ] {
            assert_eq!(authorize(region, env).await, url, "{region} {env:?}");
        }
    }

    #[tokio::test]
    async fn a_registered_endpoint_wins() {
        let settings = EndpointSettings::default();
        for registered in ["https://x/y", "https://x/y/", "https://x/y/authorize"] {
            assert_eq!(settings.authorize_url("us-east-1", Some(registered)).await.unwrap(), "https://x/y/authorize");
        }
    }

    #[test]
    fn a_service_variable_beats_the_general_one() {
        let env = [("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_SSO", "http://sso")];
        let settings = EndpointSettings::of(&env.into_iter().collect());
        assert_eq!((settings.sso.as_deref(), settings.sts.as_deref()), (Some("http://sso"), Some("http://all")));
    }
}
