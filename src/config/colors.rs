//! `PromptColors`: the colours of the role picker. Without it the picker keeps to the terminal's own background,
//! but for the selected line; the Go tool has bright blocks there.

use super::Color;

macro_rules! prompt_colors {
    ($($field:ident $key:literal = $default:ident,)+) => {
        /// The colours of the role picker, one field per key of `PromptColors`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct PromptColors {
            $(#[doc = concat!("`", $key, "`, default `", stringify!($default), "`.")] pub $field: Color,)+
        }

        impl PromptColors {
            /// Its keys.
            pub const KEYS: &'static [&'static str] = &[$($key),+];

            /// Sets the colour that `key` names, one of [`Self::KEYS`].
            pub(super) fn set(&mut self, key: &str, color: Color) {
                match key {
                    $($key => self.$field = color,)+
                    _ => {}
                }
            }
        }

        impl Default for PromptColors {
            fn default() -> Self {
                Self { $($field: Color::$default,)+ }
            }
        }
    };
}

prompt_colors! {
    description_background "DescriptionBGColor" = DefaultColor,
    description_text "DescriptionTextColor" = DarkGrey,
    input_background "InputBGColor" = DefaultColor,
    input_text "InputTextColor" = DefaultColor,
    prefix_background "PrefixBackgroundColor" = DefaultColor,
    prefix_text "PrefixTextColor" = Blue,
    preview_suggestion_background "PreviewSuggestionBGColor" = DefaultColor,
    preview_suggestion_text "PreviewSuggestionTextColor" = Green,
    scrollbar_background "ScrollbarBGColor" = DefaultColor,
    scrollbar_thumb "ScrollbarThumbColor" = LightGrey,
    selected_description_background "SelectedDescriptionBGColor" = DarkGrey,
    selected_description_text "SelectedDescriptionTextColor" = White,
    selected_suggestion_background "SelectedSuggestionBGColor" = DarkGrey,
    selected_suggestion_text "SelectedSuggestionTextColor" = White,
    suggestion_background "SuggestionBGColor" = DefaultColor,
    suggestion_text "SuggestionTextColor" = DefaultColor,
}
