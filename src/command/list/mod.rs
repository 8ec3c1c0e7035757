//! `list`: the roles, as a table, a tree, CSV or JSON. Answered by the index alone.

mod field;
mod plan;
mod print;
mod tree;

use crate::Result;
use crate::cli::ListArgs;
use crate::config::Config;
use crate::context::Context;
use crate::index::{Index, InstanceRow};
use crate::role::{Role, TagColor};
use crate::ui::{self, Paper};

use super::{load_config, open_state, refresh_first, tagged};
use field::FIELDS;
use plan::{Look, Plan};

pub(super) use field::fields;

pub(super) fn run(args: &ListArgs, context: &Context) -> Result<()> {
    if args.list_fields {
        let rows = FIELDS.iter().map(|(_, name, meaning)| vec![(*name).to_owned(), (*meaning).to_owned()]);
        return ui::print(&ui::table(&["Field", "Description"], rows));
    }
    let config = load_config(context)?;
    let plan = Plan::of(args, context, &config)?;
    if args.no_cache {
        refresh_first(context, &config)?;
    }
    let instance = config.instance(context.wanted_instance())?;
    let (index, row) = open_state(context, &config, instance)?;
    let now = jiff::Timestamp::now().as_second();
    let mut roles = index.roles(row.id)?;
    plan.arrange(&mut roles, now);

    if args.json {
        tagged::add_tags(&mut roles, &index, &row)?;
        tagged::add_history(&mut roles, &index, &row, &config, now)?;
        return ui::print_json(&print::json(&roles, now));
    }
    if args.csv {
        return ui::print(&print::csv(&plan, &roles, now)?);
    }
    header(context, &config, &row, now);
    if roles.is_empty() {
        return Ok(());
    }
    let paper = Paper::of_output(&context.env);
    if paper.colour {
        add_colours(&mut roles, &index, &row)?;
    }
    let soon = config.refresh_before.as_secs().cast_signed();
    let look = Look { now, soon };
    if args.tree {
        return ui::print(&tree::tree(paper, &roles, &look));
    }
    let names: Vec<&str> = plan.fields.iter().map(|field| field.name()).collect();
    ui::print(&ui::table_on(paper, &names, plan.cells(&roles, &look)))
}

/// Gives the roles the tags that say their colour.
fn add_colours(roles: &mut [Role], index: &Index, row: &InstanceRow) -> Result<()> {
    let mut tags = index.tags_named(row.id, TagColor::TAGS)?;
    if !tags.is_empty() {
        for role in roles {
            role.tags = tags.remove(&role.arn.to_string()).unwrap_or_default();
        }
    }
    Ok(())
}

/// For the person: standard output is the table alone.
fn header(context: &Context, config: &Config, row: &InstanceRow, now: i64) {
    let session = match row.session_expires_at {
        Some(at) => format!(" [session: {}]", ui::time_left(at, now)),
        None => " [not signed in]".to_owned(),
    };
    ui::tell(&format!("AWS roles of the SSO instance {}{session}\n", row.name));
    tell_what_is_missing(context, config, row, now);
}

/// Says why the roles that are shown may not be those that there are.
pub(super) fn tell_what_is_missing(context: &Context, config: &Config, row: &InstanceRow, now: i64) {
    let command = |command| config.command(command, &row.name, context.env.get("AWS_SSO"));
    match (&row.problem, row.refreshed_at) {
        (Some(problem), _) => ui::tell(&format!("aws-sso: {problem}")),
        (None, None) => ui::tell(&format!("No roles were fetched yet: run '{}'", command("login"))),
        (None, Some(_)) if row.is_stale(config.cache_refresh, now) => {
            tracing::warn!("this list is older than CacheRefresh: run '{}'", command("cache"));
        }
        _ => {}
    }
}
