//! A tenant's settings over HTTP: general ones, logo, opening hours.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::channels::ChannelId;
use kernel::{Can, NoContent, Result};
use poem::{
    Body, Request, Response, handler,
    http::{Method, header},
    web::{Data, Path},
};
use poem_openapi::{
    ApiRequest, Object, OpenApi,
    payload::{Binary, Json},
    types::{Example, MaybeUndefined},
};

use super::{
    Tag, change,
    hours::{HoursIn, HoursOut},
};
use crate::{
    Language,
    permission::{ManageSettings, ReadSettings},
    service::{MAX_LOGO, Service, SettingsChanges, SettingsView},
};

/// What a business has chosen for itself.
#[derive(Object)]
#[oai(rename = "Settings", skip_serializing_if_is_none)]
struct SettingsOut {
    /// Its name, as its members see it.
    name: String,
    /// The language of what the platform writes for it.
    language: Language,
    /// Where its days begin and end: a name of the IANA time zone database.
    time_zone: String,
    /// The country of phone numbers that are written without a country code: two letters (ISO 3166-1). Absent: such numbers are
    /// refused.
    default_country: Option<String>,
    /// The number to send by where none is named.
    default_channel_id: Option<ChannelId>,
    /// Where the logo is served, without a sign-in, until `logo_url_expires_at`. Absent: there is none.
    logo_url: Option<String>,
    /// When `logo_url` stops working; ask again for a new one.
    logo_url_expires_at: Option<DateTime<Utc>>,
}

impl From<SettingsView> for SettingsOut {
    fn from(view: SettingsView) -> Self {
        let time_zone = view.time_zone().name().to_owned();
        let SettingsView { name, row, logo } = view;
        let (logo_url, logo_url_expires_at) = logo.unzip();
        Self {
            name,
            language: row.language.unwrap_or_default(),
            time_zone,
            default_country: row.default_country,
            default_channel_id: row.default_channel_id,
            logo_url,
            logo_url_expires_at,
        }
    }
}

/// Changes to the settings: what is absent stays, `null` takes a choice back.
#[derive(Object)]
#[oai(deny_unknown_fields, example)]
struct SettingsPatch {
    /// Name on one line, 1 to 200 characters. It cannot be emptied.
    #[oai(validator(max_length = 200))]
    name: MaybeUndefined<String>,
    /// The language of what the platform writes for the business; `null`: English.
    language: MaybeUndefined<Language>,
    /// A name of the IANA time zone database, such as `Europe/London`; `null`: UTC.
    #[oai(validator(max_length = 64))]
    time_zone: MaybeUndefined<String>,
    /// The country of phone numbers that are written without a country code: two letters (ISO 3166-1), such as `GB`; `null`: none.
    #[oai(validator(max_length = 2))]
    default_country: MaybeUndefined<String>,
    /// The number to send by where none is named: one of your own; `null`: none.
    default_channel_id: MaybeUndefined<ChannelId>,
}

impl Example for SettingsPatch {
    fn example() -> Self {
        Self {
            name: MaybeUndefined::Undefined,
            language: MaybeUndefined::Value(Language::En),
            time_zone: MaybeUndefined::Value("Europe/London".to_owned()),
            default_country: MaybeUndefined::Value("GB".to_owned()),
            default_channel_id: MaybeUndefined::Null,
        }
    }
}

/// A logo under its own `Content-Type`. Its bytes decide what it is.
#[derive(ApiRequest)]
enum LogoIn {
    /// A PNG image.
    #[oai(content_type = "image/png")]
    Png(Binary<Vec<u8>>),
    /// A JPEG image.
    #[oai(content_type = "image/jpeg")]
    Jpeg(Binary<Vec<u8>>),
    /// A WebP image.
    #[oai(content_type = "image/webp")]
    Webp(Binary<Vec<u8>>),
}

pub(crate) struct SettingsApi {
    pub(crate) service: Arc<Service>,
}

#[OpenApi(tag = "Tag::Settings")]
impl SettingsApi {
    /// Show the settings
    ///
    /// What the business has chosen for itself, and the defaults of what it has not.
    #[oai(path = "/settings", method = "get", operation_id = "get_settings")]
    async fn get_settings(&self, can: Can<ReadSettings>) -> Result<Json<SettingsOut>> {
        Ok(Json(self.service.read_settings(can.db()).await?.into()))
    }

    /// Change the settings
    ///
    /// Everybody who is signed in to the business is told live (`settings_changed`).
    #[oai(path = "/settings", method = "patch", operation_id = "update_settings")]
    async fn update_settings(
        &self,
        can: Can<ManageSettings>,
        body: Json<SettingsPatch>,
    ) -> Result<Json<SettingsOut>> {
        let SettingsPatch {
            name,
            language,
            time_zone,
            default_country,
            default_channel_id,
        } = body.0;
        let changes = SettingsChanges {
            name: change(name),
            language: change(language),
            time_zone: change(time_zone),
            default_country: change(default_country),
            default_channel_id: change(default_channel_id),
        };
        Ok(Json(
            self.service.update_settings(can.db(), changes).await?.into(),
        ))
    }

    /// Upload a logo
    ///
    /// The image's bytes as the body: PNG, JPEG or WebP, at most 256 KB, 16 to 2048 pixels on each side. It replaces the logo before.
    #[oai(path = "/settings/logo", method = "put", operation_id = "set_logo")]
    async fn set_logo(&self, can: Can<ManageSettings>, body: LogoIn) -> Result<Json<SettingsOut>> {
        let (LogoIn::Png(image) | LogoIn::Jpeg(image) | LogoIn::Webp(image)) = body;
        Ok(Json(self.service.set_logo(can.db(), image.0).await?.into()))
    }

    /// Remove the logo
    #[oai(path = "/settings/logo", method = "delete", operation_id = "delete_logo")]
    async fn delete_logo(&self, can: Can<ManageSettings>) -> Result<NoContent> {
        self.service.remove_logo(can.db()).await?;
        Ok(NoContent::Done)
    }

    /// Show the opening hours
    ///
    /// With whether the business is open now, and until when.
    #[oai(path = "/settings/hours", method = "get", operation_id = "get_hours")]
    async fn get_hours(&self, can: Can<ReadSettings>) -> Result<Json<HoursOut>> {
        let calendar = self.service.read_hours(can.db()).await?;
        Ok(Json(HoursOut::new(&calendar, can.clock().now())))
    }

    /// Set the opening hours
    ///
    /// All of them: what is absent is no longer there. They are the wall clock of the business's time zone. When a clock change
    /// skips a time, spans lose it; when a time happens twice, it is open or closed both times.
    #[oai(path = "/settings/hours", method = "put", operation_id = "set_hours")]
    async fn set_hours(&self, can: Can<ManageSettings>, body: Json<HoursIn>) -> Result<Json<HoursOut>> {
        let hours = body.0.read()?;
        let calendar = self.service.set_hours(can.db(), hours).await?;
        Ok(Json(HoursOut::new(&calendar, can.clock().now())))
    }
}

const _: () = assert!(
    MAX_LOGO == 256 * 1024,
    "the description of set_logo names the same number"
);

/// `GET` and `HEAD` of a logo, by its signed address.
#[handler]
pub(crate) async fn serve_logo(
    token: Path<String>,
    request: &Request,
    service: Data<&Arc<Service>>,
) -> poem::Result<Response> {
    let logo = service.served_logo(&token).await.map_err(kernel::Error::from)?;
    let response = Response::builder()
        .content_type(&logo.mime)
        .header(header::CACHE_CONTROL, "private, max-age=300")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    Ok(if request.method() == Method::HEAD {
        response.finish()
    } else {
        response.body(Body::from_bytes_stream(logo.bytes))
    })
}
