//! What a column is about, by its name in several languages.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};
use text::key::text_key;

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// A phone number.
    Phone,
    /// A name, or a part of one.
    Name,
    /// An address of mail.
    Email,
    /// A WhatsApp username.
    Username,
    /// WhatsApp's id of a person at a business.
    Bsuid,
    /// Labels.
    Tags,
    /// Remarks.
    Note,
    /// Whether the person wants marketing.
    Consent,
}

/// Names as [`plain`] makes them. The first list that has the name wins.
const NAMES: &[(Meaning, &[&str])] = &[
    (
        Meaning::Phone,
        &[
            "phone",
            "phone number",
            "phone no",
            "phonenumber",
            "mobile",
            "mobile number",
            "mobile no",
            "mobile phone",
            "cell",
            "cell phone",
            "cellphone",
            "telephone",
            "telephone number",
            "tel",
            "tel no",
            "whatsapp",
            "whatsapp number",
            "whatsapp no",
            "wa",
            "wa id",
            "wa number",
            "msisdn",
            "gsm",
            "contact number",
            "contact no",
            "phone 1 value",
            "primary phone",
            "business phone",
            "home phone",
            "telefono",
            "telefono movil",
            "movil",
            "celular",
            "numero de telefono",
            "numero",
            "telefone",
            "telemovel",
            "numero de telefone",
            "telefon",
            "telefonnummer",
            "handy",
            "handynummer",
            "mobil",
            "mobilnummer",
            "rufnummer",
            "portable",
            "numero de telephone",
            "cellulare",
            "numero di telefono",
            "telefoon",
            "telefoonnummer",
            "mobiel",
            "telepon",
            "nomor telepon",
            "no hp",
            "nomor hp",
            "hp",
            "nomor wa",
            "cep",
            "cep telefonu",
            "telefon numarasi",
            "телефон",
            "номер телефона",
            "номер",
            "мобильный",
            "мобильный телефон",
            "الهاتف",
            "هاتف",
            "رقم الهاتف",
            "الجوال",
            "جوال",
            "رقم الجوال",
            "الموبايل",
            "موبايل",
            "رقم الموبايل",
            "المحمول",
            "رقم المحمول",
            "التليفون",
            "تليفون",
            "رقم التليفون",
            "واتساب",
            "رقم الواتساب",
            "واتس",
            "الرقم",
            "رقم",
            "phone رقم",
            "טלפון",
            "نمبر",
            "فون نمبر",
            "تلفن",
            "شماره تلفن",
            "موبایل",
            "फोन",
            "मोबाइल",
            "मोबाइल नंबर",
            "फोन नंबर",
            "ফোন",
            "মোবাইল",
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "電話",
            "電話番号",
            "携帯",
            "携帯電話",
            "전화",
            "전화번호",
            "휴대폰",
            "τηλεφωνο",
            "κινητο",
        ],
    ),
    (
        Meaning::Name,
        &[
            "name",
            "full name",
            "fullname",
            "first name",
            "firstname",
            "last name",
            "lastname",
            "surname",
            "given name",
            "family name",
            "customer name",
            "customer",
            "client name",
            "client",
            "contact name",
            "contact",
            "display name",
            "nombre",
            "nombre completo",
            "apellido",
            "apellidos",
            "nome",
            "nome completo",
            "sobrenome",
            "cognome",
            "nom",
            "nom complet",
            "prenom",
            "vorname",
            "nachname",
            "naam",
            "voornaam",
            "achternaam",
            "nama",
            "nama lengkap",
            "ad",
            "adi",
            "isim",
            "ad soyad",
            "soyad",
            "имя",
            "фамилия",
            "фио",
            "الاسم",
            "اسم",
            "الاسم الكامل",
            "اسم العميل",
            "العميل",
            "الاسم الاول",
            "اسم العائلة",
            "שם",
            "نام",
            "नाम",
            "নাম",
            "姓名",
            "名字",
            "名前",
            "氏名",
            "이름",
            "성명",
            "ονομα",
        ],
    ),
    (
        Meaning::Email,
        &[
            "email",
            "e mail",
            "mail",
            "email address",
            "e mail address",
            "correo",
            "correo electronico",
            "courriel",
            "البريد",
            "البريد الالكتروني",
            "الايميل",
            "ايميل",
            "почта",
            "эл почта",
            "邮箱",
            "电子邮件",
            "メール",
            "이메일",
        ],
    ),
    (
        Meaning::Username,
        &[
            "username",
            "user name",
            "whatsapp username",
            "usuario",
            "benutzername",
            "اسم المستخدم",
        ],
    ),
    (Meaning::Bsuid, &["bsuid", "whatsapp user id", "user id"]),
    (
        Meaning::Tags,
        &[
            "tags",
            "tag",
            "labels",
            "label",
            "groups",
            "group",
            "segment",
            "segments",
            "etiquetas",
            "etiqueta",
            "etiquettes",
            "schlagworte",
            "gruppe",
            "etichette",
            "метки",
            "теги",
            "группа",
            "الوسوم",
            "وسوم",
            "وسم",
            "التصنيف",
            "المجموعة",
            "标签",
            "タグ",
            "태그",
        ],
    ),
    (
        Meaning::Note,
        &[
            "note",
            "notes",
            "comment",
            "comments",
            "remark",
            "remarks",
            "description",
            "nota",
            "notas",
            "observaciones",
            "notiz",
            "notizen",
            "bemerkung",
            "remarque",
            "примечание",
            "комментарий",
            "ملاحظة",
            "ملاحظات",
            "备注",
            "備考",
            "메모",
        ],
    ),
    (
        Meaning::Consent,
        &[
            "opt in",
            "optin",
            "opted in",
            "marketing",
            "marketing consent",
            "consent",
            "subscribed",
            "subscription",
            "accepts marketing",
            "newsletter",
            "gdpr",
            "consentimiento",
            "consentement",
            "einwilligung",
            "consenso",
            "согласие",
            "موافقة",
            "الموافقة",
            "موافقة التسويق",
            "مشترك",
            "同意",
        ],
    ),
];

/// [`NAMES`] in the form that is compared.
static KNOWN: LazyLock<HashMap<String, Meaning>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for (meaning, names) in NAMES {
        for name in *names {
            known.entry(plain(name)).or_insert(*meaning);
        }
    }
    known
});

/// The meaning of a column of this name.
pub(crate) fn by_name(name: &str) -> Option<Meaning> {
    let plain = plain(name);
    KNOWN.get(&plain).copied().or_else(|| {
        // "Customer phone", "Phone (mobile)": the surest words alone.
        let sure = [
            ("phone", Meaning::Phone),
            ("mobile", Meaning::Phone),
            ("whatsapp", Meaning::Phone),
            ("email", Meaning::Email),
        ];
        let mut words = plain.split(' ');
        words.find_map(|word| {
            sure.iter()
                .find(|(it, _)| *it == word)
                .map(|(_, meaning)| *meaning)
        })
    })
}

/// Words in one form, with single blanks between them.
fn plain(name: &str) -> String {
    let key = text_key(name);
    let words = key.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Vowel signs of Indian scripts are no letters but belong to the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0900}'..='\u{0dff}')
}

/// Whether a cell could be a phone number: mostly digits, at least seven.
pub(crate) fn looks_like_phone(cell: &str) -> bool {
    let digits = cell.chars().filter(|c| c.is_numeric()).count();
    let others = cell
        .chars()
        .filter(|c| !c.is_numeric() && !matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/' | '\u{a0}'))
        .count();
    (7..=20).contains(&digits) && others <= 2 && !cell.contains(':')
}

/// Whether a cell is data and no name of a column.
pub(crate) fn looks_like_data(cell: &str) -> bool {
    looks_like_phone(cell) || cell.contains('@') && cell.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_in_several_languages() {
        for (name, meaning) in [
            ("Phone Number", Some(Meaning::Phone)),
            ("MOBILE_NO.", Some(Meaning::Phone)),
            ("Teléfono", Some(Meaning::Phone)),
            ("Téléphone", Some(Meaning::Phone)),
            ("رقم الجوال", Some(Meaning::Phone)),
            ("الأسم", Some(Meaning::Name)),
            ("मोबाइल नंबर", Some(Meaning::Phone)),
            ("Customer phone (home)", Some(Meaning::Phone)),
            ("E-Mail", Some(Meaning::Email)),
            ("opt_in", Some(Meaning::Consent)),
            ("constructor", None),
        ] {
            assert_eq!(by_name(name), meaning, "{name}");
        }
    }
}
