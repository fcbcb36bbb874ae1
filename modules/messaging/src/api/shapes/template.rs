//! Templates with their variables filled in.

use poem_openapi::{Enum, Object, Union, types::Any};
use serde_json::{Map, Value};

use super::{
    interactive::{
        DocumentHeaderIn, ImageHeaderIn, VideoHeaderIn,
        actions::{ProductActionIn, ProductSectionIn},
    },
    media::LocationIn,
};

/// An approved template with its variables filled in.
#[derive(Debug, Object)]
pub struct TemplateIn {
    /// Its name.
    #[oai(validator(pattern = "^[a-z0-9_]{1,512}$"))]
    pub name: String,
    /// Its language code, exactly as WhatsApp has it: `en` is not `en_US`.
    pub language: LanguageIn,
    /// Values for its variables; parts without variables are left out. Header, body, carousel and offer once, a button for each
    /// index.
    pub components: Option<Vec<ComponentIn>>,
}

/// A language: its code, or the object that WhatsApp has.
#[derive(Debug, Union)]
#[oai(one_of)]
pub enum LanguageIn {
    /// Such as `en_US`.
    Code(String),
    /// As WhatsApp has it.
    Object(LanguageObjectIn),
}

/// A language as WhatsApp has it.
#[derive(Debug, Object)]
pub struct LanguageObjectIn {
    /// Such as `en_US`.
    pub code: String,
    /// `deterministic`, the default.
    pub policy: Option<String>,
}

/// Values for one part of a template.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of)]
pub enum ComponentIn {
    /// The header.
    #[oai(mapping = "header")]
    Header(HeaderComponentIn),
    /// The body.
    #[oai(mapping = "body")]
    Body(BodyComponentIn),
    /// One button.
    #[oai(mapping = "button")]
    Button(ButtonComponentIn),
    /// The cards.
    #[oai(mapping = "carousel")]
    Carousel(CarouselComponentIn),
    /// The end of an offer.
    #[oai(mapping = "limited_time_offer")]
    LimitedTimeOffer(OfferComponentIn),
    /// Another title for an address (selected businesses).
    #[oai(mapping = "tap_target_configuration")]
    TapTarget(TapTargetComponentIn),
}

/// The variable or the file of the header.
#[derive(Debug, Object)]
pub struct HeaderComponentIn {
    /// One.
    #[oai(validator(max_items = 1))]
    pub parameters: Vec<HeaderParameterIn>,
}

/// What a header gets.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of)]
pub enum HeaderParameterIn {
    /// Its variable.
    #[oai(mapping = "text")]
    Text(HeaderVariableIn),
    /// A picture.
    #[oai(mapping = "image")]
    Image(ImageHeaderIn),
    /// A video.
    #[oai(mapping = "video")]
    Video(VideoHeaderIn),
    /// An animated picture (Marketing Messages API).
    #[oai(mapping = "gif")]
    Gif(GifHeaderIn),
    /// A document.
    #[oai(mapping = "document")]
    Document(DocumentHeaderIn),
    /// A place: all four fields are needed.
    #[oai(mapping = "location")]
    Location(LocationHeaderIn),
    /// A product.
    #[oai(mapping = "product")]
    Product(ProductHeaderIn),
}

/// The variable of a header.
#[derive(Debug, Object)]
pub struct HeaderVariableIn {
    /// 1 to 60 characters, no line breaks, no tabs, at most 4 spaces in a row.
    #[oai(validator(min_length = 1, max_length = 60))]
    pub text: String,
    /// The variable's name, in templates whose variables have names.
    pub parameter_name: Option<String>,
}

/// A header with an animated picture.
#[derive(Debug, Object)]
pub struct GifHeaderIn {
    /// The picture, as MP4.
    pub gif: super::interactive::FileIn,
}

/// A header with a place.
#[derive(Debug, Object)]
pub struct LocationHeaderIn {
    /// The place, with name and address.
    pub location: LocationIn,
}

/// A header with a product.
#[derive(Debug, Object)]
pub struct ProductHeaderIn {
    /// The product.
    pub product: ProductActionIn,
}

/// The variables of the body: all by position, or all by name.
#[derive(Debug, Object)]
pub struct BodyComponentIn {
    /// A value for each variable; 1024 characters in all of them together.
    pub parameters: Vec<BodyParameterIn>,
}

/// What a variable of a body gets.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of)]
pub enum BodyParameterIn {
    /// Text.
    #[oai(mapping = "text")]
    Text(TextParameterIn),
    /// An amount (older form; text does as well).
    #[oai(mapping = "currency")]
    Currency(CurrencyParameterIn),
    /// A date (older form; text does as well).
    #[oai(mapping = "date_time")]
    DateTime(DateTimeParameterIn),
}

/// A text for a variable.
#[derive(Debug, Object)]
pub struct TextParameterIn {
    /// Not empty, no line breaks, no tabs, at most 4 spaces in a row.
    #[oai(validator(min_length = 1, max_length = 1024))]
    pub text: String,
    /// The variable's name, in templates whose variables have names.
    #[oai(validator(pattern = "^[a-z][a-z0-9_]*$"))]
    pub parameter_name: Option<String>,
}

/// An amount for a variable.
#[derive(Debug, Object)]
pub struct CurrencyParameterIn {
    /// The amount.
    pub currency: CurrencyIn,
    /// The variable's name, in templates whose variables have names.
    pub parameter_name: Option<String>,
}

/// An amount.
#[derive(Debug, Object)]
pub struct CurrencyIn {
    /// As text, where the phone cannot write it.
    pub fallback_value: String,
    /// Three capital letters, as `GBP`.
    #[oai(validator(pattern = "^[A-Z]{3}$"))]
    pub code: String,
    /// The amount in thousandths.
    pub amount_1000: i64,
}

/// A date for a variable.
#[derive(Debug, Object)]
pub struct DateTimeParameterIn {
    /// The date.
    pub date_time: DateTimeIn,
    /// The variable's name, in templates whose variables have names.
    pub parameter_name: Option<String>,
}

/// A date. Phones show the text; the other fields are of an older form of the API.
#[derive(Debug, Object)]
pub struct DateTimeIn {
    /// As text.
    pub fallback_value: String,
    /// 1 is Monday.
    pub day_of_week: Option<u32>,
    /// Year.
    pub year: Option<u32>,
    /// 1 is January.
    pub month: Option<u32>,
    /// 1 to 31.
    pub day_of_month: Option<u32>,
    /// 0 to 23.
    pub hour: Option<u32>,
    /// 0 to 59.
    pub minute: Option<u32>,
    /// `GREGORIAN`.
    pub calendar: Option<String>,
}

/// The variable of one button.
#[derive(Debug, Object)]
pub struct ButtonComponentIn {
    /// What kind of button the template has there. One-time passwords are a `url`, whatever their button does.
    pub sub_type: ButtonSubType,
    /// Its place among the template's buttons, from 0 to 9. A `voice_call` may go without.
    pub index: Option<ButtonIndexIn>,
    /// What it gets: one, or up to two for a `voice_call`.
    #[oai(validator(max_items = 2))]
    pub parameters: Vec<ButtonParameterIn>,
}

/// A kind of button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ButtonSubType {
    /// Gets a `payload`.
    QuickReply,
    /// Gets a `text`: the end of the address.
    Url,
    /// Gets a `coupon_code`.
    CopyCode,
    /// Gets an `action`: `flow_token`, `flow_action_data`.
    Flow,
    /// Gets an `action`: `thumbnail_product_retailer_id`.
    Catalog,
    /// Gets an `action`: `thumbnail_product_retailer_id` and `sections`.
    Mpm,
    /// Gets a `ttl_minutes` and a `payload`.
    VoiceCall,
    /// Gets an `action`: `order_details`.
    OrderDetails,
}

/// A place from 0: a number, or a text as in WhatsApp's examples.
#[derive(Debug, Union)]
#[oai(one_of)]
pub enum ButtonIndexIn {
    /// As a text.
    Text(String),
    /// As a number.
    Number(u32),
}

/// What a button gets.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of)]
pub enum ButtonParameterIn {
    /// Comes back when the button is pressed.
    #[oai(mapping = "payload")]
    Payload(PayloadParameterIn),
    /// The end of the address.
    #[oai(mapping = "text")]
    Text(UrlParameterIn),
    /// The code to copy.
    #[oai(mapping = "coupon_code")]
    CouponCode(CouponParameterIn),
    /// What is opened.
    #[oai(mapping = "action")]
    Action(ActionParameterIn),
    /// How long a call button works.
    #[oai(mapping = "ttl_minutes")]
    TtlMinutes(TtlParameterIn),
}

/// What comes back when a button is pressed.
#[derive(Debug, Object)]
pub struct PayloadParameterIn {
    /// 1 to 256 characters; 512 for a call.
    #[oai(validator(min_length = 1, max_length = 512))]
    pub payload: String,
}

/// The end of a button's address.
#[derive(Debug, Object)]
pub struct UrlParameterIn {
    /// 1 to 2000 characters, or a one-time password of up to 15.
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub text: String,
    /// Shows a payment link with more about it (India).
    pub payment_link_preview: Option<bool>,
}

/// The code to copy.
#[derive(Debug, Object)]
pub struct CouponParameterIn {
    /// 1 to 15 characters.
    #[oai(validator(min_length = 1, max_length = 15))]
    pub coupon_code: String,
}

/// What a button opens.
#[derive(Debug, Object)]
pub struct ActionParameterIn {
    /// What is opened.
    pub action: ButtonActionIn,
}

/// What a button opens; which fields there are, the button's `sub_type` decides.
#[derive(Debug, Object)]
pub struct ButtonActionIn {
    /// Of a `flow`: comes back with the answers.
    pub flow_token: Option<String>,
    /// Of a `flow`: data for its first screen.
    pub flow_action_data: Option<Any<Map<String, Value>>>,
    /// Of a `catalog` or `mpm`: the product whose picture is shown.
    pub thumbnail_product_retailer_id: Option<String>,
    /// Of an `mpm`: at most 10 sections with 30 products.
    #[oai(validator(max_items = 10))]
    pub sections: Option<Vec<ProductSectionIn>>,
    /// Of `order_details`: the order.
    pub order_details: Option<Any<Map<String, Value>>>,
}

/// How long a call button works.
#[derive(Debug, Object)]
pub struct TtlParameterIn {
    /// 1 to 43200 minutes.
    #[oai(validator(minimum(value = "1"), maximum(value = "43200")))]
    pub ttl_minutes: u32,
}

/// The cards of a carousel, as many as the template has.
#[derive(Debug, Object)]
pub struct CarouselComponentIn {
    /// The cards, in their order.
    #[oai(validator(min_items = 1, max_items = 10))]
    pub cards: Vec<TemplateCardIn>,
}

/// Values for one card.
#[derive(Debug, Object)]
pub struct TemplateCardIn {
    /// Its place, from 0.
    pub card_index: u32,
    /// Its header (a picture, a video or a product), its body, and at most 2 buttons.
    pub components: Vec<CardComponentIn>,
}

/// Values for one part of a card.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of)]
pub enum CardComponentIn {
    /// The header.
    #[oai(mapping = "header")]
    Header(HeaderComponentIn),
    /// The body.
    #[oai(mapping = "body")]
    Body(BodyComponentIn),
    /// One button.
    #[oai(mapping = "button")]
    Button(ButtonComponentIn),
}

/// The end of an offer.
#[derive(Debug, Object)]
pub struct OfferComponentIn {
    /// One.
    #[oai(validator(min_items = 1, max_items = 1))]
    pub parameters: Vec<OfferParameterIn>,
}

/// The end of an offer.
#[derive(Debug, Object)]
pub struct OfferParameterIn {
    /// Always `limited_time_offer`.
    #[oai(rename = "type")]
    pub kind: OfferParameterType,
    /// When it ends.
    pub limited_time_offer: OfferEndIn,
}

/// The type of an offer's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum OfferParameterType {
    /// The only one.
    LimitedTimeOffer,
}

/// When an offer ends.
#[derive(Debug, Object)]
pub struct OfferEndIn {
    /// Milliseconds since 1970.
    pub expiration_time_ms: i64,
}

/// Other titles for addresses.
#[derive(Debug, Object)]
pub struct TapTargetComponentIn {
    /// One.
    #[oai(validator(min_items = 1, max_items = 1))]
    pub parameters: Vec<TapTargetParameterIn>,
}

/// Other titles for addresses.
#[derive(Debug, Object)]
pub struct TapTargetParameterIn {
    /// Always `tap_target_configuration`.
    #[oai(rename = "type")]
    pub kind: TapTargetParameterType,
    /// Which.
    pub tap_target_configuration: Vec<TapTargetIn>,
}

/// The type of a tap target's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum TapTargetParameterType {
    /// The only one.
    TapTargetConfiguration,
}

/// Another title for an address.
#[derive(Debug, Object)]
pub struct TapTargetIn {
    /// The address.
    pub url: String,
    /// What is shown instead of it.
    pub title: String,
}
