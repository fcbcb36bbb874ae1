//! The accounts whose templates are copied, and the list of one number.

use chrono::{DateTime, Utc};
use contracts::channels::ChannelId;
use kernel::{Can, Error, Result};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::Path,
    payload::Json,
    types::{Any, Example},
};
use sentences::{Sentence, Sentences};

use super::Tag;
use crate::{
    entity::template,
    permission::{ReadChannels, ReadTemplates, WriteTemplates},
    service::{Account, Service},
};

/// A WhatsApp Business Account, and how far the copy of its templates is.
#[derive(Debug, Object)]
#[oai(rename = "TemplateAccount", skip_serializing_if_is_none)]
pub struct AccountOut {
    /// Which.
    pub waba_id: String,
    /// The connected numbers that belong to it.
    pub channel_ids: Vec<ChannelId>,
    /// Templates in the copy.
    pub templates: i64,
    /// When the last whole sync began; absent before the first one has ended.
    pub synced_at: Option<DateTime<Utc>>,
    /// Whether it is being read, or will be in a moment.
    pub syncing: bool,
    /// Why the last attempt failed and what to do; absent if it did not.
    pub problem: Option<String>,
    /// `problem`, to be said in any language.
    #[oai(default, skip_serializing_if_is_empty)]
    pub problem_terms: Vec<Sentence>,
}

impl From<Account> for AccountOut {
    fn from(account: Account) -> Self {
        let state = account.state.as_ref();
        let problem = Sentences::read(state.and_then(|state| state.problem.as_deref()));
        Self {
            templates: account.templates,
            synced_at: state.and_then(|state| state.synced_at),
            syncing: state.is_some_and(|state| state.wanted_at.or(state.sync_started_at).is_some()),
            problem: Some(problem.to_string()).filter(|said| !said.is_empty()),
            problem_terms: problem.0,
            waba_id: account.waba_id,
            channel_ids: account.channel_ids,
        }
    }
}

/// The accounts of all numbers.
#[derive(Debug, Object)]
#[oai(rename = "TemplateAccounts")]
pub struct Accounts {
    /// By id; at most 200, as there are numbers.
    pub items: Vec<AccountOut>,
}

/// What to read from WhatsApp.
#[derive(Debug, Object)]
#[oai(
    rename = "TemplateSync",
    deny_unknown_fields,
    skip_serializing_if_is_none,
    example
)]
pub struct SyncIn {
    /// Only the account of this number; all accounts if absent.
    pub channel_id: Option<ChannelId>,
}

impl Example for SyncIn {
    fn example() -> Self {
        Self { channel_id: None }
    }
}

/// The accounts that are being read.
#[derive(Debug, Object)]
#[oai(rename = "TemplateSyncing")]
pub struct Syncing {
    /// By id.
    pub accounts: Vec<AccountOut>,
}

/// 202 with what is under way.
#[derive(Debug, ApiResponse)]
pub enum Accepted {
    /// WhatsApp is being asked. `syncing` of the accounts says when that has ended.
    #[oai(status = 202)]
    Accepted(Json<Syncing>),
}

/// A message template as WhatsApp has it.
#[derive(Debug, Object)]
#[oai(rename = "ChannelTemplate", skip_serializing_if_is_none)]
pub struct ChannelTemplateOut {
    /// WhatsApp's id.
    pub id: String,
    /// Its name, to be sent with messages.
    pub name: String,
    /// Its language code, to be sent exactly like this.
    pub language: String,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: Option<String>,
    /// Only APPROVED templates can be sent.
    pub status: Option<String>,
    /// Header, body, footer and buttons, in WhatsApp's own form.
    pub components: Vec<Any<serde_json::Value>>,
}

/// The templates of a number's account.
#[derive(Debug, Object)]
#[oai(rename = "TemplateList")]
pub struct ChannelTemplates {
    /// At most 300.
    pub items: Vec<ChannelTemplateOut>,
}

fn shape(row: template::Model) -> Result<ChannelTemplateOut> {
    use sea_orm::ActiveEnum;
    let components: Vec<serde_json::Value> =
        serde_json::from_str(&row.components).map_err(Error::internal)?;
    Ok(ChannelTemplateOut {
        id: row.whatsapp_id.unwrap_or_default(),
        name: row.name,
        language: row.language,
        category: row.category.map(|category| category.to_value()),
        status: Some(row.status.to_value()),
        components: components.into_iter().map(Any).collect(),
    })
}

pub struct AccountsApi {
    pub service: Service,
}

#[OpenApi(tag = "Tag::Templates")]
impl AccountsApi {
    /// List the accounts whose templates are copied
    ///
    /// One for each WhatsApp Business Account of the connected numbers.
    #[oai(
        path = "/templates/accounts",
        method = "get",
        operation_id = "list_template_accounts"
    )]
    async fn list_template_accounts(&self, can: Can<ReadTemplates>) -> Result<Json<Accounts>> {
        let accounts = self.service.accounts(can.db()).await?;
        Ok(Json(Accounts {
            items: accounts.into_iter().map(Into::into).collect(),
        }))
    }

    /// Read templates from WhatsApp now
    ///
    /// Templates are also read when a number is connected and every six hours, and WhatsApp tells of changes by itself, so this is
    /// hardly ever needed.
    #[oai(path = "/templates/sync", method = "post", operation_id = "sync_templates")]
    async fn sync_templates(&self, can: Can<WriteTemplates>, body: Json<SyncIn>) -> Result<Accepted> {
        let accounts = self.service.sync_now(can.db(), body.0.channel_id).await?;
        Ok(Accepted::Accepted(Json(Syncing {
            accounts: accounts.into_iter().map(Into::into).collect(),
        })))
    }

    /// List a number's templates
    ///
    /// From the platform's own copy, newest first, at most 300: `GET /templates` lists all of them and knows more of each. Of an
    /// account that was never read, WhatsApp is asked first.
    #[oai(
        path = "/channels/:channel_id/templates",
        method = "get",
        operation_id = "list_channel_templates",
        deprecated
    )]
    async fn list_channel_templates(
        &self,
        can: Can<ReadChannels>,
        channel_id: Path<ChannelId>,
    ) -> Result<Json<ChannelTemplates>> {
        let rows = self.service.channel_templates(can.db(), channel_id.0).await?;
        let items = rows.into_iter().map(shape).collect::<Result<_>>()?;
        Ok(Json(ChannelTemplates { items }))
    }
}
