//! Writing templates, and uploading the samples of their headers (Cloud API: templates, endpoints; media, resumable upload).
//!
//! None of these calls has an idempotency key. After [`Error::Ambiguous`] ask before repeating: a creation by
//! [`Client::find_template`], an edit and a deletion by [`Client::template`]. A name exists once in each language, so that a repeated
//! creation is refused (2388024) rather than doubled.

use std::time::Duration;

use reqwest::{
    Body, Method,
    header::{AUTHORIZATION, HeaderValue},
};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{
    Client,
    answer::{bounded, broken, interpret, retry_after, transport},
};
use crate::{
    error::{Error, Invalid},
    ids::WabaId,
    template::{Page, Template},
    webhook::read,
};

/// How long a part of an upload of up to 100 MB may take.
const UPLOAD: Duration = Duration::from_secs(120);
/// Rows of a page of names.
const NAMES: u32 = 200;
/// Pages of names that are looked through: more than an account's largest number of templates.
const PAGES: usize = 50;

/// WhatsApp's answer to a creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTemplate {
    /// Id of the template.
    pub id: String,
    /// PENDING as a rule; APPROVED or REJECTED if WhatsApp decided at once.
    pub status: Option<String>,
    /// What it is filed under, which may be another category than the one that was asked for.
    pub category: Option<String>,
}

/// WhatsApp's answer to an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedTemplate {
    /// What it is filed under.
    pub category: Option<String>,
}

/// One language of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTemplate {
    /// Id of the template.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
}

/// A Meta app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
}

/// An upload that has been opened: `upload:…?sig=…`. The signature is a secret, so it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadSession(String);

impl std::fmt::Debug for UploadSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UploadSession")
    }
}

/// What became of a part of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// The file is complete: its handle, which templates name as a sample.
    Handle(String),
    /// So many bytes of it are there; the rest is still to be sent.
    Part(u64),
}

impl Client {
    /// Creates a template; `body` is `{name, language, category, components, …}`. The review follows.
    ///
    /// # Errors
    /// Code 100 with a subcode 2388xxx for what WhatsApp does not accept, 80008 beyond 100 creations an hour, else as described at
    /// [`Error`].
    pub async fn create_template(&self, waba: &WabaId, body: &Value) -> Result<CreatedTemplate, Error> {
        let path = [waba.as_str(), "message_templates"];
        let answer = self.write(Method::POST, &path, &[], Some(body.clone())).await?;
        Ok(CreatedTemplate {
            id: read::text(&answer, "id").ok_or_else(|| broken("no id in the created template"))?,
            status: read::text(&answer, "status"),
            category: read::text(&answer, "category"),
        })
    }

    /// Changes a template: the components replace the old ones as a whole, and the review begins again. `body` has `components` and
    /// perhaps `category` and `message_send_ttl_seconds`; name and language cannot be changed.
    ///
    /// # Errors
    /// Code 100 with subcode 2388039 when it cannot be changed now, 100/33 when there is no such template, else as
    /// [`Client::create_template`].
    pub async fn edit_template(&self, id: &str, body: &Value) -> Result<EditedTemplate, Error> {
        let answer = self.write(Method::POST, &[id], &[], Some(body.clone())).await?;
        done(&answer)?;
        Ok(EditedTemplate {
            category: read::text(&answer, "category"),
        })
    }

    /// Deletes a template: one language by its id and name, all languages of the name without an id. The name of an approved template
    /// is locked for 30 days.
    ///
    /// # Errors
    /// Code 100 when there is no such template, or it is disabled, else as described at [`Error`].
    pub async fn delete_template(&self, waba: &WabaId, name: &str, id: Option<&str>) -> Result<(), Error> {
        let mut query = vec![("name", name)];
        query.extend(id.map(|id| ("hsm_id", id)));
        let path = [waba.as_str(), "message_templates"];
        done(&self.write(Method::DELETE, &path, &query, None).await?)
    }

    /// Ends the pause of a template, where pacing paused it at least five minutes ago. The inner error is WhatsApp's reason for not
    /// doing so. Safe to repeat.
    ///
    /// # Errors
    /// Code 100/33 when there is no such template, else as described at [`Error`].
    pub async fn unpause_template(&self, id: &str) -> Result<Result<(), String>, Error> {
        let answer = self.write(Method::POST, &[id, "unpause"], &[], None).await?;
        match read::flag(&answer, "success") {
            Some(false) => Ok(Err(read::text(&answer, "reason").unwrap_or_default())),
            _ => Ok(Ok(())),
        }
    }

    /// One template.
    ///
    /// # Errors
    /// Code 100/33 when there is no such template, else as described at [`Error`].
    pub async fn template(&self, id: &str) -> Result<Template, Error> {
        let answer = self.get(&[id], &[("fields", Template::FIELDS)]).await?;
        Template::from_value(&answer).ok_or_else(|| broken("no id in the template"))
    }

    /// The languages of a name, or the one that is asked for. WhatsApp's filter also finds names that only contain it; those are left
    /// out.
    ///
    /// # Errors
    /// As described at [`Error`].
    pub async fn templates_named(
        &self,
        waba: &WabaId,
        name: &str,
        language: Option<&str>,
    ) -> Result<Vec<NamedTemplate>, Error> {
        let limit = NAMES.to_string();
        let (mut found, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let mut query = vec![
                ("fields", "id,name,language"),
                ("name", name),
                ("limit", limit.as_str()),
            ];
            query.extend(language.map(|language| ("language", language)));
            query.extend(after.as_deref().map(|after| ("after", after)));
            let answer = self.get(&[waba.as_str(), "message_templates"], &query).await?;
            let page = Page::from_value(&answer, named);
            let exact = page
                .items
                .into_iter()
                .filter(|row| row.name == name && language.is_none_or(|language| row.language == language));
            found.extend(exact);
            after = page.after;
            if after.is_none() || (language.is_some() && !found.is_empty()) {
                break;
            }
        }
        Ok(found)
    }

    /// The template of this name and language; none if the account has none.
    ///
    /// # Errors
    /// As described at [`Error`].
    pub async fn find_template(
        &self,
        waba: &WabaId,
        name: &str,
        language: &str,
    ) -> Result<Option<Template>, Error> {
        match self.templates_named(waba, name, Some(language)).await?.first() {
            Some(found) => self.template(&found.id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The app that the token was made for.
    ///
    /// # Errors
    /// As described at [`Error`]; some tokens do not tell.
    pub async fn app(&self) -> Result<App, Error> {
        let answer = self.get(&["app"], &[("fields", "id,name")]).await?;
        Ok(App {
            id: read::text(&answer, "id").ok_or_else(|| broken("no id in the app"))?,
            name: read::text(&answer, "name"),
        })
    }

    /// Opens an upload of a file of `size` bytes to an app; application/pdf, image/jpeg, image/png and video/mp4. Safe to repeat: an
    /// upload that is not continued does no harm.
    ///
    /// # Errors
    /// Code 100 for a type or a size that WhatsApp does not take, 100/33 for an app that is not the token's, else as described at
    /// [`Error`].
    pub async fn open_upload(
        &self,
        app: &str,
        file_name: &str,
        size: u64,
        mime_type: &str,
    ) -> Result<UploadSession, Error> {
        let size = size.to_string();
        let query = [
            ("file_name", file_name),
            ("file_length", &size),
            ("file_type", mime_type),
        ];
        let answer = self.write(Method::POST, &[app, "uploads"], &query, None).await?;
        let id = read::text(&answer, "id").filter(|id| id.starts_with("upload:"));
        Ok(UploadSession(
            id.ok_or_else(|| broken("no id in the opened upload"))?,
        ))
    }

    /// Sends the bytes of a file from `offset` on; `length` is how many they are. After an error ask [`Client::uploaded`] where to go
    /// on.
    ///
    /// # Errors
    /// Code 100 for another offset than WhatsApp expects, else as described at [`Error`].
    pub async fn upload(
        &self,
        session: &UploadSession,
        offset: u64,
        bytes: Body,
        length: u64,
    ) -> Result<Uploaded, Error> {
        let request = self
            .of_upload(Method::POST, session)?
            .header("file_offset", offset)
            .header(reqwest::header::CONTENT_LENGTH, length)
            .timeout(UPLOAD)
            .body(bytes);
        let answer = answered(request).await?;
        match (read::text(&answer, "h"), offset_of(&answer)) {
            (Some(handle), _) => Ok(Uploaded::Handle(handle)),
            (None, Some(offset)) => Ok(Uploaded::Part(offset)),
            (None, None) => Err(broken("no handle in the answer to an upload")),
        }
    }

    /// How many bytes of an upload are there.
    ///
    /// # Errors
    /// Code 100/33 when there is no such upload, or it is complete, else as described at [`Error`].
    pub async fn uploaded(&self, session: &UploadSession) -> Result<u64, Error> {
        let request = self
            .of_upload(Method::GET, session)?
            .timeout(self.0.connection.timeouts.read);
        let answer = answered(request).await?;
        offset_of(&answer).ok_or_else(|| broken("no offset in the upload"))
    }

    async fn write(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Value, Error> {
        self.call(method, path, query, body, self.0.connection.timeouts.send)
            .await
    }

    /// A request about an upload. It has another scheme of authorization than all other requests.
    fn of_upload(&self, method: Method, session: &UploadSession) -> Result<reqwest::RequestBuilder, Error> {
        let (id, query) = session.0.split_once('?').unwrap_or((&session.0, ""));
        let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let query: Vec<(&str, &str)> = query
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let url = self.address(&[id], &query)?;
        let token = self.0.connection.access_token.expose_secret();
        let mut authorization = HeaderValue::from_str(&format!("OAuth {token}"))
            .map_err(|_| Invalid::new("access_token", "has characters that no header can carry"))?;
        authorization.set_sensitive(true);
        Ok(self
            .0
            .http
            .request(method, url)
            .header(AUTHORIZATION, authorization))
    }
}

fn named(row: &Value) -> Option<NamedTemplate> {
    Some(NamedTemplate {
        id: read::text(row, "id")?,
        name: read::text(row, "name")?,
        language: read::text(row, "language")?,
    })
}

fn offset_of(answer: &Value) -> Option<u64> {
    answer
        .get("file_offset")
        .and_then(crate::error::number)
        .and_then(|offset| u64::try_from(offset).ok())
}

async fn answered(request: reqwest::RequestBuilder) -> Result<Value, Error> {
    let response = request.send().await.map_err(transport)?;
    let (status, wait) = (response.status(), retry_after(response.headers()));
    interpret(status, wait, &bounded(response).await?)
}

/// `{"success": false}` says that nothing was done, without saying why.
fn done(answer: &Value) -> Result<(), Error> {
    match read::flag(answer, "success") {
        Some(false) => Err(broken("success is false")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
