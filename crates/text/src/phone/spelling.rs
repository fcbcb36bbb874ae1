//! Numbers with more than one spelling: what WhatsApp makes of them, and what numbering plans have changed.

use super::{SIMULATED, plan::Plan};

/// The digits at the end that all spellings of a number share.
const SAME_END: usize = 7;

/// The other spellings under which WhatsApp may know a number, given as digits with the country code; with or without plus,
/// as it was given.
///
/// Brazilian mobiles have a ninth digit that older accounts lack, Mexican ones a `1` that is no longer dialled, Argentine ones
/// a `9` that is dialled from abroad only.
pub fn variants(phone: &str) -> Vec<String> {
    let (plus, digits) = phone
        .strip_prefix('+')
        .map_or(("", phone), |digits| ("+", digits));
    if !digits.chars().all(|c| c.is_ascii_digit()) {
        return Vec::new();
    }
    let other = if let Some(national) = digits.strip_prefix("55") {
        brazil(national).map(|it| format!("55{it}"))
    } else if let Some(national) = digits.strip_prefix("52") {
        match (national.len(), national.strip_prefix('1')) {
            (11, Some(rest)) => Some(format!("52{rest}")),
            (10, _) => Some(format!("521{national}")),
            _ => None,
        }
    } else if let Some(national) = digits.strip_prefix("54") {
        match (national.len(), national.strip_prefix('9')) {
            (11, Some(rest)) => Some(format!("54{rest}")),
            (10, None) => Some(format!("549{national}")),
            _ => None,
        }
    } else {
        None
    };
    other
        .map(|digits| format!("{plus}{digits}"))
        .into_iter()
        .collect()
}

/// Whether two phone ids may be spellings of one number: WhatsApp's spellings have the same country code and the same last seven
/// digits, and differ between them.
pub fn may_be_same(one: &str, other: &str) -> bool {
    let end = |text: &str| -> Vec<char> {
        let digits = text.chars().filter(char::is_ascii_digit);
        digits.rev().take(SAME_END).collect()
    };
    let code = |text: &str| -> Option<u16> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let simulated = digits.starts_with(SIMULATED).then_some(999);
        simulated.or_else(|| Plan::split(&digits).map(|(plan, _)| plan.code))
    };
    end(one) == end(other) && code(one) == code(other)
}

/// A Brazilian mobile with its ninth digit if it had none, and the other way round.
fn brazil(national: &str) -> Option<String> {
    let old_mobile = |digit: &str| matches!(digit.as_bytes().first(), Some(b'6'..=b'9'));
    let (area, rest) = national.split_at_checked(2)?;
    if area.contains('0') {
        return None;
    }
    match (rest.len(), rest.strip_prefix('9')) {
        (9, Some(eight)) if old_mobile(eight) => Some(format!("{area}{eight}")),
        (8, _) if old_mobile(rest) => Some(format!("{area}9{rest}")),
        _ => None,
    }
}

/// Whether WhatsApp writes such a number although the numbering plan no longer has it: Mexico's `1`.
pub(super) fn is_variant(code: u16, national: &str) -> bool {
    code == 52 && national.len() == 11 && national.starts_with('1') && !national.starts_with("10")
}

/// The number as it is written today, for spellings that are out of use: Brazilian mobiles without the ninth digit, Mexican
/// prefixes. The caller checks that it is valid.
pub(super) fn repaired(code: u16, national: &str) -> Option<String> {
    match code {
        55 => {
            let national = national.strip_prefix('0').unwrap_or(national);
            (national.len() == 10).then(|| brazil(national))?
        }
        52 => ["01", "044", "045", "1"]
            .into_iter()
            .filter_map(|prefix| national.strip_prefix(prefix))
            .find(|rest| rest.len() == 10)
            .map(ToOwned::to_owned),
        _ => None,
    }
}

/// What became of a number of an old plan: the new one where that is certain, nothing where it is not. None for all others.
pub(super) fn renumbered(code: u16, national: &str) -> Option<Option<String>> {
    match (code, national.len()) {
        // Benin, November 2024: 01 before every number.
        (229, 8) if !national.starts_with(['0', '8']) => Some(Some(format!("01{national}"))),
        // Ivory Coast, January 2021: a prefix that depends on the operator.
        (225, 8) => Some(None),
        // Vietnam, 2018: mobiles of eleven digits became ten, by the operator.
        (84, 10) if national.starts_with("12") || national.starts_with("16") => Some(None),
        (84, 10) if national.starts_with("186") || national.starts_with("188") => Some(None),
        (84, 10) if national.starts_with("199") => Some(None),
        (84, 11) if national.starts_with("01") => Some(None),
        _ => None,
    }
}
