//! Contact cards.

use poem_openapi::Object;

/// A contact card.
#[derive(Debug, Object)]
pub struct ContactCardIn {
    /// The name.
    pub name: ContactNameIn,
    /// Phone numbers.
    pub phones: Option<Vec<ContactPhoneIn>>,
    /// E-mail addresses.
    pub emails: Option<Vec<ContactEmailIn>>,
    /// Web addresses.
    pub urls: Option<Vec<ContactUrlIn>>,
    /// Postal addresses.
    pub addresses: Option<Vec<ContactAddressIn>>,
    /// Where the person works.
    pub org: Option<ContactOrgIn>,
    /// Year, month and day, `1990-05-20`.
    #[oai(validator(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub birthday: Option<String>,
}

/// The name on a card: as it is shown, and at least one of its parts.
#[derive(Debug, Object)]
pub struct ContactNameIn {
    /// As it is shown.
    #[oai(validator(min_length = 1))]
    pub formatted_name: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Middle name.
    pub middle_name: Option<String>,
    /// Before the name, such as `Dr`.
    pub prefix: Option<String>,
    /// After the name, such as `Jr`.
    pub suffix: Option<String>,
}

/// A phone number on a card: `phone`, `wa_id` or both.
#[derive(Debug, Object)]
pub struct ContactPhoneIn {
    /// As people write it. Without a `wa_id`, one is added if the number can be read with certainty.
    pub phone: Option<String>,
    /// `HOME`, `WORK`, `CELL`, `MAIN`, `IPHONE` or any other word.
    #[oai(rename = "type")]
    pub kind: Option<String>,
    /// WhatsApp id of the person: the card then offers to write to it.
    pub wa_id: Option<String>,
}

/// An e-mail address on a card.
#[derive(Debug, Object)]
pub struct ContactEmailIn {
    /// The address.
    pub email: Option<String>,
    /// `HOME`, `WORK` or any other word.
    #[oai(rename = "type")]
    pub kind: Option<String>,
}

/// A web address on a card.
#[derive(Debug, Object)]
pub struct ContactUrlIn {
    /// The address.
    pub url: Option<String>,
    /// `HOME`, `WORK` or any other word.
    #[oai(rename = "type")]
    pub kind: Option<String>,
}

/// A postal address on a card.
#[derive(Debug, Object)]
pub struct ContactAddressIn {
    /// Street and number.
    pub street: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or region.
    pub state: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Country in words.
    pub country: Option<String>,
    /// Country as two letters.
    pub country_code: Option<String>,
    /// `HOME`, `WORK` or any other word.
    #[oai(rename = "type")]
    pub kind: Option<String>,
}

/// Where the person works.
#[derive(Debug, Object)]
pub struct ContactOrgIn {
    /// Company.
    pub company: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Title.
    pub title: Option<String>,
}
