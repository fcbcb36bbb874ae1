//! Text as it is compared: search, tags, keywords.
//!
//! A key is for comparing only, never for showing: two texts that people take for the same have the same key. It depends on
//! the version of Unicode that the libraries know, so keys that are stored are renewed when [`VERSION`] is raised.

use std::sync::LazyLock;

use icu_casemap::CaseMapper;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, ExtendedPictographic, GeneralCategory, Script},
};
use unicode_normalization::UnicodeNormalization;

/// Raised whenever [`text_key`] answers something else for the same text. Modules that store keys renew them then.
pub const VERSION: i16 = 1;

/// The key of a text. Equal keys mean equal texts for search, tags and keywords.
///
/// - Compatibility forms are one (NFKC): composed and decomposed letters, full-width letters, letters of mathematical
///   alphabets, ligatures.
/// - Invisible format and control characters are left out; a zero-width joiner stays between two emoji. Variation selectors,
///   skin tones and the box of a keycap are left out.
/// - Case is folded in full (`ß` is `ss`, final sigma is sigma). The Turkish `İ`, `I`, `ı` and `i` are one letter.
/// - Accents are left out on Latin and Greek letters only, strokes through Latin letters included (`ł`, `ø`, `đ`), and `ё` is
///   `е`. Marks of every other script stay: they make another letter in Cyrillic, Indic scripts and Thai.
/// - Arabic vowel signs and tatweel are left out, all forms of alef are one, `ى` is `ي`. Hebrew points are left out.
/// - Any decimal digit is 0 to 9. Typographic quotes and dashes are the plain ones.
/// - White space, line breaks included, is one blank, and none at either end.
///
/// The key of a key is itself. It may be empty for a text that is not. It has at most eighteen times the characters of the text;
/// ordinary text grows by a few characters or none.
pub fn text_key(text: &str) -> String {
    if text.is_ascii() {
        return one_blank(text.chars().filter_map(ascii));
    }
    let plain = text.chars().map(plain_sign).nfkd();
    let folded = FOLD.fold_string(&without_marks(plain)).into_owned();
    // Folding may bring forth what is left out (the dot of a Turkish capital I).
    let letters = without_marks(folded.nfkd());
    one_blank(letters.nfc())
}

static FOLD: LazyLock<icu_casemap::CaseMapperBorrowed<'static>> = LazyLock::new(CaseMapper::new);

fn ascii(c: char) -> Option<char> {
    (c.is_ascii_whitespace() || c == '\u{b}' || !c.is_ascii_control()).then(|| c.to_ascii_lowercase())
}

fn one_blank(letters: impl Iterator<Item = char>) -> String {
    let mut key = String::new();
    let mut blank = false;
    for c in letters {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && !key.is_empty() {
            key.push(' ');
        }
        blank = false;
        key.push(c);
    }
    key
}

/// Decomposed text without the marks and characters that do not count.
fn without_marks(decomposed: impl Iterator<Item = char>) -> String {
    let mut kept = String::new();
    // The last character that is no mark: what a mark stands on.
    let mut base = None;
    let mut joiner = false;
    for c in decomposed {
        if c == '\u{200d}' {
            joiner = true;
            continue;
        }
        if is_left_out(c) {
            continue;
        }
        if is_mark(c) {
            if !mark_counts(base, c) {
                continue;
            }
        } else {
            // Only here does it join a sign; between letters it is an invisible character like any other.
            if joiner && is_pictograph(c) && base.is_some_and(is_pictograph) {
                kept.push('\u{200d}');
            }
            if c == '\u{674}' && base == Some(ALEF) {
                continue;
            }
            base = Some(letter(c));
        }
        joiner = false;
        kept.push(letter(c));
    }
    kept
}

const ALEF: char = '\u{627}';

/// Invisible characters, skin tones, tatweel, and marks that never count, whatever they stand on.
fn is_left_out(c: char) -> bool {
    let control = c.is_control() && !c.is_whitespace();
    control
        || is_ignorable(c)
        || matches!(c,
            // The box of a keycap, skin tones.
            '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}'
            // Tatweel and Arabic vowel signs; 0653 to 0655 make other letters and are looked at with what they stand on.
            | '\u{640}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{652}' | '\u{656}'..='\u{65f}' | '\u{670}'
            | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
            | '\u{8d3}'..='\u{8e1}' | '\u{8e3}'..='\u{8ff}'
            // Hebrew points.
            | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}')
}

/// Characters that are not seen by themselves: zero-width ones, direction marks, variation selectors, fillers.
pub(crate) fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) || matches!(c, '\u{fff9}'..='\u{fffb}')
}

pub(crate) fn is_mark(c: char) -> bool {
    matches!(
        CodePointMapData::<GeneralCategory>::new().get(c),
        GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark | GeneralCategory::EnclosingMark
    )
}

fn is_pictograph(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

/// Whether a mark makes another letter of what it stands on.
fn mark_counts(base: Option<char>, mark: char) -> bool {
    let Some(base) = base else { return true };
    match (base, mark) {
        ('е' | 'Е', '\u{308}') | (ALEF, '\u{653}'..='\u{655}') => false,
        _ => !matches!(
            CodePointMapData::<Script>::new().get(base),
            Script::Latin | Script::Greek
        ),
    }
}

/// One character for all that are taken for the same and that Unicode does not decompose.
fn letter(c: char) -> char {
    match c {
        '\u{622}' | '\u{623}' | '\u{625}' | '\u{671}'..='\u{673}' | '\u{675}' => ALEF,
        '\u{649}' => '\u{64a}',
        'ı' => 'i',
        'ł' => 'l',
        'Ł' => 'L',
        'ø' => 'o',
        'Ø' => 'O',
        'đ' => 'd',
        'Đ' => 'D',
        'ħ' => 'h',
        'Ħ' => 'H',
        'ŧ' => 't',
        'Ŧ' => 'T',
        _ => digit(c).unwrap_or_else(|| plain_sign(c)),
    }
}

/// Typographic quotes and dashes as a keyboard has them.
fn plain_sign(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201b}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{2039}'
        | '\u{203a}'
        | '\u{2bc}'
        | '\u{b4}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{2036}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{5be}'
        | '\u{fe58}'
        | '\u{fe63}' => '-',
        _ => c,
    }
}

/// The plain digit for a decimal digit of any script. Unicode has each script's ten side by side, from zero to nine.
fn digit(c: char) -> Option<char> {
    if c.is_ascii() || !is_digit(c) {
        return None;
    }
    let before = (1..=u32::from(c))
        .map_while(|back| char::from_u32(u32::from(c) - back).filter(|c| is_digit(*c)))
        .count();
    u32::try_from(before % 10)
        .ok()
        .and_then(|value| char::from_digit(value, 10))
}

fn is_digit(c: char) -> bool {
    CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::DecimalNumber
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(texts: &[&str]) {
        for text in texts {
            assert_eq!(text_key(text), text_key(texts[0]), "{text:?} and {:?}", texts[0]);
        }
    }

    fn differ(a: &str, b: &str) {
        assert_ne!(text_key(a), text_key(b), "{a:?} and {b:?}");
    }

    #[test]
    fn letters_of_latin_and_greek_are_compared_without_case_and_accents() {
        same(&["José", "Jose\u{301}", "jose", "JOSÉ"]);
        same(&["İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "i\u{307}stanbul"]);
        same(&["Işık", "ışık", "IŞIK", "isik"]);
        same(&["Straße", "STRASSE", "STRAẞE", "strasse"]);
        same(&["Οδυσσεύς", "ΟΔΥΣΣΕΥΣ", "οδυσσευσ"]);
        same(&["ᾳ", "ΑΙ\u{345}".trim_end_matches("Ι\u{345}"), "α"]);
        same(&["Łódź", "lodz"]);
        same(&["Đặng Thị Ngọc", "dang thi ngoc"]);
        same(&["ﬁn", "fin", "ＦＩＮ", "𝐟𝐢𝐧"]);
    }

    #[test]
    fn marks_of_other_scripts_make_other_letters() {
        same(&["Пётр", "ПЕТР", "пе\u{308}тр"]);
        differ("чай", "чаи");
        same(&["чай", "чаи\u{306}"]);
        differ("มา", "ม้า");
        differ("कल", "काल");
        differ("कि", "की");
        differ("か", "が");
        same(&["が", "か\u{3099}", "ｶﾞ".replace("ｶﾞ", "が").as_str()]);
        same(&["가격", "가격".nfd().collect::<String>().as_str()]);
    }

    #[test]
    fn arabic_and_hebrew_are_compared_as_they_are_usually_written() {
        same(&["السِّعْر", "السعر", "الســعر"]);
        same(&["أحمد", "احمد", "إحمد", "آحمد", "ٱحمد", "ا\u{654}حمد"]);
        same(&["مصطفى", "مصطفي"]);
        differ("سؤال", "سوال");
        same(&["שָׁלוֹם", "שלום"]);
        same(&["בן־דוד", "בן-דוד"]);
    }

    #[test]
    fn digits_of_all_scripts_are_digits() {
        same(&["7", "٧", "۷", "७", "７", "7\u{fe0f}\u{20e3}", "𝟕", "⁷"]);
        for (zero, c) in [
            ('0', '9'),
            ('٠', '٩'),
            ('\u{19d0}', '\u{19d9}'),
            ('\u{1e950}', '\u{1e959}'),
        ] {
            assert_eq!(
                (text_key(&zero.to_string()), text_key(&c.to_string())),
                ("0".into(), "9".into())
            );
        }
        let all = (0..=u32::from(char::MAX))
            .filter_map(char::from_u32)
            .filter(|c| is_digit(*c));
        assert!(
            all.map(|c| text_key(&c.to_string()))
                .all(|key| key.len() == 1 && key.as_bytes()[0].is_ascii_digit())
        );
    }

    #[test]
    fn what_is_not_seen_does_not_count() {
        same(&[
            "Café bh",
            "Cafe\u{301} bh",
            "Café  bh",
            " Café\u{a0}bh\u{200b}",
            "café\n\tbh",
            "\u{202a}café bh\u{202c}",
        ]);
        same(&["❤", "❤\u{fe0f}"]);
        same(&["👍", "👍🏿"]);
        same(&["👩🏽\u{200d}💻", "👩\u{200d}💻"]);
        differ("👩\u{200d}💻", "👩💻");
        same(&["a\u{200d}b", "ab", "a\u{0}b", "a\u{ad}b"]);
        same(&["“it’s” – ok", "\"it's\" - ok", "«it´s» — ok"]);
        for nothing in ["", " ", "\u{3164}", "\u{200e}", "\u{0}", "\u{fe0f}"] {
            assert_eq!(text_key(nothing), "", "{nothing:?}");
        }
    }

    /// Text with more marks, joiners and rare letters than chance would bring.
    fn written() -> impl Strategy<Value = String> {
        let sign = prop_oneof![
            any::<char>(),
            prop::char::range('\u{300}', '\u{36f}'),
            prop::char::range('\u{600}', '\u{6ff}'),
            prop::char::range('\u{a0}', '\u{24f}'),
            prop::char::range('\u{370}', '\u{3ff}'),
            prop::char::range('\u{1100}', '\u{11ff}'),
            prop::sample::select(
                "\u{200d}\u{fe0f}❤👩💻🏽 \t\u{345}İıѐеё\u{654}\u{649}\u{627}´¨ŉΐ"
                    .chars()
                    .collect::<Vec<_>>()
            ),
        ];
        prop::collection::vec(sign, 0..24).prop_map(|it| it.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn the_key_of_a_key_is_itself_and_bounded(text in written()) {
            let key = text_key(&text);
            prop_assert_eq!(&text_key(&key), &key);
            prop_assert!(key.chars().count() <= 18 * text.chars().count());
            prop_assert!(!key.starts_with(' ') && !key.ends_with(' ') && !key.contains("  "));
        }

        #[test]
        fn forms_of_one_text_have_one_key(text in written()) {
            let key = text_key(&text);
            prop_assert_eq!(text_key(&text.nfc().collect::<String>()), key.clone());
            prop_assert_eq!(text_key(&text.nfd().collect::<String>()), key.clone());
        }
    }

    #[test]
    fn every_character_has_a_stable_key() {
        // Ideographs, Hangul syllables and planes without letters are alike and many.
        let alike = |c: &u32| matches!(c, 0x3401..=0x9ffe | 0xac01..=0xd7a2 | 0x1_7001..=0x1_8cff | 0x2_0001..=0x2_f7ff | 0x3_0001..=0xd_ffff | 0xe_0200..);
        let all = (0..=u32::from(char::MAX)).filter(|c| !alike(c));
        for c in all.filter_map(char::from_u32) {
            let key = text_key(&c.to_string());
            assert_eq!(text_key(&key), key, "{c:?}");
            assert!(key.chars().count() <= 18, "{c:?}");
        }
    }
}
