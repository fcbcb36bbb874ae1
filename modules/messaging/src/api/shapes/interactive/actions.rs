//! What can be done with an interactive message.

use poem_openapi::{Enum, Object, Union, types::Any};
use serde_json::{Map, Value};

use super::{ImageHeaderIn, VideoHeaderIn};

/// 1 to 3 reply buttons.
#[derive(Debug, Object)]
pub struct ButtonsActionIn {
    /// The buttons.
    #[oai(validator(min_items = 1, max_items = 3))]
    pub buttons: Vec<ReplyButtonIn>,
}

/// A reply button.
#[derive(Debug, Object)]
pub struct ReplyButtonIn {
    /// Always `reply`.
    #[oai(rename = "type")]
    pub kind: ReplyButtonType,
    /// What it says and what comes back.
    pub reply: ReplyIdIn,
}

/// The type of a reply button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ReplyButtonType {
    /// A press comes back as a message.
    Reply,
}

/// What a button says and what comes back.
#[derive(Debug, Object)]
#[oai(rename = "ReplyButtonReplyIn")]
pub struct ReplyIdIn {
    /// 1 to 256 characters without blanks around them, unique in the message; comes back when it is pressed.
    #[oai(validator(min_length = 1, max_length = 256))]
    pub id: String,
    /// 1 to 20 characters, unique in the message, without markup.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub title: String,
}

/// A list of at most 10 rows in at most 10 sections.
#[derive(Debug, Object)]
pub struct ListActionIn {
    /// Label of the button that opens it, 1 to 20 characters.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub button: String,
    /// The sections; 10 rows in all of them together.
    #[oai(validator(min_items = 1, max_items = 10))]
    pub sections: Vec<ListSectionIn>,
}

/// Rows under one title.
#[derive(Debug, Object)]
pub struct ListSectionIn {
    /// Up to 24 characters; needed when there are several sections.
    #[oai(validator(max_length = 24))]
    pub title: Option<String>,
    /// Its rows.
    #[oai(validator(min_items = 1, max_items = 10))]
    pub rows: Vec<ListRowIn>,
}

/// One row of a list.
#[derive(Debug, Object)]
pub struct ListRowIn {
    /// 1 to 200 characters, unique in the list; comes back when it is chosen.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub id: String,
    /// 1 to 24 characters.
    #[oai(validator(min_length = 1, max_length = 24))]
    pub title: String,
    /// Up to 72 characters.
    #[oai(validator(max_length = 72))]
    pub description: Option<String>,
}

/// Opens an address.
#[derive(Debug, Object)]
pub struct CtaUrlActionIn {
    /// Always `cta_url`.
    pub name: CtaUrlActionName,
    /// Its parameters.
    pub parameters: CtaUrlParametersIn,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CtaUrlActionName {
    /// `cta_url`.
    CtaUrl,
}

/// The button and its address.
#[derive(Debug, Object)]
pub struct CtaUrlParametersIn {
    /// Label, 1 to 20 characters.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub display_text: String,
    /// The http(s) address.
    #[oai(validator(max_length = 2048))]
    pub url: String,
}

/// Sends a location.
#[derive(Debug, Object)]
pub struct LocationRequestActionIn {
    /// Always `send_location`.
    pub name: LocationRequestActionName,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum LocationRequestActionName {
    /// `send_location`.
    SendLocation,
}

/// Asks for an address.
#[derive(Debug, Object)]
pub struct AddressActionIn {
    /// Always `address_message`.
    pub name: AddressActionName,
    /// Its parameters.
    pub parameters: AddressParametersIn,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AddressActionName {
    /// `address_message`.
    AddressMessage,
}

/// What is known of the address.
#[derive(Debug, Object)]
pub struct AddressParametersIn {
    /// Two capital letters: `IN`.
    #[oai(validator(pattern = "^[A-Z]{2}$"))]
    pub country: String,
    /// What is filled in already, by field: `name`, `phone_number`, `in_pin_code`, `city`, …
    pub values: Option<Any<Map<String, Value>>>,
    /// Addresses to choose one of.
    pub saved_addresses: Option<Vec<SavedAddressIn>>,
    /// What was wrong with an earlier answer, by field.
    pub validation_errors: Option<Any<Map<String, Value>>>,
}

/// An address to choose.
#[derive(Debug, Object)]
pub struct SavedAddressIn {
    /// Comes back when it is chosen.
    pub id: String,
    /// Its fields.
    pub value: Any<Map<String, Value>>,
}

/// Opens a flow.
#[derive(Debug, Object)]
pub struct FlowActionIn {
    /// Always `flow`.
    pub name: FlowActionName,
    /// Its parameters.
    pub parameters: FlowParametersIn,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FlowActionName {
    /// `flow`.
    Flow,
}

/// Which flow, and where it begins. Exactly one of `flow_id` and `flow_name`.
#[derive(Debug, Object)]
pub struct FlowParametersIn {
    /// Version of the message: `3`.
    pub flow_message_version: String,
    /// Label, 1 to 30 characters; 20 are safe on every phone.
    #[oai(validator(min_length = 1, max_length = 30))]
    pub flow_cta: String,
    /// Id of the flow.
    pub flow_id: Option<String>,
    /// Or its name.
    pub flow_name: Option<String>,
    /// Comes back with the answers.
    pub flow_token: Option<String>,
    /// `published` if left out; `draft` while it is not.
    pub mode: Option<FlowMode>,
    /// `navigate` if left out.
    pub flow_action: Option<FlowActionKind>,
    /// First screen and its data; for `navigate`.
    pub flow_action_payload: Option<FlowPayloadIn>,
}

/// Whether a flow is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FlowMode {
    /// Published.
    Published,
    /// Not yet; only testers see it.
    Draft,
}

/// How a flow begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FlowActionKind {
    /// At a screen.
    Navigate,
    /// By asking the flow's endpoint.
    DataExchange,
}

/// Where a flow begins.
#[derive(Debug, Object)]
pub struct FlowPayloadIn {
    /// Id of the screen.
    pub screen: Option<String>,
    /// Data for it.
    pub data: Option<Any<Map<String, Value>>>,
}

/// Which product.
#[derive(Debug, Object)]
pub struct ProductActionIn {
    /// Id of the catalogue.
    pub catalog_id: String,
    /// The product's id in it.
    pub product_retailer_id: String,
}

/// Which products: at most 30 in at most 10 sections.
#[derive(Debug, Object)]
pub struct ProductListActionIn {
    /// Id of the catalogue.
    pub catalog_id: String,
    /// The sections; 30 products in all of them together.
    #[oai(validator(min_items = 1, max_items = 10))]
    pub sections: Vec<ProductSectionIn>,
}

/// Products under one title.
#[derive(Debug, Object)]
pub struct ProductSectionIn {
    /// Up to 24 characters; needed when there are several sections.
    #[oai(validator(max_length = 24))]
    pub title: Option<String>,
    /// Its products.
    #[oai(validator(min_items = 1, max_items = 30))]
    pub product_items: Vec<ProductItemIn>,
}

/// A product of the catalogue.
#[derive(Debug, Object)]
pub struct ProductItemIn {
    /// Its id in the catalogue.
    pub product_retailer_id: String,
}

/// Opens the catalogue.
#[derive(Debug, Object)]
pub struct CatalogActionIn {
    /// Always `catalog_message`.
    pub name: CatalogActionName,
    /// Its parameters.
    pub parameters: Option<ThumbnailIn>,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CatalogActionName {
    /// `catalog_message`.
    CatalogMessage,
}

/// Whose picture is shown.
#[derive(Debug, Object)]
pub struct ThumbnailIn {
    /// The product; the catalogue's first if left out.
    pub thumbnail_product_retailer_id: Option<String>,
}

/// 2 to 10 cards, all alike: the same kind of header, the same kind and number of buttons.
#[derive(Debug, Object)]
pub struct CarouselActionIn {
    /// The cards, in their order.
    #[oai(validator(min_items = 2, max_items = 10))]
    pub cards: Vec<CardIn>,
}

/// A card.
#[derive(Debug, Object)]
pub struct CardIn {
    /// Its place, from 0.
    pub card_index: u32,
    /// `cta_url` for cards with media (also those with quick replies), `product` for products.
    #[oai(rename = "type")]
    pub kind: CardType,
    /// Picture or video; none on cards of products.
    pub header: Option<CardHeaderIn>,
    /// Up to 160 characters and two line breaks.
    pub body: Option<CardBodyIn>,
    /// An address (`name` and `parameters`), quick replies (`buttons`) or a product (`catalog_id` and
    /// `product_retailer_id`).
    pub action: CardActionIn,
}

/// The type of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CardType {
    /// Media with an address or with quick replies.
    CtaUrl,
    /// A product.
    Product,
}

/// What stands on top of a card.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of)]
pub enum CardHeaderIn {
    /// A picture.
    #[oai(mapping = "image")]
    Image(ImageHeaderIn),
    /// A video.
    #[oai(mapping = "video")]
    Video(VideoHeaderIn),
}

/// The text of a card.
#[derive(Debug, Object)]
pub struct CardBodyIn {
    /// 1 to 160 characters, at most two line breaks.
    #[oai(validator(min_length = 1, max_length = 160))]
    pub text: String,
}

/// What can be done with a card.
#[derive(Debug, Union)]
#[oai(one_of)]
pub enum CardActionIn {
    /// Opens an address.
    CtaUrl(CtaUrlActionIn),
    /// Answers.
    QuickReplies(CardButtonsIn),
    /// Shows a product.
    Product(ProductActionIn),
}

/// 1 to 3 quick replies; the same number on every card.
#[derive(Debug, Object)]
pub struct CardButtonsIn {
    /// The quick replies.
    #[oai(validator(min_items = 1, max_items = 3))]
    pub buttons: Vec<CardButtonIn>,
}

/// A quick reply on a card.
#[derive(Debug, Object)]
pub struct CardButtonIn {
    /// Always `quick_reply`.
    #[oai(rename = "type")]
    pub kind: CardButtonType,
    /// What it says and what comes back.
    pub quick_reply: ReplyIdIn,
}

/// The type of a card's button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CardButtonType {
    /// A press comes back as a message.
    QuickReply,
}

/// Asks for permission to call.
#[derive(Debug, Object)]
pub struct CallPermissionActionIn {
    /// Always `call_permission_request`.
    pub name: CallPermissionActionName,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CallPermissionActionName {
    /// `call_permission_request`.
    CallPermissionRequest,
}

/// Calls the business.
#[derive(Debug, Object)]
pub struct VoiceCallActionIn {
    /// Always `voice_call`.
    pub name: VoiceCallActionName,
    /// Its parameters.
    pub parameters: Option<VoiceCallParametersIn>,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum VoiceCallActionName {
    /// `voice_call`.
    VoiceCall,
}

/// The button, and how long it works.
#[derive(Debug, Object)]
pub struct VoiceCallParametersIn {
    /// Label, 1 to 20 characters.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub display_text: Option<String>,
    /// 1 to 43200 minutes.
    #[oai(validator(minimum(value = "1"), maximum(value = "43200")))]
    pub ttl_minutes: Option<u32>,
    /// Comes back with the call, up to 512 characters.
    #[oai(validator(max_length = 512))]
    pub payload: Option<String>,
}

/// Asks for the phone number.
#[derive(Debug, Object)]
pub struct ContactInfoActionIn {
    /// Always `request_contact_info`.
    pub name: ContactInfoActionName,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ContactInfoActionName {
    /// `request_contact_info`.
    RequestContactInfo,
}

/// Shows and pays an order.
#[derive(Debug, Object)]
pub struct OrderDetailsActionIn {
    /// Always `review_and_pay`.
    pub name: OrderDetailsActionName,
    /// Its parameters.
    pub parameters: Any<Map<String, Value>>,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum OrderDetailsActionName {
    /// `review_and_pay`.
    ReviewAndPay,
}

/// Shows an order.
#[derive(Debug, Object)]
pub struct OrderStatusActionIn {
    /// Always `review_order`.
    pub name: OrderStatusActionName,
    /// Its parameters.
    pub parameters: Any<Map<String, Value>>,
}

/// The name of this action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum OrderStatusActionName {
    /// `review_order`.
    ReviewOrder,
}
