//! Organizations made up on the spot: plausible ones of any size, and one that attacks its reader.

use crate::organization::Organization;

const TEAMS: [&str; 16] = [
    "payments",
    "data platform",
    "identity",
    "search",
    "mobile-backend",
    "Web Shop",
    "logistics",
    "machine learning",
    "observability",
    "billing",
    "customer-care",
    "Security Tooling",
    "networking",
    "partner-api",
    "research",
    "shared services",
];

const STAGES: [&str; 4] = ["dev", "staging", "prod", "sandbox"];

const ROLES: [&str; 16] = [
    "AdministratorAccess",
    "ReadOnly",
    "PowerUserAccess",
    "Billing",
    "ViewOnlyAccess",
    "DatabaseAdministrator",
    "SecurityAudit",
    "NetworkAdministrator",
    "SupportUser",
    "DeveloperAccess",
    "DataScientist",
    "SystemAdministrator",
    "Deployment",
    "IncidentResponse",
    "CostExplorer",
    "LogReader",
];

// Coprime to 10^12, so that no two accounts below that number share an id.
const STRIDE: u64 = 618_970_019_643;
const FIRST: u64 = 111_122_223_333;

impl Organization {
    /// An organization of a given size with plausible names, the same at every call.
    ///
    /// `roles` is the total over all accounts. They are spread evenly: no account is without a role
    /// when there are at least as many roles as accounts.
    pub fn generated(accounts: usize, roles: usize) -> Self {
        let mut organization = Self::new();
        for index in 0..accounts {
            let name = account_name(index);
            let email = format!("aws+{}@example.com", name.to_lowercase().replace(' ', "-"));
            let id = account_id(index);
            organization.add_account(&id, &name, &email, &[]);
            let share = roles / accounts + usize::from(index < roles % accounts);
            for place in 0..share {
                organization.add_role(&id, &role_name(place));
            }
        }
        organization
    }

    /// An organization whose names try to break out of shells, terminals, templates and tables.
    pub fn hostile() -> Self {
        let long = "long ".repeat(2000);
        let names: [&str; 20] = [
            "single ' and double \" quotes",
            "$(touch x)",
            "`touch x`",
            "; touch x #",
            "line one\nline two\r\nexport AWS_PROFILE=stolen",
            "\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}[31mred",
            "\u{9b}31m eight-bit control",
            "--help",
            "-rf /",
            "!! !-1 history!",
            "données-日本語-🔥",
            "\u{202e}gnp.elif\u{202c} right to left",
            "zero\u{200b}width\u{feff}",
            "tab\tand null\u{0}",
            "../../etc/passwd",
            "{{ template }} {% if %}",
            "%s%n ${HOME} %PATH%",
            "back\\slash and | pipe & more > x",
            &long,
            "",
        ];
        let mut organization = Self::new();
        for (index, name) in names.iter().enumerate() {
            let id = format!("{:012}", index + 1);
            organization.add_account(&id, name, "it's\"$(touch x)\"@example.com", &[name, "ReadOnly"]);
        }
        organization
    }
}

fn account_id(index: usize) -> String {
    let step = u128::from(STRIDE) * index as u128;
    format!("{:012}", (step + u128::from(FIRST)) % 1_000_000_000_000)
}

fn account_name(index: usize) -> String {
    let stage = STAGES[index % STAGES.len()];
    let team = TEAMS[index / STAGES.len() % TEAMS.len()];
    let separator = if team.contains(' ') { ' ' } else { '-' };
    match index / (STAGES.len() * TEAMS.len()) {
        0 => format!("{team}{separator}{stage}"),
        round => format!("{team}{separator}{stage}{separator}{}", round + 1),
    }
}

fn role_name(place: usize) -> String {
    let role = ROLES[place % ROLES.len()];
    match place / ROLES.len() {
        0 => role.to_owned(),
        round => format!("{role}-{}", round + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_organizations_have_the_size_asked_for() {
        for (accounts, roles) in [(0, 0), (1, 1), (3, 2), (7, 50), (2500, 10_000)] {
            let organization = Organization::generated(accounts, roles);
            assert_eq!((organization.accounts().len(), organization.role_count()), (accounts, roles));
            let well_formed = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
            assert!(organization.accounts().iter().all(|account| well_formed(account.id())));
            assert!(roles < accounts || organization.accounts().iter().all(|account| !account.roles().is_empty()));
        }
        assert_eq!(Organization::generated(9, 40), Organization::generated(9, 40));
    }
}
