//! The numbering plans of the world: country codes, lengths, trunk and exit prefixes, valid ranges.
//!
//! The data are libphonenumber's, as the `phonenumber` crate ships them. Its parser is not used: it strips the first digit of
//! numbers that are in E.164 already and begin with their country's trunk prefix.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use phonenumber::{Metadata, metadata::DATABASE};
use regex::Regex;

/// What a valid number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A landline, a service number and the like.
    Other,
    /// A mobile number, or one of a country that does not tell them apart.
    Mobile,
}

/// A country, or a service without one such as +800.
pub(super) struct Region {
    meta: &'static Metadata,
    lengths: Vec<usize>,
    general: Pattern,
    mobile: Option<Pattern>,
    others: Vec<Pattern>,
    trunk: Option<Pattern>,
    exit: Option<Pattern>,
}

/// A pattern that is compiled when it is first asked for: few countries are.
struct Pattern {
    source: String,
    lengths: Vec<usize>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The whole text must match.
    fn whole(source: &str, lengths: &[u16]) -> Self {
        Self::new(format!("(?x)^(?:{source})$"), lengths)
    }

    fn start(source: &str) -> Self {
        Self::new(format!("(?x)^(?:{source})"), &[])
    }

    fn new(source: String, lengths: &[u16]) -> Self {
        Self {
            source,
            lengths: lengths.iter().map(|length| usize::from(*length)).collect(),
            compiled: OnceLock::new(),
        }
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(&self.source).ok())
            .as_ref()
    }

    fn is_match(&self, text: &str) -> bool {
        (self.lengths.is_empty() || self.lengths.contains(&text.len()))
            && self.regex().is_some_and(|regex| regex.is_match(text))
    }
}

impl Region {
    fn of(meta: &'static Metadata) -> Self {
        let all = meta.descriptors();
        let mobile = all.mobile();
        let others = [
            all.fixed_line(),
            all.toll_free(),
            all.premium_rate(),
            all.shared_cost(),
            all.personal_number(),
            all.voip(),
            all.pager(),
            all.uan(),
            all.voicemail(),
        ];
        let mut lengths: Vec<usize> = others
            .into_iter()
            .chain([mobile])
            .flatten()
            .flat_map(|one| one.possible_length())
            .map(|length| usize::from(*length))
            .collect();
        lengths.sort_unstable();
        lengths.dedup();
        let pattern = |one: &phonenumber::metadata::Descriptor| {
            Pattern::whole(one.national_number().as_str(), one.possible_length())
        };
        Self {
            meta,
            lengths,
            general: Pattern::whole(all.general().national_number().as_str(), &[]),
            mobile: mobile.map(pattern),
            others: others.into_iter().flatten().map(pattern).collect(),
            trunk: meta
                .national_prefix_for_parsing()
                .map(|it| it.as_str())
                .or(meta.national_prefix())
                .map(Pattern::start),
            exit: meta.international_prefix().map(|it| Pattern::start(it.as_str())),
        }
    }

    /// The country's two letters.
    pub(super) fn id(&self) -> &'static str {
        self.meta.id()
    }

    /// The country code.
    pub(super) fn code(&self) -> u16 {
        self.meta.country_code()
    }

    fn kind(&self, national: &str) -> Option<Kind> {
        if !self.general.is_match(national) {
            return None;
        }
        if self.mobile.as_ref().is_some_and(|it| it.is_match(national)) {
            return Some(Kind::Mobile);
        }
        let other = self.others.iter().any(|it| it.is_match(national));
        other.then_some(Kind::Other)
    }

    /// The number without its trunk prefix, as it is dialled from abroad; none if it has no prefix that may go.
    pub(super) fn without_trunk(&self, national: &str) -> Option<String> {
        let found = self.trunk.as_ref()?.regex()?.captures(national)?;
        let prefix = found.get(0)?;
        if prefix.is_empty() {
            return None;
        }
        let rest = &national[prefix.end()..];
        let last = (1..found.len()).last().and_then(|group| found.get(group));
        let bare = match self.meta.national_prefix_transform_rule() {
            Some(rule) if last.is_some() => {
                let mut text = String::new();
                // In the data a group is written `$1`, also before a digit.
                let rule: String = (1..10).fold(rule.to_owned(), |rule, group| {
                    rule.replace(&format!("${group}"), &format!("${{{group}}}"))
                });
                found.expand(&rule, &mut text);
                text + rest
            }
            _ => rest.to_owned(),
        };
        let is_worse = self.general.is_match(national) && !self.general.is_match(&bare);
        (!is_worse).then_some(bare)
    }

    /// The number without the prefix that is dialled here for calls abroad.
    pub(super) fn without_exit<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let found = self.exit.as_ref()?.regex()?.find(digits)?;
        let rest = &digits[found.end()..];
        (!found.is_empty() && !rest.starts_with('0')).then_some(rest)
    }
}

/// All regions that share a country code, the main one first.
type Regions = Vec<Region>;

static PLANS: LazyLock<BTreeMap<u16, Regions>> = LazyLock::new(|| {
    // By code: the services without a country all have the same id.
    let regions = |code: u16| {
        let mut all: Vec<&'static Metadata> = DATABASE.by_code(&code)?;
        all.sort_by_key(|meta| (!meta.is_main_country_for_code(), meta.id().to_owned()));
        let all: Regions = all.into_iter().map(Region::of).collect();
        Some((code, all))
    };
    (1..=999).filter_map(regions).collect()
});

/// The country of two letters, in upper or lower case.
pub(super) fn country(id: &str) -> Option<&'static Region> {
    let id = id.trim();
    PLANS
        .values()
        .flatten()
        .find(|region| region.id().eq_ignore_ascii_case(id))
}

/// A country code and all that has it.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) code: u16,
    regions: &'static [Region],
}

impl Plan {
    /// The plan of a country code.
    pub(super) fn of(code: u16) -> Option<Self> {
        let regions = PLANS.get(&code)?;
        Some(Self { code, regions })
    }

    /// Splits a number into its plan and what follows the country code. No code is the beginning of another.
    pub(super) fn split(digits: &str) -> Option<(Self, &str)> {
        (1..=3).find_map(|length| {
            let code = digits.get(..length)?;
            if code.starts_with('0') {
                return None;
            }
            Some((Self::of(code.parse().ok()?)?, &digits[length..]))
        })
    }

    /// Whether numbers of this length exist. Numbers without their area code do not count.
    pub(super) fn is_possible(self, national: &str) -> bool {
        self.lengths().contains(&national.len())
    }

    /// The lengths that exist, the shortest first: those of the main country, as libphonenumber does it.
    pub(super) fn lengths(self) -> &'static [usize] {
        self.regions
            .first()
            .map_or(&[], |region| region.lengths.as_slice())
    }

    /// What it is, if it is valid anywhere.
    pub(super) fn kind(self, national: &str) -> Option<Kind> {
        self.regions
            .iter()
            .filter_map(|region| region.kind(national))
            .max()
    }

    /// Whether numbers are dialled with a zero inside the country that is no part of them.
    pub(super) fn has_trunk_zero(self) -> bool {
        self.regions
            .first()
            .is_some_and(|region| region.meta.national_prefix() == Some("0"))
    }

    /// Whether a number that is not valid may have been written as it is dialled inside a country: it begins with the trunk
    /// prefix, or with a zero without which it is valid.
    pub(super) fn is_as_dialled_inside(self, national: &str) -> bool {
        let rest = national.strip_prefix('0');
        let prefix = self.regions.first().and_then(|region| {
            let found = region.trunk.as_ref()?.regex()?.find(national)?;
            Some(found.end())
        });
        rest.is_some_and(|rest| self.kind(rest).is_some())
            || prefix.is_some_and(|end| (1..national.len()).contains(&end))
    }

    /// The number without its trunk prefix, if that makes it valid.
    pub(super) fn without_trunk(self, national: &str) -> Option<String> {
        self.regions
            .iter()
            .filter_map(|region| region.without_trunk(national))
            // What completes a number by the only area code of an island is no prefix.
            .find(|bare| bare.len() <= national.len() && self.kind(bare).is_some())
    }
}
