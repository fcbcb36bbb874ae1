//! People from records: the one reading that previews and imports share.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::LazyLock,
};

use text::{
    key::text_key,
    phone::{self, Phone, Refused, Rules},
};

use crate::{Problem, Record};

/// What a column becomes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// Nothing.
    Ignore,
    /// The name; several columns are joined with blanks, in their order.
    Name,
    /// The phone number.
    Phone,
    /// The WhatsApp username.
    Username,
    /// WhatsApp's id of the person.
    Bsuid,
    /// Tags, separated by commas, semicolons or bars.
    Tags,
    /// The note; several columns are joined with line ends.
    Note,
    /// Whether the person wants marketing.
    Consent,
    /// A field of this key.
    Field(String),
}

/// A person as a record has them. What is empty is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// E.164.
    pub phone: Option<String>,
    /// As written.
    pub name: Option<String>,
    /// As written.
    pub username: Option<String>,
    /// As written.
    pub bsuid: Option<String>,
    /// As written, without repetitions.
    pub tags: Vec<String>,
    /// As written.
    pub note: Option<String>,
    /// A clear yes or a clear no.
    pub consent: Option<bool>,
    /// By key.
    pub fields: Vec<(String, String)>,
}

/// Why a record is no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// A stable name: `missing_phone`, `invalid_phone`, `not_a_phone`, `several_numbers`, `number_lost_precision`, or a
    /// [`Problem`]'s.
    pub reason: &'static str,
    /// A sentence for whoever has the file.
    pub detail: String,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A person.
    Person(Box<Person>),
    /// Nothing.
    Rejected(Rejected),
    /// A person that an earlier record had.
    Duplicate {
        /// The number of that record.
        of: u64,
    },
}

/// Reads records, in their order, each once.
#[derive(Debug)]
pub struct Reader {
    uses: Vec<Use>,
    country: Option<String>,
    simulator: bool,
    /// 16 bytes a person: a phone number's digits, or a hash of another identity.
    seen: HashMap<u64, u32>,
}

impl Reader {
    /// For columns that become these, in their order; others are ignored.
    pub fn new(uses: Vec<Use>, rules: Rules<'_>) -> Self {
        Self {
            uses,
            country: rules.default_country.map(str::to_owned),
            simulator: rules.simulator,
            seen: HashMap::new(),
        }
    }

    /// What becomes of the next record.
    pub fn read(&mut self, record: &Record) -> Row {
        let person = match self.person(record) {
            Ok(person) => person,
            Err(rejected) => return Row::Rejected(rejected),
        };
        let keys = keys(&person);
        if let Some(of) = keys.iter().find_map(|key| self.seen.get(key)) {
            return Row::Duplicate { of: u64::from(*of) };
        }
        let number = u32::try_from(record.number).unwrap_or(u32::MAX);
        self.seen.extend(keys.into_iter().map(|key| (key, number)));
        Row::Person(Box::new(person))
    }

    fn person(&self, record: &Record) -> Result<Person, Rejected> {
        if let Some(problem) = record.problem {
            return Err(Rejected {
                reason: problem.code(),
                detail: sentence(problem).to_owned(),
            });
        }
        let mut person = Person::default();
        let mut has_phone = false;
        for (cell, used) in record.cells.iter().zip(&self.uses) {
            if *used == Use::Phone {
                has_phone = true;
            }
            if cell.is_empty() {
                continue;
            }
            match used {
                Use::Ignore => {}
                Use::Phone => person.phone = Some(self.phone(cell)?.into_string()),
                Use::Name => append(&mut person.name, cell, " "),
                Use::Note => append(&mut person.note, cell, "\n"),
                Use::Username => person.username = Some(cell.clone()),
                Use::Bsuid => person.bsuid = Some(cell.clone()),
                Use::Tags => tags(&mut person.tags, cell),
                Use::Consent => person.consent = consent(cell),
                Use::Field(key) => person.fields.push((key.clone(), cell.clone())),
            }
        }
        if person.phone.is_none() && person.username.is_none() && person.bsuid.is_none() {
            let detail = match has_phone {
                true => "The phone number is missing.",
                false => "Nothing identifies the person.",
            };
            return Err(Rejected {
                reason: "missing_phone",
                detail: detail.to_owned(),
            });
        }
        Ok(person)
    }

    fn phone(&self, cell: &str) -> Result<Phone, Rejected> {
        let rules = Rules {
            default_country: self.country.as_deref(),
            simulator: self.simulator,
            bare: false,
        };
        phone::read(cell, rules).map_err(|why| Rejected {
            reason: match why {
                Refused::Empty => "missing_phone",
                Refused::Several => "several_numbers",
                Refused::Rounded => "number_lost_precision",
                Refused::NoNumber | Refused::Date => "not_a_phone",
                _ => "invalid_phone",
            },
            detail: format!("The phone number {why}."),
        })
    }
}

/// One key a person, whatever the spelling.
fn keys(person: &Person) -> Vec<u64> {
    let mut keys = Vec::with_capacity(1);
    if let Some(phone) = &person.phone {
        let spellings = phone::variants(phone);
        let least = spellings.iter().map(String::as_str).chain([phone.as_str()]).min();
        keys.extend(least.and_then(|it| it.trim_start_matches('+').parse::<u64>().ok()));
    }
    let hashed = |kind: u8, text: &str| {
        let mut hasher = DefaultHasher::new();
        (kind, text.trim().trim_start_matches('@').to_lowercase()).hash(&mut hasher);
        hasher.finish() | 1 << 63
    };
    keys.extend(person.bsuid.as_deref().map(|it| hashed(0, it)));
    if keys.is_empty() {
        keys.extend(person.username.as_deref().map(|it| hashed(1, it)));
    }
    keys
}

fn append(text: &mut Option<String>, cell: &str, between: &str) {
    match text {
        Some(text) => {
            text.push_str(between);
            text.push_str(cell);
        }
        None => *text = Some(cell.to_owned()),
    }
}

fn tags(tags: &mut Vec<String>, cell: &str) {
    for tag in cell.split([',', ';', '|', '،', '؛', '\n']).map(str::trim) {
        if !tag.is_empty() && !tags.iter().any(|it| text_key(it) == text_key(tag)) {
            tags.push(tag.to_owned());
        }
    }
}

/// A clear yes, a clear no, or neither.
pub fn consent(cell: &str) -> Option<bool> {
    const YES: &[&str] = &[
        "yes",
        "y",
        "true",
        "1",
        "si",
        "s",
        "sim",
        "oui",
        "o",
        "ja",
        "j",
        "da",
        "да",
        "evet",
        "ya",
        "نعم",
        "اجل",
        "صح",
        "हां",
        "हाँ",
        "是",
        "はい",
        "예",
        "opt in",
        "optin",
        "opted in",
        "subscribed",
        "allowed",
        "granted",
        "x",
        "✓",
        "✔",
    ];
    const NO: &[&str] = &[
        "no",
        "n",
        "false",
        "0",
        "nao",
        "non",
        "nein",
        "nee",
        "net",
        "нет",
        "hayir",
        "tidak",
        "لا",
        "كلا",
        "नहीं",
        "否",
        "不",
        "いいえ",
        "아니요",
        "opt out",
        "optout",
        "opted out",
        "unsubscribed",
        "stopped",
        "stop",
        "denied",
        "withdrawn",
    ];
    static KNOWN: LazyLock<HashMap<String, bool>> = LazyLock::new(|| {
        let yes = YES.iter().map(|word| (text_key(word), true));
        yes.chain(NO.iter().map(|word| (text_key(word), false))).collect()
    });
    if cell.len() > 64 {
        return None;
    }
    KNOWN.get(&text_key(&cell.replace(['_', '-'], " "))).copied()
}

fn sentence(problem: Problem) -> &'static str {
    match problem {
        Problem::TooManyFields => {
            "The row has more filled cells than there are columns: a separator inside a cell is not quoted."
        }
        Problem::MalformedQuotes => "Text follows a closing quote.",
        Problem::UnterminatedQuote => "A quote is opened and never closed.",
        Problem::UndecodableText => "The row has characters that cannot be read in the file's encoding.",
    }
}
