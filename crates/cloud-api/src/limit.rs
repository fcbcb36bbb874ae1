//! The messaging limit as WhatsApp writes it: a number, or a word (Cloud API: messaging limit).

use serde_json::Value;

/// "Without limit".
pub const UNLIMITED: i32 = -1;

/// People a portfolio may write to first in 24 hours: 250, `"2000"`, `"TIER_2K"`, -1 or `"TIER_UNLIMITED"`.
/// [`UNLIMITED`] is without limit; none for what is no limit, such as `TIER_NOT_SET`.
pub fn people_a_day(value: &Value) -> Option<i32> {
    if let Some(number) = crate::error::number(value) {
        return if number < 0 {
            Some(UNLIMITED)
        } else {
            i32::try_from(number).ok()
        };
    }
    let word = value.as_str()?.trim().to_ascii_uppercase();
    let word = word.strip_prefix("TIER_")?;
    if word == "UNLIMITED" {
        return Some(UNLIMITED);
    }
    let (digits, times) = match word.strip_suffix('K') {
        Some(digits) => (digits, 1_000),
        None => match word.strip_suffix('M') {
            Some(digits) => (digits, 1_000_000),
            None => (word, 1),
        },
    };
    digits.parse::<i32>().ok()?.checked_mul(times)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_is_read() {
        for (value, people) in [
            (json!(250), Some(250)),
            (json!("2000"), Some(2_000)),
            (json!(-1), Some(-1)),
            (json!("TIER_50"), Some(50)),
            (json!("TIER_1K"), Some(1_000)),
            (json!("TIER_2K"), Some(2_000)),
            (json!("tier_100k"), Some(100_000)),
            (json!("TIER_UNLIMITED"), Some(-1)),
            (json!("TIER_NOT_SET"), None),
            (json!("TIER_9999999999K"), None),
            (json!(null), None),
        ] {
            assert_eq!(people_a_day(&value), people, "{value}");
        }
    }
}
