//! What a call of the scripts knows and answers: the environment on its way to another role, the memory
//! of the shell, and the directory that it stands in.

use crate::Result;
use crate::config::{DirectoryMode, ShellSettings};
use crate::context::{Context, Env};
use crate::directory::turn::{Choice, Holding, Memory, Place, Turn};
use crate::environment::{
    Change, DIRECTORY, Delivery, Means, RegionRequest, after, clear_changes, our_profile, role_changes,
};
use crate::error::one_line;
use crate::private::fingerprint;
use crate::role::{Role, Selection};
use crate::shell::{HookState, Shell};

use super::super::ruling::{Here, Known, View};
use super::state;

/// More of what was said is forgotten: a shell may live for months.
const MOST_TOLD: usize = 40;

/// A shell as a call found it, and what becomes of it.
pub(super) struct Answer {
    shell: Shell,
    /// The environment with all changes so far.
    pub env: Env,
    changes: Vec<Change>,
    pub memory: Memory,
    pub here: Here,
    /// What the shell compares the role file with.
    mark: Option<String>,
    /// Whether directories choose at all in this shell.
    directories: bool,
    /// Lines for the person that were not said before, in a shell that starts.
    unsaid: bool,
    said: Vec<String>,
    silent: bool,
    eager: bool,
    /// The role that this call has put into the environment.
    pub taken: Option<Role>,
}

impl Answer {
    /// A call with what the script handed over. `directories`: it was told to look at role files.
    pub fn new(shell: Shell, context: &Context, memory: Option<&str>, directories: bool) -> Self {
        let memory = memory.and_then(|memory| serde_json::from_str(memory).ok()).unwrap_or_default();
        Self {
            shell,
            env: context.env.clone(),
            changes: Vec::new(),
            memory,
            here: Here::nowhere(),
            mark: None,
            directories,
            unsaid: false,
            said: Vec::new(),
            silent: false,
            eager: false,
            taken: None,
        }
    }

    /// Says nothing: the shell is starting, and its person may not have a prompt yet.
    pub fn silence(&mut self) {
        self.silent = true;
    }

    /// Looks at the directory that the shell stands in.
    pub fn look_around(&mut self, context: &Context, view: View<'_>) -> Result<()> {
        if self.directories && view.settings.mode() != DirectoryMode::Off {
            self.here = Here::look(context, view)?;
            self.mark = self.here.leave_mark(view.index.path());
        }
        Ok(())
    }

    /// Who gave the shell its role.
    pub fn holding(&self) -> Holding {
        if self.env.get("AWS_SSO_ROLE_ARN").is_some() && self.env.get(DIRECTORY).is_some() {
            return Holding::Directory;
        }
        self.choice().map_or(Holding::Nothing, Holding::Hand)
    }

    /// The role in the environment.
    pub fn choice(&self) -> Option<Choice> {
        let variable = |name: &str| self.env.get(name).map(str::to_owned);
        let arn = variable("AWS_SSO_ROLE_ARN")?;
        let by_profile = our_profile(&self.env).is_some() && self.memory.pending.as_ref() != Some(&arn);
        Some(Choice { sso: variable("AWS_SSO").unwrap_or_default(), by_profile, arn })
    }

    /// Asks the rules of turning what the shell is to hold now.
    pub fn ask<T>(&mut self, rule: impl FnOnce(&mut Memory, &Holding, Place<'_>) -> T) -> T {
        let holding = self.holding();
        rule(&mut self.memory, &holding, self.here.place())
    }

    /// Makes changes to the environment.
    pub fn change(&mut self, changes: Vec<Change>) {
        self.env = after(&self.env, &changes);
        self.changes.extend(changes);
    }

    /// Puts a role in the place of the one that is there.
    pub fn take(&mut self, delivery: &Delivery<'_>) {
        self.leaving(Some(delivery.role));
        self.change(role_changes(delivery, &self.env));
    }

    /// Leaves the role that is there.
    pub fn clear(&mut self, region: RegionRequest) {
        self.leaving(None);
        self.memory.pending = None;
        self.change(clear_changes(&self.env, region));
    }

    fn leaving(&mut self, next: Option<&Role>) {
        if let Some(choice) = self.choice()
            && !next.is_some_and(|role| role.arn.to_string() == choice.arn && role.sso == choice.sso)
        {
            self.memory.previous = Some(choice);
        }
    }

    /// Does what the rules of turning say.
    pub fn obey(&mut self, turn: Turn, view: View<'_>) -> Result<()> {
        match turn {
            Turn::Stay => {}
            Turn::Leave => self.clear(RegionRequest::Manage),
            Turn::Take => {
                let Some(ruled) = self.here.ruled() else { return Ok(()) };
                let (role, file) = (ruled.role.clone(), ruled.file.clone());
                let by_profile = view.settings.mode() == DirectoryMode::Profile;
                self.eager = view.settings.mode() == DirectoryMode::Eager;
                self.hand_over(&role, Some(&file), by_profile, view.settings);
            }
            Turn::Restore(choice) => match view.role(Some(&choice.sso), &Selection::Arn(choice.arn))? {
                Some(role) => self.hand_over(&role, None, choice.by_profile, view.settings),
                None => self.clear(RegionRequest::Manage),
            },
        }
        Ok(())
    }

    /// Gives the shell a role by its name. Its keys, where it is to have them, come before the first
    /// command that could need them; until then the name alone keeps every command from another role.
    fn hand_over(&mut self, role: &Role, file: Option<&str>, by_profile: bool, settings: &ShellSettings) {
        let arn = role.arn.to_string();
        let same = self.env.get("AWS_SSO_ROLE_ARN") == Some(&arn) && self.env.get("AWS_SSO") == Some(&role.sso);
        let has_keys = same && self.env.get("AWS_ACCESS_KEY_ID").is_some() && state::end(&self.env).is_some();
        let means = if has_keys && !by_profile { Means::Kept } else { Means::Profile };
        let region = RegionRequest::Manage;
        self.take(&Delivery { role, means, directory: file, env_var_tags: &settings.env_var_tags, region });
        self.memory.pending = (!by_profile).then_some(arn);
        self.taken = Some(role.clone());
    }

    /// Says a line to the person, once in this shell.
    pub fn tell(&mut self, key: &str, text: &str) {
        if self.memory.told.iter().any(|told| told == key) {
            return;
        }
        if self.silent {
            self.unsaid = true;
            return;
        }
        self.say(text);
        self.memory.told.push(key.to_owned());
        let surplus = self.memory.told.len().saturating_sub(MOST_TOLD);
        self.memory.told.drain(..surplus);
    }

    /// Says a line to the person, with the answer: what is not evaluated is not heard either.
    pub fn say(&mut self, text: &str) {
        self.said.push(format!("aws-sso: {}", one_line(text)));
    }

    /// Says why the nearest role file has no say.
    pub fn tell_refusal(&mut self) {
        if let Some(refusal) = self.here.refusal()
            && let Some(text) = refusal.text.clone()
        {
            let key = refusal.key();
            self.tell(&key, &text);
        }
    }

    /// Whether the environment has another role, or another end of its credentials, than after the last
    /// answer.
    pub fn role_changed_since(&self) -> bool {
        self.memory.role.as_deref() != self.env.get("AWS_SSO_ROLE_ARN")
            || self.memory.expires.as_deref() != self.env.get("AWS_SSO_SESSION_EXPIRATION")
    }

    /// Whether only the key was replaced since the last answer: somebody else's, beside our role.
    pub fn key_was_replaced(&self) -> bool {
        let key = key_print(&self.env);
        !self.role_changed_since() && key.is_some() && self.memory.key.is_some() && self.memory.key != key
    }

    /// The statements for the shell.
    pub fn statements(mut self, hook: &HookState, settings: Option<&ShellSettings>) -> String {
        let shell = self.shell;
        remember_role(&mut self.memory, &self.env);
        let mut text = shell.guarded_statements(&self.changes) + &hook.statements(shell);
        text.extend(self.said.iter().map(|line| shell.complain(line) + "\n"));
        let mut assign = |name: &str, value: &str| text += &(shell.assign(name, value) + "\n");
        // A shell that starts looks again at its first prompt, and then it is said.
        let tree = if self.unsaid { "?" } else { self.here.tree_text().unwrap_or_default() };
        assign("__aws_sso_tree", tree);
        assign("__aws_sso_mark", self.mark.as_deref().unwrap_or_default());
        assign("__aws_sso_memory", &memory_text(&self.memory));
        if let Some(settings) = settings {
            assign("__aws_sso_eager", if self.eager && hook.is_without_keys() { "1" } else { "" });
            if hook.is_without_keys() {
                assign("__aws_sso_skip", &format!(" {} ", settings.lazy_skip.join(" ")));
            }
        }
        text
    }
}

/// The memory of a shell that starts with an environment.
pub(super) fn first_memory(env: &Env) -> String {
    let mut memory = Memory::default();
    remember_role(&mut memory, env);
    memory_text(&memory)
}

fn memory_text(memory: &Memory) -> String {
    serde_json::to_string(memory).unwrap_or_default()
}

fn remember_role(memory: &mut Memory, env: &Env) {
    let variable = |name: &str| env.get(name).map(str::to_owned);
    memory.role = variable("AWS_SSO_ROLE_ARN");
    memory.expires = variable("AWS_SSO_SESSION_EXPIRATION");
    memory.key = key_print(env);
}

/// What tells one access key from another, and says nothing about it.
fn key_print(env: &Env) -> Option<String> {
    Some(fingerprint(env.get("AWS_ACCESS_KEY_ID")?, 4))
}

/// The state file, if it can be had; a shell without one has no directories that choose.
pub(super) fn known(context: &Context) -> Option<Known> {
    Known::open(context).ok()
}
