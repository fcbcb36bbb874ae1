//! Interactive messages: one object a type, told apart by `type`.

pub(super) mod actions;

use contracts::messaging::MediaId;
use poem_openapi::{Enum, Object, Union};

use self::actions::{
    AddressActionIn, ButtonsActionIn, CallPermissionActionIn, CarouselActionIn, CatalogActionIn,
    ContactInfoActionIn, CtaUrlActionIn, FlowActionIn, ListActionIn, LocationRequestActionIn,
    OrderDetailsActionIn, OrderStatusActionIn, ProductActionIn, ProductListActionIn, VoiceCallActionIn,
};

/// An interactive message. `type` decides what `action` is.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of)]
pub enum InteractiveIn {
    /// 1 to 3 reply buttons.
    #[oai(mapping = "button")]
    Button(InteractiveButtonsIn),
    /// Up to 10 rows to choose one of.
    #[oai(mapping = "list")]
    List(InteractiveListIn),
    /// A button that opens an address.
    #[oai(mapping = "cta_url")]
    CtaUrl(InteractiveCtaUrlIn),
    /// A button that sends the customer's location.
    #[oai(mapping = "location_request_message")]
    LocationRequest(InteractiveLocationRequestIn),
    /// A form for a postal address.
    #[oai(mapping = "address_message")]
    Address(InteractiveAddressIn),
    /// A button that opens a flow.
    #[oai(mapping = "flow")]
    Flow(InteractiveFlowIn),
    /// One product.
    #[oai(mapping = "product")]
    Product(InteractiveProductIn),
    /// Up to 30 products.
    #[oai(mapping = "product_list")]
    ProductList(InteractiveProductListIn),
    /// A button that opens the catalogue.
    #[oai(mapping = "catalog_message")]
    Catalog(InteractiveCatalogIn),
    /// 2 to 10 cards side by side.
    #[oai(mapping = "carousel")]
    Carousel(InteractiveCarouselIn),
    /// Asks whether the business may call.
    #[oai(mapping = "call_permission_request")]
    CallPermissionRequest(InteractiveCallPermissionIn),
    /// A button that calls the business.
    #[oai(mapping = "voice_call")]
    VoiceCall(InteractiveVoiceCallIn),
    /// Asks a customer with a username for the phone number.
    #[oai(mapping = "request_contact_info")]
    RequestContactInfo(InteractiveContactInfoIn),
    /// An order to pay.
    #[oai(mapping = "order_details")]
    OrderDetails(InteractiveOrderDetailsIn),
    /// News of an order.
    #[oai(mapping = "order_status")]
    OrderStatus(InteractiveOrderStatusIn),
}

/// The text of the message.
#[derive(Debug, Object)]
pub struct BodyIn {
    /// 1 to 1024 characters.
    #[oai(validator(min_length = 1, max_length = 1024))]
    pub text: String,
}

/// Small text below it.
#[derive(Debug, Object)]
pub struct FooterIn {
    /// 1 to 60 characters.
    #[oai(validator(min_length = 1, max_length = 60))]
    pub text: String,
}

/// What stands above the body. `type` decides which of the others is there.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", one_of)]
pub enum HeaderIn {
    /// Text.
    #[oai(mapping = "text")]
    Text(TextHeaderIn),
    /// A picture.
    #[oai(mapping = "image")]
    Image(ImageHeaderIn),
    /// A video.
    #[oai(mapping = "video")]
    Video(VideoHeaderIn),
    /// A document.
    #[oai(mapping = "document")]
    Document(DocumentHeaderIn),
}

/// A header of text.
#[derive(Debug, Object)]
pub struct TextHeaderIn {
    /// 1 to 60 characters.
    #[oai(validator(min_length = 1, max_length = 60))]
    pub text: String,
}

/// A header with a picture.
#[derive(Debug, Object)]
pub struct ImageHeaderIn {
    /// The picture.
    pub image: FileIn,
}

/// A header with a video.
#[derive(Debug, Object)]
pub struct VideoHeaderIn {
    /// The video.
    pub video: FileIn,
}

/// A header with a document.
#[derive(Debug, Object)]
pub struct DocumentHeaderIn {
    /// The document.
    pub document: DocumentFileIn,
}

/// A file. Exactly one of `link`, `id` and `media_id`.
#[derive(Debug, Object)]
pub struct FileIn {
    /// Public https address; WhatsApp fetches it.
    #[oai(validator(max_length = 2048))]
    pub link: Option<String>,
    /// Or the id of a file uploaded to WhatsApp.
    pub id: Option<String>,
    /// Or the id of a file uploaded here.
    pub media_id: Option<MediaId>,
}

/// A document. Exactly one of `link`, `id` and `media_id`.
#[derive(Debug, Object)]
pub struct DocumentFileIn {
    /// Public https address; WhatsApp fetches it.
    #[oai(validator(max_length = 2048))]
    pub link: Option<String>,
    /// Or the id of a file uploaded to WhatsApp.
    pub id: Option<String>,
    /// Or the id of a file uploaded here.
    pub media_id: Option<MediaId>,
    /// The name that is shown; its ending decides the icon.
    pub filename: Option<String>,
}

/// Reply buttons: a press comes back as a message.
#[derive(Debug, Object)]
pub struct InteractiveButtonsIn {
    /// Above the body.
    pub header: Option<HeaderIn>,
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: ButtonsActionIn,
}

/// A list to choose one row of.
#[derive(Debug, Object)]
pub struct InteractiveListIn {
    /// Above the body; text only.
    pub header: Option<TextOnlyHeaderIn>,
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: ListActionIn,
}

/// A header that can only be text.
#[derive(Debug, Object)]
pub struct TextOnlyHeaderIn {
    /// Always `text`.
    #[oai(rename = "type")]
    pub kind: TextOnlyHeaderType,
    /// 1 to 60 characters.
    #[oai(validator(min_length = 1, max_length = 60))]
    pub text: String,
}

/// The type of a header that can only be text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum TextOnlyHeaderType {
    /// Text.
    Text,
}

/// A button that opens an address.
#[derive(Debug, Object)]
pub struct InteractiveCtaUrlIn {
    /// Above the body.
    pub header: Option<HeaderIn>,
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: CtaUrlActionIn,
}

/// A button that sends the customer's location. Without header and footer.
#[derive(Debug, Object)]
pub struct InteractiveLocationRequestIn {
    /// The text.
    pub body: BodyIn,
    /// What can be done.
    pub action: LocationRequestActionIn,
}

/// A form for a postal address. Numbers in India (and Singapore) only.
#[derive(Debug, Object)]
pub struct InteractiveAddressIn {
    /// Above the body.
    pub header: Option<HeaderIn>,
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: AddressActionIn,
}

/// A button that opens a flow.
#[derive(Debug, Object)]
pub struct InteractiveFlowIn {
    /// Above the body.
    pub header: Option<HeaderIn>,
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: FlowActionIn,
}

/// One product of a catalogue. Without a header.
#[derive(Debug, Object)]
pub struct InteractiveProductIn {
    /// The text; may be left out.
    pub body: Option<BodyIn>,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: ProductActionIn,
}

/// Products of a catalogue in sections. Needs a header of text.
#[derive(Debug, Object)]
pub struct InteractiveProductListIn {
    /// Above the body; text only.
    pub header: TextOnlyHeaderIn,
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: ProductListActionIn,
}

/// A button that opens the catalogue.
#[derive(Debug, Object)]
pub struct InteractiveCatalogIn {
    /// Above the body.
    pub header: Option<HeaderIn>,
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: CatalogActionIn,
}

/// Cards side by side. Without header and footer of its own.
#[derive(Debug, Object)]
pub struct InteractiveCarouselIn {
    /// The text.
    pub body: BodyIn,
    /// What can be done.
    pub action: CarouselActionIn,
}

/// Asks whether the business may call (calling API).
#[derive(Debug, Object)]
pub struct InteractiveCallPermissionIn {
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: CallPermissionActionIn,
}

/// A button that calls the business (calling API).
#[derive(Debug, Object)]
pub struct InteractiveVoiceCallIn {
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: VoiceCallActionIn,
}

/// Asks a customer with a username for the phone number.
#[derive(Debug, Object)]
pub struct InteractiveContactInfoIn {
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: ContactInfoActionIn,
}

/// An order to pay (payments in India and Brazil).
#[derive(Debug, Object)]
pub struct InteractiveOrderDetailsIn {
    /// Above the body.
    pub header: Option<HeaderIn>,
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: OrderDetailsActionIn,
}

/// News of an order (payments in India and Brazil).
#[derive(Debug, Object)]
pub struct InteractiveOrderStatusIn {
    /// The text.
    pub body: BodyIn,
    /// Below it.
    pub footer: Option<FooterIn>,
    /// What can be done.
    pub action: OrderStatusActionIn,
}
