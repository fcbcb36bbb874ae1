//! Uploads and downloads (Cloud API: media). Both are streamed: this crate never holds a whole file.

use std::{fmt, time::Duration};

use reqwest::{
    Body, Method,
    multipart::{Form, Part},
};
use secrecy::ExposeSecret;
use url::Url;

use super::{
    Client,
    answer::{bounded, broken, interpret, retry_after, transport},
};
use crate::{
    error::{Error, Invalid},
    ids::{MediaId, PhoneNumberId},
    webhook::read,
};

/// How long a file of up to 100 MB may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A file to upload.
pub struct Upload {
    /// Its bytes.
    pub body: Body,
    /// How many they are.
    pub size: u64,
    /// Its type, as in the table of the Cloud API: `image/jpeg`.
    pub mime_type: String,
    /// A name with the extension of its type.
    pub file_name: String,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({}, {} bytes)", self.mime_type, self.size)
    }
}

impl Client {
    /// Uploads a file for messages from one number (Cloud API: media). WhatsApp keeps it for 30 days. Safe to repeat: an
    /// unused copy does no harm.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a type that is not one, code 100 for a type that WhatsApp does not take, else as described
    /// at [`Error`].
    pub async fn upload_media(&self, number: &PhoneNumberId, file: Upload) -> Result<MediaId, Error> {
        let mime_type = file.mime_type.clone();
        let part = Part::stream_with_length(file.body, file.size)
            .file_name(file.file_name)
            .mime_str(&mime_type)
            .map_err(|_| Invalid::new("type", "is not a MIME type"))?;
        let form = Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", mime_type)
            .part("file", part);
        let request = self
            .request(Method::POST, &[number.as_str(), "media"], &[])?
            .timeout(TIMEOUT)
            .multipart(form);
        let response = request.send().await.map_err(transport)?;
        let (status, wait) = (response.status(), retry_after(response.headers()));
        let answer = interpret(status, wait, &bounded(response).await?)?;
        let id = read::text(&answer, "id").ok_or_else(|| broken("no media id in the answer"))?;
        Ok(id.into())
    }

    /// Opens a download address. It receives the token: the caller must make sure that the address is WhatsApp's.
    ///
    /// # Errors
    /// HTTP 401, 403 or 404 without a code when the address has expired (ask [`Client::media`] for a new one), else as
    /// described at [`Error`].
    pub async fn download(&self, url: Url) -> Result<reqwest::Response, Error> {
        let request = self
            .0
            .http
            .get(url)
            .bearer_auth(self.0.connection.access_token.expose_secret())
            // The bytes as they are: their size and digest are compared.
            .header(reqwest::header::ACCEPT_ENCODING, "identity")
            .timeout(TIMEOUT);
        let response = request.send().await.map_err(transport)?;
        let status = response.status();
        if status == reqwest::StatusCode::OK {
            return Ok(response);
        }
        let wait = retry_after(response.headers());
        match interpret(status, wait, &bounded(response).await?) {
            Err(error) => Err(error),
            Ok(_) => Err(broken("the download answered without the file")),
        }
    }
}
