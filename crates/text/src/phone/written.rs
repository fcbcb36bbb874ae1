//! From text to the digits of one number: signs of all scripts, links, labels, remarks, extensions.

use std::sync::LazyLock;

use regex::Regex;

use super::Refused;

/// The longest text that is looked at, in characters. A link to a chat with a prepared text is longer than any number.
const MAX_TEXT: usize = 300;
/// Fewer digits than this are a remark, not a second number.
pub(super) const A_NUMBER: usize = 7;

/// Zeros of the decimal digits of all scripts but Latin, each followed by one to nine.
const ZEROS: [u32; 67] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50,
    0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
    0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950, 0x1fbf0,
];

/// One number as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Whether it began with a plus, or is of a form that always has its country code.
    pub(super) international: bool,
    /// All its digits.
    pub(super) digits: String,
    /// Its digits without a zero in brackets, if there was one.
    pub(super) without_zero: Option<String>,
    /// Whether the digits stood together, without spaces or signs between them.
    pub(super) together: bool,
    /// Whether what stands around it makes it doubtful: then it must be a valid number.
    pub(super) doubtful: bool,
}

/// The numbers in a text; two or more only if each could be one.
pub(super) fn numbers(text: &str) -> Result<Vec<Written>, Refused> {
    if text.chars().count() > MAX_TEXT {
        return Err(Refused::TooMuchText);
    }
    let text: String = text.chars().filter_map(plain).collect();
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '=' | '<' | '>'));
    if text.is_empty() {
        return Err(Refused::Empty);
    }
    if let Some(found) = of_whatsapp(text) {
        return found.map(|digits| vec![Written::whole(&digits)]);
    }
    let (text, context) = without_scheme(text);
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return Err(Refused::NoDigits);
    }
    let text = spreadsheet(&text)?;
    if is_masked(&text) {
        return Err(Refused::Masked);
    }
    if has_range(&text) {
        return Err(Refused::Several);
    }
    let mut found = sort(&pieces(&text))?;
    if let (Some(context), [only]) = (context, found.as_mut_slice())
        && !only.international
    {
        only.digits.insert_str(0, &context);
        only.international = true;
    }
    Ok(found)
}

/// A sign in its plain form; none for what cannot be seen.
fn plain(c: char) -> Option<char> {
    if c.is_ascii_graphic() {
        return Some(match c {
            '[' | '{' => '(',
            ']' | '}' => ')',
            '"' | '`' => '\'',
            c => c,
        });
    }
    let code = u32::from(c);
    if let Some(zero) = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)) {
        return char::from_digit(code - zero, 10);
    }
    Some(match c {
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => return None,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' => return None,
        '\u{e0000}'..='\u{e0fff}' => return None,
        c if c.is_whitespace() || c.is_control() || c == '\u{2800}' => ' ',
        '\u{ff0b}' | '\u{fe62}' | '\u{207a}' | '\u{2795}' => '+',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{ff0d}' | '\u{fe63}' | '\u{fe58}' => '-',
        '\u{2043}' | '\u{2796}' => '-',
        '\u{ff0f}' | '\u{2044}' | '\u{2215}' => '/',
        '\u{ff0e}' | '\u{b7}' | '\u{30fb}' | '\u{2024}' | '\u{2219}' | '\u{3002}' => '.',
        '\u{ff08}' | '\u{ff3b}' | '\u{3010}' | '\u{ff5b}' | '\u{3014}' => '(',
        '\u{ff09}' | '\u{ff3d}' | '\u{3011}' | '\u{ff5d}' | '\u{3015}' => ')',
        '\u{ff0c}' | '\u{60c}' | '\u{3001}' | '\u{66b}' | '\u{66c}' => ',',
        '\u{ff1b}' | '\u{61b}' => ';',
        '\u{ff1a}' => ':',
        '\u{ff5e}' | '\u{223c}' | '\u{2053}' => '~',
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{b4}' | '\u{2b9}'..='\u{2bc}' => '\'',
        '\u{2032}' | '\u{2033}' | '\u{ff07}' | '\u{ff02}' => '\'',
        '\u{2039}' | '\u{203a}' => '\'',
        // Signs that stand for a hidden digit, and the Cyrillic letter that looks like x.
        '\u{2022}' | '\u{25cf}' | '\u{25cb}' | '\u{25a0}' | '\u{25aa}' | '\u{2580}'..='\u{2593}' => '*',
        '\u{2026}' | '\u{2025}' | '\u{d7}' | '\u{2731}' | '\u{22c6}' | '\u{2217}' | '\u{fffd}' => '*',
        '\u{425}' | '\u{445}' => 'x',
        '\u{ff03}'
        | '\u{ff0a}'
        | '\u{ff1f}'
        | '\u{ff20}'
        | '\u{ff21}'..='\u{ff3a}'
        | '\u{ff41}'..='\u{ff5a}' => char::from_u32(code - 0xfee0)?,
        c => c,
    })
}

/// Ids and links of WhatsApp hold the whole number. Other ids and links hold none.
fn of_whatsapp(text: &str) -> Option<Result<String, Refused>> {
    let lower = text.to_ascii_lowercase();
    let digits_at = |from: usize| {
        let rest = text[from..]
            .replace("%2B", "+")
            .replace("%2b", "+")
            .replace("%20", " ");
        let written = |c: &char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.');
        let digits: String = rest
            .chars()
            .take_while(written)
            .filter(char::is_ascii_digit)
            .collect();
        if digits.is_empty() {
            Err(Refused::NoNumber)
        } else {
            Ok(digits)
        }
    };
    if let Some(at) = lower.find("wa.me/") {
        return Some(digits_at(at + "wa.me/".len()));
    }
    if lower.contains("whatsapp") && lower.contains("phone=") {
        let at = lower.find("phone=")?;
        return Some(digits_at(at + "phone=".len()));
    }
    if let Some((id, domain)) = lower.rsplit_once('@') {
        let id = id.split([':', '_']).next().unwrap_or_default();
        let is_phone = matches!(domain.trim(), "c.us" | "s.whatsapp.net")
            && !id.is_empty()
            && id.chars().all(|c| c.is_ascii_digit());
        return Some(if is_phone {
            Ok(id.to_owned())
        } else {
            Err(Refused::NoNumber)
        });
    }
    lower.contains("://").then_some(Err(Refused::NoNumber))
}

/// `tel:` and its like, without parameters; with the country code that a parameter gives.
fn without_scheme(text: &str) -> (String, Option<String>) {
    const SCHEMES: [&str; 6] = ["tel:", "sms:", "smsto:", "callto:", "whatsapp:", "sip:"];
    let lower = text.to_ascii_lowercase();
    let Some(scheme) = SCHEMES.iter().find(|scheme| lower.starts_with(**scheme)) else {
        return (text.to_owned(), None);
    };
    let rest = &text[scheme.len()..];
    let is_parameter = |part: &str| part.split_once('=').is_some_and(|(name, _)| !name.contains(' '));
    let mut parts = rest.split([';', '?']);
    let number = parts.next().unwrap_or_default();
    let parameters: Vec<&str> = parts.collect();
    if parameters.is_empty() || !parameters.iter().all(|part| is_parameter(part)) {
        return (rest.to_owned(), None);
    }
    let context = parameters
        .iter()
        .filter_map(|part| part.split_once('='))
        .find(|(name, value)| name.eq_ignore_ascii_case("phone-context") && value.starts_with('+'))
        .map(|(_, value)| value.chars().filter(char::is_ascii_digit).collect());
    (number.to_owned(), context)
}

/// What spreadsheets make of numbers: decimals, thousands, powers of ten, dates.
fn spreadsheet(text: &str) -> Result<String, Refused> {
    static POWER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)^[+-]?\d+(?:[.,]\d+)?\s*e\s*[+-]?\d+$").ok());
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let day = r"(?:0?[1-9]|[12]\d|3[01])";
        let month = r"(?:0?[1-9]|1[0-2])";
        let year = r"(?:19|20)\d\d";
        let time = r"(?:[T ]+\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AaPp][Mm]|Z)?)?";
        let one = |a: &str, b: &str, c: &str| {
            ["/", "-", r"\."]
                .map(|sign| format!("{a}{sign}{b}{sign}{c}"))
                .join("|")
        };
        let all = [
            one(day, month, year),
            one(month, day, year),
            one(year, month, day),
        ]
        .join("|");
        Regex::new(&format!("^(?:{all}){time}$")).ok()
    });
    static DECIMAL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(\+?[\d,]*\d{3})[.,]0{1,2}$").ok());
    static THOUSANDS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^\+?\d{1,3}(?:,\d{3}){2,}$").ok());
    let is = |regex: &LazyLock<Option<Regex>>, text: &str| regex.as_ref().is_some_and(|it| it.is_match(text));
    if is(&POWER, text) {
        return Err(Refused::Rounded);
    }
    if is(&DATE, text) {
        return Err(Refused::Date);
    }
    let decimal = DECIMAL.as_ref().and_then(|it| it.captures(text));
    let text = decimal
        .and_then(|found| Some(found.get(1)?.as_str().to_owned()))
        .unwrap_or_else(|| text.to_owned());
    Ok(if is(&THOUSANDS, &text) {
        text.replace(',', "")
    } else {
        text
    })
}

/// Whether a sign stands for a digit that is not told.
fn is_masked(text: &str) -> bool {
    static CROSSES: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)(?:^|[^a-z])x{2,}(?:[^a-z]|$)|\dx+(?:[^a-z\d]|$)|\d_|_\d").ok());
    // An extension may follow a hash; a service code begins or ends with one.
    static HASH: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^\s*#|#\s*$|#[\d\s]*#|#\s*\D|\d[ -]*#\s*\d{7}").ok());
    let is = |regex: &LazyLock<Option<Regex>>| regex.as_ref().is_some_and(|it| it.is_match(text));
    text.contains(['*', '?']) || is(&CROSSES) || is(&HASH)
}

/// Whether it ends as `123456/57` does: the last digits are those of a second number.
fn has_range(text: &str) -> bool {
    text.trim_end().rsplit_once('/').is_some_and(|(number, end)| {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
        (1..=2).contains(&end.trim().len()) && digits(end) == end.trim().len() && digits(number) >= A_NUMBER
    })
}

/// Digits and the signs between them, with what stood before.
#[derive(Debug, Default)]
struct Piece {
    /// Words and signs between the last digits and these.
    before: String,
    /// Digits, pluses and separators.
    text: String,
}

impl Piece {
    fn digits(&self) -> usize {
        self.text.chars().filter(char::is_ascii_digit).count()
    }
}

fn pieces(text: &str) -> (Vec<Piece>, String) {
    let is_core =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '(' | ')' | '/' | '~' | '\'');
    let mut found: Vec<Piece> = Vec::new();
    let (mut before, mut run) = (String::new(), String::new());
    let end = |before: &mut String, run: &mut String, found: &mut Vec<Piece>| {
        if run.contains(|c: char| c.is_ascii_digit()) {
            for text in split_run(run) {
                let before = std::mem::take(before);
                found.push(Piece { before, text });
            }
            run.clear();
        } else {
            before.push_str(&std::mem::take(run));
        }
    };
    for c in text.chars() {
        if is_core(c) {
            run.push(c);
        } else {
            end(&mut before, &mut run, &mut found);
            before.push(c);
        }
    }
    end(&mut before, &mut run, &mut found);
    (found, before)
}

/// Two numbers that only a slash or the plus of the second parts.
fn split_run(run: &str) -> Vec<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let mut parts: Vec<String> = Vec::new();
    let mut current = String::new();
    for c in run.chars() {
        let is_new = c == '+' && digits(&current) > 0;
        if is_new {
            parts.push(std::mem::take(&mut current));
        }
        current.push(c);
    }
    parts.push(current);
    let by_slash = |part: String| -> Vec<String> {
        let all: Vec<&str> = part.split('/').filter(|one| digits(one) > 0).collect();
        if all.len() > 1 && all.iter().all(|one| digits(one) >= A_NUMBER) {
            all.into_iter().map(ToOwned::to_owned).collect()
        } else {
            vec![part]
        }
    };
    parts.into_iter().flat_map(by_slash).collect()
}

/// Which of the pieces are numbers, and whether the rest casts doubt on them.
fn sort((pieces, after): &(Vec<Piece>, String)) -> Result<Vec<Written>, Refused> {
    let long: Vec<&Piece> = pieces.iter().filter(|piece| piece.digits() >= A_NUMBER).collect();
    match (pieces.as_slice(), long.as_slice()) {
        ([], _) => Err(Refused::NoDigits),
        ([only], _) => Ok(vec![written(only, after, None)?]),
        ([first, rest @ ..], [main]) if std::ptr::eq(first, *main) => {
            let tail: String = rest
                .iter()
                .flat_map(|piece| [piece.before.as_str(), piece.text.as_str()])
                .collect();
            let word = rest.first().map(|piece| piece.before.as_str());
            Ok(vec![written(first, &(tail + after), word)?])
        }
        (_, [] | [_]) => Err(Refused::Signs),
        (all, long) if all.len() == long.len() => long.iter().map(|piece| written(piece, "", None)).collect(),
        _ => Err(Refused::Several),
    }
}

/// One piece, with what follows it; `word` is what parts it from further digits.
fn written(piece: &Piece, after: &str, word: Option<&str>) -> Result<Written, Refused> {
    let text = piece.text.as_str();
    let glued_before = piece.before.ends_with(char::is_alphabetic) && !text.starts_with([' ', '(', '+']);
    let glued = text.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '/' | '\''))
        && after.starts_with(char::is_alphabetic);
    let extension = word.is_some_and(is_extension);
    if glued && !extension && after.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(Refused::Letters);
    }
    let bracketed = text.trim_end().ends_with('(');
    let says_something = after.contains(|c: char| c.is_alphanumeric());
    let doubtful = glued_before
        || glued
        || (says_something && !bracketed && !extension)
        || word.is_some_and(|word| !extension && !word.contains(char::is_alphabetic));
    let mut one = Written::of(text);
    one.doubtful = doubtful;
    Ok(one)
}

fn is_extension(word: &str) -> bool {
    const WORDS: [&str; 16] = [
        "x",
        "ext",
        "extn",
        "extension",
        "extensión",
        "int",
        "interno",
        "anexo",
        "ramal",
        "poste",
        "dw",
        "durchwahl",
        "dahili",
        "доб",
        "вн",
        "تحويلة",
    ];
    let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    WORDS.contains(&word.as_str())
}

impl Written {
    /// A number that always has its country code.
    fn whole(digits: &str) -> Self {
        Self {
            international: true,
            digits: digits.to_owned(),
            without_zero: None,
            together: true,
            doubtful: false,
        }
    }

    fn of(text: &str) -> Self {
        static ZERO: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\(\s*0\s*\)").ok());
        let digits_of = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let zero = ZERO.as_ref().and_then(|it| it.find(text));
        let without_zero =
            zero.map(|zero| digits_of(&text[..zero.start()]) + &digits_of(&text[zero.end()..]));
        let first = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
        Self {
            international: text[..first].contains('+'),
            digits: digits_of(text),
            without_zero,
            together: text[first..]
                .trim_end_matches(|c: char| !c.is_ascii_digit())
                .chars()
                .all(|c| c.is_ascii_digit()),
            doubtful: false,
        }
    }
}

/// The digits of a text that is a whole number with its country code and nothing else, with or without a plus. Nothing is read
/// into it: it is for finding a number that is known already. None where a zero or another sign leaves a doubt.
pub fn as_it_stands(text: &str) -> Option<String> {
    let text: String = text.chars().filter_map(plain).collect();
    let is_core = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '(' | ')' | '/' | '\'');
    let one = Written::of(&text);
    let fits = text.chars().all(is_core)
        && one.without_zero.is_none()
        && !one.digits.starts_with('0')
        && text.matches('+').count() <= usize::from(one.international);
    (fits && (1..=32).contains(&one.digits.len())).then_some(one.digits)
}

/// The digits of a number or a part of one, for a search: as they are written, and without zeros that are dialled but not
/// stored. None for a text with anything but digits and the signs between them.
pub(super) fn part(text: &str) -> Option<Vec<String>> {
    let text: String = text.chars().filter_map(plain).collect();
    let is_core = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '(' | ')' | '/' | '\'');
    if !text.chars().all(is_core) {
        return None;
    }
    let one = Written::of(&text);
    let mut forms = Vec::new();
    let bare = one.without_zero.as_deref().unwrap_or(&one.digits);
    if one.international || bare.starts_with("00") {
        let bare = bare.strip_prefix("00").unwrap_or(bare);
        forms.push(bare.to_owned());
    } else {
        forms.push(one.digits.clone());
        forms.extend(one.without_zero.clone());
        // A number that begins with one zero is written as inside its country.
        forms.extend(bare.strip_prefix('0').map(ToOwned::to_owned));
    }
    Some(forms)
}
