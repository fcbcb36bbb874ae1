//! Phone numbers as people write them: [`read`] is the only reader.
//!
//! A number written with its country code needs a length that exists there and keeps all its digits; one written as inside a
//! country must be valid there. What cannot be read with certainty is refused with the reason: a wrong number is worse than
//! none.

mod plan;
mod search;
mod spelling;
mod written;

use std::fmt;

pub use search::search_forms;
pub use spelling::{may_be_same, variants};
pub use written::as_it_stands;

use plan::{Kind, Plan, Region};
use written::Written;

/// The country code of simulated numbers, which is nobody's.
const SIMULATED: &str = "999";
/// The digits that a number may have, with its country code (ITU-T E.164; the shortest are of small islands).
const LENGTH: std::ops::RangeInclusive<usize> = 7..=15;

/// What a reading depends on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// The country of numbers without country code, two letters (ISO 3166-1). None: such numbers are refused.
    pub default_country: Option<&'a str>,
    /// Whether a simulator is configured: its numbers begin with +999.
    pub simulator: bool,
    /// Whether digits alone may have their country code, as WhatsApp writes numbers. They must be valid then.
    pub bare: bool,
}

/// A phone number in E.164: a plus and 7 to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

impl Phone {
    /// With the plus.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the plus, as WhatsApp writes it.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// The text with the plus.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not read as a phone number, in words that follow the name of the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing is written.
    #[error("is empty")]
    Empty,
    /// The text is longer than any number.
    #[error("is too long for a phone number")]
    TooMuchText,
    /// There is no digit in it.
    #[error("has no digits")]
    NoDigits,
    /// A link, an address or an id without a phone number.
    #[error("is a link or an id without a phone number")]
    NoNumber,
    /// Nothing says which country it is of.
    #[error("has no country code; {ADVICE}")]
    NoCountryCode,
    /// The digits are a whole number with its country code; only the plus is missing.
    #[error("has no plus; if {0} is its country code, write it with a plus in front")]
    NoPlus(u16),
    /// The country code is nobody's.
    #[error("has a country code that does not exist; {ADVICE}")]
    UnknownCountryCode,
    /// It is not valid in the country it is read in.
    #[error("is not a valid number in {0}; for a number of another country, {ADVICE}")]
    NotOfCountry(&'static str),
    /// It is not valid, and something about it says that it should be.
    #[error("is not a valid phone number; {ADVICE}")]
    NotValid,
    /// Its country has no numbers of this length.
    #[error("has {found} digits after the country code +{code}, where numbers have {expected}")]
    Length {
        /// The country code.
        code: u16,
        /// How many digits follow it.
        found: usize,
        /// How many there should be, such as `9 or 10`.
        expected: String,
    },
    /// It has fewer or more digits than any number.
    #[error("must have 7 to 15 digits with its country code")]
    TotalLength,
    /// The country code stands there twice.
    #[error("has the country code +{0} twice; write it once")]
    CodeTwice(u16),
    /// Its country has given out longer numbers since.
    #[error("is of the old numbering plan of +{0}; ask for the new number")]
    OldPlan(u16),
    /// Something to fill the field with.
    #[error("looks like a placeholder, not like somebody's phone number")]
    Filler,
    /// Digits are hidden.
    #[error("has hidden digits; the whole number is needed")]
    Masked,
    /// Two different numbers.
    #[error("has more than one phone number; write one")]
    Several,
    /// Letters belong to the number.
    #[error("has letters where digits belong; {ADVICE}")]
    Letters,
    /// Signs that no number has.
    #[error("has signs that no phone number has; {ADVICE}")]
    Signs,
    /// A spreadsheet has cut digits off.
    #[error(
        "was rounded by a spreadsheet and has lost digits; format the column as text and copy the number again"
    )]
    Rounded,
    /// A date.
    #[error("is a date, not a phone number")]
    Date,
}

/// How to write a number that is always understood.
const ADVICE: &str = "write it with a plus and the country code, such as +447700900123";

/// The country of these two letters (ISO 3166-1), in capitals, if it has phone numbers.
pub fn country_code(letters: &str) -> Option<&'static str> {
    let id = plan::country(letters)?.id();
    id.bytes().all(|byte| byte.is_ascii_uppercase()).then_some(id)
}

/// Reads what somebody wrote as a phone number.
///
/// # Errors
/// Why it is none.
pub fn read(text: &str, rules: Rules<'_>) -> Result<Phone, Refused> {
    let found = written::numbers(text)?;
    let mut phones = Vec::new();
    let mut refused = None;
    for one in &found {
        match number(one, rules) {
            Ok(phone) => phones.push(phone),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    phones.sort();
    phones.dedup();
    match (phones.len(), refused) {
        (1, None) => Ok(phones.swap_remove(0)),
        (_, Some(why)) if found.len() == 1 => Err(why),
        (0, None) => Err(Refused::NoDigits),
        _ => Err(Refused::Several),
    }
}

/// Reads the digits alone of one number.
fn number(one: &Written, rules: Rules<'_>) -> Result<Phone, Refused> {
    let Written {
        international,
        digits,
        without_zero,
        ..
    } = one;
    if is_one_digit(digits) {
        return Err(Refused::Filler);
    }
    let country = rules.default_country.and_then(plan::country);
    let outcome = if *international {
        // A plus and an exit code: nobody's country code begins with zero.
        let exit = ["00", "011"].into_iter().find(|exit| digits.starts_with(exit));
        let bare = without_zero.as_deref().map(|it| strip(it, exit));
        abroad(strip(digits, exit), bare, one.doubtful, rules)
    } else if digits.starts_with("00") {
        // Some countries dial more than 00.
        let own = country
            .and_then(|country| country.without_exit(digits))
            .and_then(|rest| abroad(rest, None, true, rules).ok());
        let exit = Some("00");
        let bare = without_zero.as_deref().map(|it| strip(it, exit));
        own.map_or_else(|| abroad(strip(digits, exit), bare, one.doubtful, rules), Ok)
    } else if let Some(country) = country {
        inside(country, one, rules)
    } else if is_filler(digits) {
        Err(Refused::Filler)
    } else if rules.bare && !digits.starts_with('0') {
        bare(digits, rules)
    } else {
        Err(without_plus(one))
    };
    match outcome {
        // The same number written twice.
        Err(why) if digits.len() % 2 == 0 && digits.len() >= 2 * written::A_NUMBER => {
            let (half, other) = digits.split_at(digits.len() / 2);
            if half != other {
                return Err(why);
            }
            let once = Written {
                digits: half.to_owned(),
                without_zero: None,
                doubtful: true,
                ..one.clone()
            };
            number(&once, rules)
        }
        outcome => outcome,
    }
}

fn strip<'a>(digits: &'a str, prefix: Option<&str>) -> &'a str {
    prefix
        .and_then(|prefix| digits.strip_prefix(prefix))
        .unwrap_or(digits)
}

/// A number with its country code; `without_zero` if a zero in brackets may go.
fn abroad(
    digits: &str,
    without_zero: Option<&str>,
    must_be_valid: bool,
    rules: Rules<'_>,
) -> Result<Phone, Refused> {
    if digits.starts_with(SIMULATED) {
        return simulated(digits, rules);
    }
    let (plan, written) = Plan::split(digits).ok_or(Refused::UnknownCountryCode)?;
    let bare = without_zero.and_then(Plan::split).map(|(_, national)| national);
    let zero = written.strip_prefix('0').filter(|_| plan.has_trunk_zero());
    let is_valid = |national: &str| plan.kind(national).is_some();
    let national = match (bare, zero) {
        (Some(bare), _) if plan.has_trunk_zero() || !is_valid(written) && is_valid(bare) => bare,
        (None, Some(rest)) if !is_valid(written) && plan.is_possible(rest) => rest,
        _ => written,
    };
    if national.chars().all(|c| c == '0') {
        return Err(Refused::Filler);
    }
    if national != written && national.starts_with('0') && !is_valid(national) {
        return Err(Refused::NotValid);
    }
    if is_valid(national) {
        return e164(plan.code, national);
    }
    // With the trunk prefix it is too long, so there is one reading: +7 8 …, +57 03 …
    if !plan.is_possible(written)
        && let Some(bare) = plan.without_trunk(written)
    {
        return e164(plan.code, &bare);
    }
    if has_code_twice(plan, national) {
        return Err(Refused::CodeTwice(plan.code));
    }
    if is_filler(national) {
        return Err(Refused::Filler);
    }
    if let Some(renewed) = spelling::renumbered(plan.code, national) {
        let renewed = renewed.ok_or(Refused::OldPlan(plan.code))?;
        return e164(plan.code, &renewed);
    }
    let known = spelling::is_variant(plan.code, national);
    let is_certain = !must_be_valid && !plan.is_as_dialled_inside(national);
    if known || (plan.is_possible(national) && is_certain) {
        return e164(plan.code, national);
    }
    // With the trunk prefix or a part of it: +36 06 …, +36 6 …, +54 … 15 …
    let with_zero = format!("0{national}");
    let tries = [written, national, with_zero.as_str()];
    let is_too_long = !plan.is_possible(national);
    if let Some(bare) = tries
        .into_iter()
        .filter(|_| is_too_long || must_be_valid)
        .find_map(|national| plan.without_trunk(national))
    {
        return e164(plan.code, &bare);
    }
    if let Some(repaired) = spelling::repaired(plan.code, national).filter(|it| is_valid(it)) {
        return e164(plan.code, &repaired);
    }
    Err(if plan.is_possible(national) {
        Refused::NotValid
    } else {
        Refused::Length {
            code: plan.code,
            found: national.len(),
            expected: one_of(plan.lengths()),
        }
    })
}

/// Whether a number that is not valid has its country code once more: +39 0039 06 …, +62 62 813 ….
fn has_code_twice(plan: Plan, national: &str) -> bool {
    let code = plan.code.to_string();
    let after_exit = national
        .strip_prefix("00")
        .and_then(|rest| rest.strip_prefix(&code));
    let is_number = |rest: &str| plan.kind(rest).is_some() || plan.without_trunk(rest).is_some();
    after_exit.is_some() || national.strip_prefix(&code).is_some_and(is_number)
}

/// Digits alone, read as if they had their country code. They must be valid.
fn bare(digits: &str, rules: Rules<'_>) -> Result<Phone, Refused> {
    if digits.starts_with(SIMULATED) {
        return simulated(digits, rules);
    }
    let (plan, national) = Plan::split(digits).ok_or(Refused::NoCountryCode)?;
    if plan.kind(national).is_some() {
        return e164(plan.code, national);
    }
    let repaired = spelling::repaired(plan.code, national).filter(|it| plan.kind(it).is_some());
    e164(plan.code, &repaired.ok_or(Refused::NoCountryCode)?)
}

/// Why digits alone are refused: a whole international number lacks only its plus. Digits in groups must be valid as such a
/// number, for they may as well be a local number.
fn without_plus(one: &Written) -> Refused {
    match Plan::split(&one.digits) {
        Some((plan, national))
            if one.digits.len() >= 11
                && (plan.kind(national).is_some() || (one.together && plan.is_possible(national))) =>
        {
            Refused::NoPlus(plan.code)
        }
        _ => Refused::NoCountryCode,
    }
}

fn simulated(digits: &str, rules: Rules<'_>) -> Result<Phone, Refused> {
    if !rules.simulator {
        return Err(Refused::UnknownCountryCode);
    }
    if digits[SIMULATED.len()..].chars().all(|c| c == '9') {
        return Err(Refused::Filler);
    }
    finished(digits.to_owned())
}

/// A number as it is written inside a country. It must be valid.
fn inside(country: &'static Region, one: &Written, rules: Rules<'_>) -> Result<Phone, Refused> {
    let digits = one.digits.as_str();
    let plan = Plan::of(country.code()).ok_or(Refused::UnknownCountryCode)?;
    if rules.simulator && digits.starts_with(SIMULATED) && digits.len() >= 11 {
        return simulated(digits, rules);
    }
    let here = national(plan, country, digits);
    let code = country.code().to_string();
    let with_code = digits.strip_prefix(&code).and_then(|rest| {
        national(plan, country, rest).or_else(|| {
            let repaired = spelling::repaired(plan.code, rest)?;
            Some((plan.kind(&repaired)?, repaired))
        })
    });
    // German landlines may begin with 49, and so may German mobiles with their country code: who is written to has a mobile.
    let chosen = match (here, with_code) {
        (Some((Kind::Other, _)), Some((Kind::Mobile, mobile))) => Some(mobile),
        (Some((_, here)), _) => Some(here),
        (None, Some((_, with_code))) => Some(with_code),
        (None, None) => None,
    };
    if let Some(national) = chosen {
        return e164(plan.code, &national);
    }
    let must_be_valid = true;
    if let Some(rest) = country.without_exit(digits) {
        return abroad(rest, None, must_be_valid, rules);
    }
    if let Some(repaired) = spelling::repaired(plan.code, digits).filter(|it| plan.kind(it).is_some()) {
        return e164(plan.code, &repaired);
    }
    match spelling::renumbered(plan.code, digits) {
        Some(Some(renewed)) => return e164(plan.code, &renewed),
        Some(None) => return Err(Refused::OldPlan(plan.code)),
        None => {}
    }
    if one.together
        && digits.len() >= 11
        && let Some((plan, national)) = Plan::split(digits)
        && plan.kind(national) == Some(Kind::Mobile)
    {
        return e164(plan.code, national);
    }
    Err(if is_filler(digits) {
        Refused::Filler
    } else {
        Refused::NotOfCountry(country.id())
    })
}

/// The valid number that is dialled so inside the country.
fn national(plan: Plan, country: &Region, digits: &str) -> Option<(Kind, String)> {
    let bare = country.without_trunk(digits);
    let tries = bare.as_deref().into_iter().chain([digits]);
    tries
        .filter_map(|national| Some((plan.kind(national)?, national.to_owned())))
        .next()
}

fn e164(code: u16, national: &str) -> Result<Phone, Refused> {
    finished(format!("{code}{national}"))
}

fn finished(digits: String) -> Result<Phone, Refused> {
    if LENGTH.contains(&digits.len()) {
        Ok(Phone(format!("+{digits}")))
    } else {
        Err(Refused::TotalLength)
    }
}

fn is_one_digit(digits: &str) -> bool {
    digits.len() >= 5 && digits.bytes().all(|c| Some(&c) == digits.as_bytes().first())
}

/// One digit over and over, or digits that count up or down.
fn is_filler(digits: &str) -> bool {
    let all = digits.as_bytes();
    let steps_by = |step: u8| {
        all.windows(2)
            .all(|two| (two[0] - b'0' + step) % 10 == two[1] - b'0')
    };
    all.len() >= 6 && [0, 1, 9].into_iter().any(steps_by)
}

/// `7`, `9 or 10`, `7, 9 or 10`.
fn one_of(lengths: &[usize]) -> String {
    let mut words: Vec<String> = lengths.iter().map(ToString::to_string).collect();
    match words.pop() {
        Some(last) if !words.is_empty() => format!("{} or {last}", words.join(", ")),
        last => last.unwrap_or_default(),
    }
}
