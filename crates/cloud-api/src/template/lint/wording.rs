//! Characters, emoji and words, and wording that sounds like marketing.

use icu_properties::{
    CodePointSetData,
    props::{EmojiPresentation, ExtendedPictographic, RegionalIndicator},
};
use unicode_segmentation::UnicodeSegmentation;

use super::{Category, Lint, Part, Rule, text};

/// Words that make Meta file a utility template as marketing, in the languages of most templates. Compared by whole words, in
/// small letters.
const MARKETING: &[&str] = &[
    "sale",
    "discount",
    "discounts",
    "offer",
    "offers",
    "promo",
    "promotion",
    "coupon",
    "voucher",
    "cashback",
    "giveaway",
    "bargain",
    "deal",
    "deals",
    "free",
    "oferta",
    "ofertas",
    "descuento",
    "descuentos",
    "gratis",
    "rebaja",
    "rebajas",
    "promoción",
    "desconto",
    "descontos",
    "promoção",
    "grátis",
    "cupom",
    "rabatt",
    "angebot",
    "angebote",
    "gutschein",
    "kostenlos",
    "soldes",
    "promotion",
    "réduction",
    "gratuit",
    "sconto",
    "offerta",
    "diskon",
    "promo",
    "خصم",
    "خصومات",
    "تخفيضات",
    "عرض",
    "عروض",
    "مجانا",
    "مجاناً",
    "indirim",
    "kampanya",
    "скидка",
    "скидки",
    "акция",
    "छूट",
    "ऑफर",
    "הנחה",
    "מבצע",
];

impl Lint {
    /// Advice about words that change a template's category, and so its price.
    pub(super) fn wording(&mut self, parts: &[Part<'_>]) {
        if self.category != Category::Utility {
            return;
        }
        for part in parts
            .iter()
            .filter(|part| matches!(part.kind.as_str(), "HEADER" | "BODY" | "FOOTER"))
        {
            let shown = text(part.value).to_lowercase();
            let word = shown.unicode_words().find(|word| MARKETING.contains(word));
            let percent = shown.contains("% off") || shown.contains("%off");
            if let Some(word) = word.or_else(|| percent.then_some("% off")) {
                self.add(
                    Rule::MarketingWords,
                    format!("{}.text", part.path),
                    [("value", word.into())],
                );
            }
        }
    }
}

/// How many emoji there are. A family, a flag or a skin tone counts once.
pub(super) fn emoji(text: &str) -> usize {
    let presented = CodePointSetData::new::<EmojiPresentation>();
    let pictures = CodePointSetData::new::<ExtendedPictographic>();
    let flags = CodePointSetData::new::<RegionalIndicator>();
    let is_emoji = |cluster: &&str| {
        let as_picture = cluster.contains('\u{fe0f}');
        cluster.contains('\u{20e3}')
            || cluster
                .chars()
                .any(|c| presented.contains(c) || flags.contains(c) || as_picture && pictures.contains(c))
    };
    text.graphemes(true).filter(is_emoji).count()
}

/// Emoji, line breaks and WhatsApp's marks for bold, italic and the like, outside variables.
pub(super) fn is_formatted(shown: &str) -> bool {
    use crate::template::variables::{Piece, pieces};
    let marked = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => text.contains(['*', '_', '~', '`', '\n', '\r', '\t']),
        _ => false,
    };
    pieces(shown).iter().any(marked) || emoji(shown) > 0
}

/// How many words there are. Scripts without spaces between words count two letters as one.
pub(super) fn words(text: &str) -> usize {
    let (mut words, mut letters) = (0, 0);
    for word in text.split_whitespace() {
        let unspaced = word.chars().filter(|c| is_unspaced(*c)).count();
        letters += unspaced;
        words += usize::from(unspaced == 0 && word.chars().any(char::is_alphanumeric));
    }
    words + letters.div_ceil(2)
}

/// Han, kana, Thai, Lao, Burmese and Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e01}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && c.is_alphabetic()
}
