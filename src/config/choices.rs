//! The keys whose value is one word of a few.

use std::fmt;
use std::str::FromStr;

use super::suggest::did_you_mean;

/// A word that is none of those a key knows. It is written to follow the key or flag it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceError {
    written: String,
    known: Vec<&'static str>,
}

impl fmt::Display for ChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let near = did_you_mean(&self.written, self.known.iter().copied());
        write!(f, "use one of {}{near}", self.known.join(", "))
    }
}

impl std::error::Error for ChoiceError {}

/// Declares an enum whose variants are words. `unlisted` variants and `aliases` are understood but
/// not offered in messages.
macro_rules! choices {
    (
        $(#[$about:meta])*
        $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }
        $(unlisted { $($(#[$unlisted_doc:meta])* $unlisted:ident = $unlisted_text:literal,)+ })?
        $(aliases { $($alias:literal = $target:ident,)+ })?
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
            $($($(#[$unlisted_doc])* $unlisted,)+)?
        }

        impl $name {
            /// Every value that can be used, in the order in which it is offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in `config.yaml`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                    $($(Self::$unlisted => $unlisted_text,)+)?
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ChoiceError;

            /// Upper and lower case are one.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().map(|choice| (choice.as_str(), *choice));
                let known = known.chain([$($(($unlisted_text, Self::$unlisted)),+)?]);
                let mut known = known.chain([$($(($alias, Self::$target)),+)?]);
                match known.find(|(word, _)| word.eq_ignore_ascii_case(text)) {
                    Some((_, choice)) => Ok(choice),
                    None => Err(ChoiceError {
                        written: text.to_owned(),
                        known: Self::ALL.iter().map(|choice| choice.as_str()).collect(),
                    }),
                }
            }
        }
    };
}

choices! {
    /// `SecureStore`: who keeps the key that seals the vault.
    SecureStore {
        /// A file of our own, wrapped with a password.
        File = "file",
        /// The macOS keychain.
        Keychain = "keychain",
        /// KDE Wallet.
        Kwallet = "kwallet",
        /// pass(1), the standard Unix password manager.
        Pass = "pass",
        /// The freedesktop.org Secret Service: GNOME Keyring, `KeePassXC` and others.
        SecretService = "secret-service",
        /// The Windows Credential Manager.
        Wincred = "wincred",
        /// A clear-text file, for debugging.
        Json = "json",
    }
    unlisted {
        /// 1Password: known as a word, so that its refusal can name it.
        OnePassword = "1password",
    }
}

impl Default for SecureStore {
    /// What the operating system has by itself.
    fn default() -> Self {
        if cfg!(target_os = "macos") {
            Self::Keychain
        } else if cfg!(windows) {
            Self::Wincred
        } else {
            Self::File
        }
    }
}

choices! {
    /// `UrlAction`, `AuthUrlAction`, `ConfigProfilesUrlAction`: what happens to a URL.
    #[derive(Default)]
    UrlAction {
        /// Copied to the clipboard.
        Clip = "clip",
        /// Handed to `UrlExecCommand`.
        Exec = "exec",
        /// Opened in `Browser`, or in the system's default browser.
        #[default]
        Open = "open",
        /// Printed with a sentence around it.
        Print = "print",
        /// Printed alone on its line.
        PrintUrl = "printurl",
        /// Opened in a Firefox container by the Granted extension.
        GrantedContainers = "granted-containers",
        /// Opened in a Firefox container by the "Open URL in Container" extension.
        OpenUrlInContainer = "open-url-in-container",
        /// Copied to the clipboard of the terminal, by its escape sequence 52: works over SSH.
        AnsiOsc52 = "ansi-osc52",
    }
}

impl UrlAction {
    /// Whether the URL goes to a Firefox container.
    pub fn is_container(self) -> bool {
        matches!(self, Self::GrantedContainers | Self::OpenUrlInContainer)
    }
}

choices! {
    /// `AuthWorkflow`: how a person signs in.
    AuthWorkflow {
        /// Authorization code with PKCE, answered on this computer.
        Pkce = "pkce",
        /// A code to compare, in a browser anywhere.
        DeviceCode = "device_code",
    }
}

choices! {
    /// `LogLevel`: the least severe message that is shown.
    #[derive(Default)]
    LogLevel {
        /// Only what made a command fail.
        Error = "error",
        /// What may surprise.
        #[default]
        Warn = "warn",
        /// What is being done.
        Info = "info",
        /// Why it is done that way.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
    aliases { "warning" = Warn, "fatal" = Error, "panic" = Error, }
}

choices! {
    /// `DirectoryRoles.Mode`: how the role of a directory reaches programs.
    #[derive(Default)]
    DirectoryMode {
        /// By `AWS_PROFILE`: no secret enters the shell.
        #[default]
        Profile = "profile",
        /// By keys, loaded before the first command that could use them.
        Keys = "keys",
        /// By keys, loaded on entry.
        Eager = "eager",
        /// Not at all.
        Off = "off",
    }
}

choices! {
    /// `UseWith`: what assuming a role puts into the shell.
    #[derive(Default)]
    UseWith {
        /// The credentials themselves.
        #[default]
        Keys = "keys",
        /// `AWS_PROFILE`.
        Profile = "profile",
    }
}

choices! {
    /// A colour of `PromptColors`: the 16 of a terminal and its default.
    #[derive(Default)]
    Color {
        /// What the terminal has as its own.
        #[default]
        DefaultColor = "DefaultColor",
        /// ANSI 0.
        Black = "Black",
        /// ANSI 1.
        DarkRed = "DarkRed",
        /// ANSI 2.
        DarkGreen = "DarkGreen",
        /// ANSI 3.
        Brown = "Brown",
        /// ANSI 4.
        DarkBlue = "DarkBlue",
        /// ANSI 5.
        Purple = "Purple",
        /// ANSI 6.
        Cyan = "Cyan",
        /// ANSI 7.
        LightGrey = "LightGrey",
        /// ANSI 8.
        DarkGrey = "DarkGrey",
        /// ANSI 9.
        Red = "Red",
        /// ANSI 10.
        Green = "Green",
        /// ANSI 11.
        Yellow = "Yellow",
        /// ANSI 12.
        Blue = "Blue",
        /// ANSI 13.
        Fuchsia = "Fuchsia",
        /// ANSI 14.
        Turquoise = "Turquoise",
        /// ANSI 15.
        White = "White",
    }
    aliases { "DarkGray" = DarkGrey, "LightGray" = LightGrey, }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        fn check<T: Copy + PartialEq + fmt::Debug + fmt::Display + FromStr<Err = ChoiceError>>(all: &[T]) {
            for choice in all {
                assert_eq!(choice.to_string().parse::<T>().unwrap(), *choice);
                assert_eq!(choice.to_string().to_uppercase().parse::<T>().unwrap(), *choice);
            }
            assert!("no such word".parse::<T>().is_err());
        }
        check(SecureStore::ALL);
        check(UrlAction::ALL);
        check(AuthWorkflow::ALL);
        check(LogLevel::ALL);
        check(DirectoryMode::ALL);
        check(UseWith::ALL);
        check(Color::ALL);
    }

    #[test]
    fn a_refusal_says_what_is_possible() {
        assert_eq!("opne".parse::<DirectoryMode>().unwrap_err().to_string(), "use one of profile, keys, eager, off");
        assert_eq!(
            "key".parse::<DirectoryMode>().unwrap_err().to_string(),
            "use one of profile, keys, eager, off (did you mean keys?)"
        );
        assert_eq!("1password".parse(), Ok(SecureStore::OnePassword));
        assert!(!SecureStore::ALL.contains(&SecureStore::OnePassword), "what is refused is not offered");
        assert_eq!("darkgray".parse(), Ok(Color::DarkGrey));
        assert_eq!("Warning".parse(), Ok(LogLevel::Warn));
    }
}
