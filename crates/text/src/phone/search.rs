//! What to look for when somebody searches for a phone number.

use super::{Rules, read, spelling::variants};

/// The fewest digits that are searched for.
const FEWEST: usize = 3;
/// The longest text that is taken for a number, in characters.
const LONGEST: usize = 64;

/// The digits under which a number may be stored that somebody wrote, or began to write, in any spelling that [`read`] takes;
/// empty for a text that is no phone number. What is stored contains one of them: whole numbers with their country code, parts
/// of numbers as they are.
pub fn search_forms(text: &str, rules: Rules<'_>) -> Vec<String> {
    let mut forms: Vec<String> = Vec::new();
    if text.chars().count() > LONGEST {
        return forms;
    }
    let whole = read(text, Rules { bare: true, ..rules });
    if let Ok(phone) = &whole {
        forms.push(phone.digits().to_owned());
        forms.extend(variants(phone.digits()));
    }
    if let Some(part) = super::written::part(text) {
        forms.extend(part);
    }
    forms.retain(|form| form.len() >= FEWEST);
    let mut seen = std::collections::BTreeSet::new();
    forms.retain(|form| seen.insert(form.clone()));
    forms
}
