//! What becomes of the role in a shell when its directory, the trust in it, or the person's mind
//! changes. Pure: what a shell holds, what it remembers and where it stands go in, what to do comes out.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// A role as a shell remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Name of the SSO instance.
    pub sso: String,
    /// ARN of the role.
    pub arn: String,
    /// Whether it was delivered by `AWS_PROFILE`, not by keys.
    pub by_profile: bool,
}

/// Who gave a shell the role that is in its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// There is none.
    Nothing,
    /// The person, here or in the shell that started this one.
    Hand(Choice),
    /// A role file.
    Directory,
}

/// What a shell remembers of the way it came. No secret, not exported; the shell keeps it as one text
/// that only this program reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The role before this one: `aws-sso-use -`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Choice>,
    /// The role that the person had chosen before a role file took over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outer: Option<Choice>,
    /// The ruled directory in which the person decided otherwise. It holds until the shell leaves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_in: Option<String>,
    /// ARN of the role whose keys are to be loaded before the next command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
    /// What was said already, each in a few characters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// A profile of ours that direnv found in its way: it will put it back when it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ghost: Option<String>,
    /// `AWS_SSO_ROLE_ARN` as the last answer left it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// `AWS_SSO_SESSION_EXPIRATION` as the last answer left it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// What tells `AWS_ACCESS_KEY_ID`, as the last answer left it, from another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// Where a shell stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The physical working directory; none where it was deleted.
    pub directory: Option<&'a Path>,
    /// The directory of the nearest role file, whatever it is worth.
    pub tree: Option<&'a str>,
    /// Whether that file is allowed to choose, and names a role that exists.
    pub allowed: bool,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The role stays.
    Stay,
    /// The role of the directory is taken.
    Take,
    /// The role that the person had before comes back.
    Restore(Choice),
    /// There is no role any more.
    Leave,
}

impl Memory {
    /// A shell starts. A role that is there was given to it, by exec or by the shell around it: it is the
    /// person's decision here, and what they have elsewhere.
    pub fn start(&mut self, holding: &Holding, place: Place<'_>) -> Turn {
        let turn = self.arrive(holding, place, matches!(holding, Holding::Hand(_)));
        if let (Holding::Hand(choice), Some(_)) = (holding, &self.decided_in) {
            self.outer = Some(choice.clone());
        }
        turn
    }

    /// The shell stands somewhere, or the file there has changed. `decided`: the person changed the role
    /// without us since we looked last.
    pub fn arrive(&mut self, holding: &Holding, place: Place<'_>, decided: bool) -> Turn {
        if let Some(decided_in) = self.decided_in.clone() {
            let still_there = place.directory.is_some_and(|directory| directory.starts_with(&decided_in));
            match place.tree {
                Some(_) if still_there => return Turn::Stay,
                // Nothing rules there any more: the decision is one like any other.
                None if still_there => {
                    self.decided_in = None;
                    self.outer = None;
                    return Turn::Stay;
                }
                _ => self.decided_in = None,
            }
            return if place.allowed { Turn::Take } else { self.back() };
        }
        match (holding, place.tree) {
            (Holding::Hand(_) | Holding::Nothing, Some(tree)) if place.allowed && decided => {
                self.decided_in = Some(tree.to_owned());
                Turn::Stay
            }
            (holding, _) if place.allowed => {
                match holding {
                    Holding::Hand(choice) => self.outer = Some(choice.clone()),
                    Holding::Nothing => self.outer = None,
                    Holding::Directory => {}
                }
                Turn::Take
            }
            (Holding::Directory, _) => self.back(),
            _ => Turn::Stay,
        }
    }

    /// The person takes or leaves a role by hand: where a role file rules, that holds until it is left.
    pub fn decide(&mut self, holding: &Holding, place: Place<'_>) {
        // As if the shell had looked around first: the command may follow a `cd` on the same line.
        self.arrive(holding, place, false);
        if self.decided_in.is_none() && place.allowed {
            self.decided_in = place.tree.map(str::to_owned);
        }
    }

    /// `aws-sso-use --auto`: the person's decision is taken back.
    pub fn undecide(&mut self, holding: &Holding, place: Place<'_>) -> Turn {
        let decided = self.decided_in.take().is_some();
        match holding {
            _ if place.allowed => {
                if !decided && *holding != Holding::Directory {
                    self.outer = None;
                }
                Turn::Take
            }
            _ if decided => self.back(),
            Holding::Directory => self.back(),
            Holding::Hand(_) => Turn::Leave,
            Holding::Nothing => Turn::Stay,
        }
    }

    /// Somebody else's credentials are here: nothing of ours is to come back.
    pub fn give_way(&mut self) {
        self.outer = None;
        self.decided_in = None;
        self.pending = None;
    }

    fn back(&mut self) -> Turn {
        self.outer.take().map_or(Turn::Leave, Turn::Restore)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn choice(arn: &str) -> Choice {
        Choice { sso: "Default".into(), arn: arn.into(), by_profile: false }
    }

    /// A shell that does what it is told, with the trees /dev, /dev/deep, /prod (allowed) and /wild (not).
    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Shell {
        holding: Holding,
        role: String,
        memory: Memory,
        directory: &'static str,
    }

    const TREES: [(&str, bool); 4] = [("/dev/deep", true), ("/dev", true), ("/prod", true), ("/wild", false)];

    impl Shell {
        fn new() -> Self {
            Self { holding: Holding::Nothing, role: String::new(), memory: Memory::default(), directory: "/" }
        }

        fn place(&self) -> Place<'static> {
            let directory = Path::new(self.directory);
            let tree = TREES.iter().find(|(tree, _)| directory.starts_with(tree));
            Place {
                directory: Some(directory),
                tree: tree.map(|(tree, _)| *tree),
                allowed: tree.is_some_and(|tree| tree.1),
            }
        }

        fn obey(&mut self, turn: Turn) {
            match turn {
                Turn::Stay => {}
                Turn::Take => {
                    self.holding = Holding::Directory;
                    self.role = self.place().tree.expect("a tree").to_owned();
                }
                Turn::Restore(choice) => {
                    self.role = choice.arn.clone();
                    self.holding = Holding::Hand(choice);
                }
                Turn::Leave => {
                    self.role = String::new();
                    self.holding = Holding::Nothing;
                }
            }
        }

        fn cd(&mut self, directory: &'static str) -> &mut Self {
            self.directory = directory;
            let turn = self.memory.arrive(&self.holding.clone(), self.place(), false);
            self.obey(turn);
            self
        }

        fn take(&mut self, role: &str) -> &mut Self {
            self.memory.decide(&self.holding.clone(), self.place());
            self.role = role.to_owned();
            self.holding = Holding::Hand(choice(role));
            self
        }

        fn clear(&mut self) -> &mut Self {
            self.memory.decide(&self.holding.clone(), self.place());
            self.obey(Turn::Leave);
            self
        }

        fn auto(&mut self) -> &mut Self {
            let turn = self.memory.undecide(&self.holding.clone(), self.place());
            self.obey(turn);
            self
        }
    }

    #[test]
    fn a_directory_gives_its_role_and_takes_it_back() {
        let mut shell = Shell::new();
        for (directory, role) in [
            ("/dev/src", "/dev"),
            ("/dev/deep/down", "/dev/deep"),
            ("/dev", "/dev"),
            ("/prod", "/prod"),
            ("/wild", ""),
            ("/prod", "/prod"),
            ("/", ""),
        ] {
            assert_eq!(shell.cd(directory).role, role, "{directory}");
        }
        shell.take("hand");
        for (directory, role) in
            [("/dev", "/dev"), ("/wild", "hand"), ("/prod", "/prod"), ("/dev", "/dev"), ("/", "hand")]
        {
            assert_eq!(shell.cd(directory).role, role, "{directory}");
        }
    }

    #[test]
    fn what_is_decided_in_a_tree_holds_until_it_is_left() {
        let mut shell = Shell::new();
        shell.take("outer").cd("/dev").take("hand");
        for (directory, role) in
            [("/dev/src", "hand"), ("/dev/deep", "hand"), ("/dev", "hand"), ("/prod", "/prod"), ("/", "outer")]
        {
            assert_eq!(shell.cd(directory).role, role, "{directory}");
        }
        assert_eq!(shell.cd("/dev").clear().cd("/dev/deep").role, "");
        assert_eq!(shell.cd("/").role, "outer");
        assert_eq!(shell.cd("/dev").take("a").take("b").cd("/").role, "outer");
        assert_eq!(shell.cd("/wild").take("plain").cd("/").role, "plain", "what has no say is no tree to leave");
    }

    #[test]
    fn auto_gives_the_shell_back() {
        let mut shell = Shell::new();
        assert_eq!(shell.take("outer").cd("/dev").take("hand").auto().role, "/dev");
        assert_eq!(shell.auto().cd("/").role, "outer");
        assert_eq!(shell.auto().role, "");
        assert_eq!(shell.cd("/dev").clear().cd("/dev/deep").auto().role, "/dev/deep");
        assert_eq!(shell.cd("/").role, "");
    }

    #[test]
    fn a_role_that_came_from_elsewhere_is_a_decision() {
        let mut shell = Shell::new();
        shell.cd("/dev");
        let hand = Holding::Hand(choice("evaluated"));
        assert_eq!(shell.memory.arrive(&hand, shell.place(), true), Turn::Stay);
        shell.holding = hand;
        assert_eq!(shell.cd("/dev/deep").holding, Holding::Hand(choice("evaluated")));
        assert_eq!(shell.cd("/").role, "");
    }

    #[test]
    fn a_role_that_a_shell_starts_with_is_its_own() {
        let mut shell = Shell::new();
        shell.directory = "/dev";
        shell.holding = Holding::Hand(choice("exec"));
        shell.role = "exec".into();
        assert_eq!(shell.memory.start(&shell.holding.clone(), shell.place()), Turn::Stay);
        for (directory, role) in [("/dev/deep", "exec"), ("/prod", "/prod"), ("/", "exec"), ("/dev", "/dev")] {
            assert_eq!(shell.cd(directory).role, role, "{directory}");
        }
        let mut nested = Shell::new();
        assert_eq!(nested.memory.start(&Holding::Directory, nested.place()), Turn::Leave);
    }

    #[test]
    fn a_file_that_goes_leaves_a_decision_behind() {
        let mut shell = Shell::new();
        shell.take("outer").cd("/dev").take("hand");
        let nothing = Place { directory: Some(Path::new("/dev")), tree: None, allowed: false };
        assert_eq!(shell.memory.arrive(&shell.holding.clone(), nothing, false), Turn::Stay);
        assert_eq!(shell.cd("/").role, "hand");
    }

    #[test]
    fn a_deleted_directory_is_left() {
        let mut shell = Shell::new();
        shell.take("outer").cd("/dev").take("hand");
        let nowhere = Place { directory: None, tree: None, allowed: false };
        assert_eq!(shell.memory.arrive(&shell.holding.clone(), nowhere, false), Turn::Restore(choice("outer")));
    }

    /// The same in other words: what was decided in a tree while the shell is in it, else the role of the
    /// nearest allowed file, else what the person took elsewhere.
    #[derive(Default, Clone)]
    struct Model {
        directory: &'static str,
        elsewhere: &'static str,
        decided: Option<(&'static str, &'static str)>,
    }

    impl Model {
        fn tree(&self) -> Option<&'static str> {
            let tree = TREES.iter().find(|(tree, _)| Path::new(self.directory).starts_with(tree));
            tree.filter(|(_, allowed)| *allowed).map(|(tree, _)| *tree)
        }

        fn role(&self) -> &'static str {
            self.decided.map(|(_, role)| role).or(self.tree()).unwrap_or(self.elsewhere)
        }

        fn take(&mut self, role: &'static str) {
            match self.decided.map(|(tree, _)| tree).or(self.tree()) {
                Some(tree) => self.decided = Some((tree, role)),
                None => self.elsewhere = role,
            }
        }
    }

    proptest! {
        #[test]
        fn any_way_through_any_directories_is_as_the_model_says(steps in prop::collection::vec((0..4_u8, 0..7_usize), 1..60)) {
            const DIRECTORIES: [&str; 7] = ["/", "/dev", "/dev/src", "/dev/deep", "/prod/src", "/wild", "/plain"];
            let (mut shell, mut model) = (Shell::new(), Model { directory: "/", ..Model::default() });
            for (step, number) in steps {
                match step {
                    0 => {
                        shell.clear();
                        model.take("");
                    }
                    1 => {
                        shell.auto();
                        if model.decided.take().is_none() && model.tree().is_none() {
                            model.elsewhere = "";
                        }
                    }
                    2 => {
                        let role = ["a", "b"][number % 2];
                        shell.take(role);
                        model.take(role);
                    }
                    _ => {
                        shell.cd(DIRECTORIES[number]);
                        model.directory = DIRECTORIES[number];
                        model.decided = model.decided.filter(|(tree, _)| Path::new(model.directory).starts_with(tree));
                    }
                }
                prop_assert_eq!(&shell.role, model.role(), "in {}", model.directory);
                let by_directory = model.decided.is_none() && model.tree().is_some();
                prop_assert_eq!(shell.holding == Holding::Directory, by_directory);
            }
        }
    }

    #[test]
    fn a_memory_is_read_back_and_a_strange_one_is_empty() {
        let memory = Memory { outer: Some(choice("a")), told: vec!["x".into()], ..Memory::default() };
        assert_eq!(serde_json::from_str::<Memory>(&serde_json::to_string(&memory).unwrap()).unwrap(), memory);
        assert_eq!(serde_json::from_str::<Memory>("{}").unwrap(), Memory::default());
    }
}
