//! How messages of templates look. The text of a template is kept as it is when a message is made from it, once for all its messages;
//! with the values in the message's content it gives what the phone shows. An edited template changes nothing of what was sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cloud_api::{
    message::Content,
    template::render::{Shown, Source, attempt, show_anyway},
};
use contracts::{
    channels::{Channel, ChannelId},
    messaging::{MessageId, OutgoingMessage, TemplateUse},
    templates::{TemplateCard, TemplateKey},
};
use kernel::{Result, TenantDb, TenantTx, padded};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Service,
    preview::{outgoing_preview, shorten},
};
use crate::entity::{
    message,
    template_text::{ActiveModel, Column, Entity},
};

/// Hexadecimal digits of a digest.
const DIGEST: usize = 32;

/// What stands for a one-time password in lists.
const HIDDEN: &str = "••••••";

/// What a message keeps of its template, in the column `template`.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    used: TemplateUse,
    /// The digest of its text; none if the text was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// What a message is written with besides its content.
#[derive(Clone, Debug)]
pub(super) struct Worded {
    /// One line for lists.
    pub(super) preview: String,
    /// JSON of its template; none if it is of none.
    pub(super) template: Option<String>,
}

/// A template that is known.
struct Text {
    card: TemplateCard,
    digest: String,
}

impl Service {
    /// The line of each message, and what it keeps of its template. Two reads for any number of messages, and none where no message
    /// is of a template.
    pub(super) async fn worded(
        &self,
        tx: &TenantTx,
        messages: &[&OutgoingMessage],
        channels: &HashMap<ChannelId, Channel>,
    ) -> Result<Vec<Worded>> {
        let keys: Vec<Option<TemplateKey>> = messages.iter().map(|message| key(message, channels)).collect();
        let texts = self.texts(tx, keys.iter().flatten().cloned().collect()).await?;
        let worded = messages.iter().zip(&keys).map(|(message, key)| {
            let text = key.as_ref().and_then(|key| texts.get(key));
            Ok(Worded {
                preview: text
                    .and_then(|text| line(text, &message.content))
                    .unwrap_or_else(|| outgoing_preview(&message.content)),
                template: kept(message, text)?,
            })
        });
        worded.collect()
    }

    /// The texts of these templates, kept from here on.
    async fn texts(&self, tx: &TenantTx, keys: BTreeSet<TemplateKey>) -> Result<HashMap<TemplateKey, Text>> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let keys: Vec<TemplateKey> = keys.into_iter().collect();
        let cards = self.catalog.cards_in(tx, &keys).await?;
        let (mut texts, mut sources) = (HashMap::new(), BTreeMap::new());
        for card in cards.into_iter().flatten() {
            // Only its status is known yet.
            if card.components.is_empty() {
                continue;
            }
            let source = source(&card);
            let digest = digest(&source);
            sources.insert(digest.clone(), source);
            texts.insert(card.key.clone(), Text { card, digest });
        }
        keep(tx, sources).await?;
        Ok(texts)
    }

    /// What the phone shows of these messages; those of no template, or of one whose text was not known, are left out. One read.
    pub(crate) async fn shown(
        &self,
        db: &TenantDb,
        rows: &[message::Model],
    ) -> Result<HashMap<MessageId, Shown>> {
        let digests: Vec<(&message::Model, String)> = rows
            .iter()
            .filter_map(|row| Some((row, read(row)?.text?)))
            .collect();
        if digests.is_empty() {
            return Ok(HashMap::new());
        }
        let wanted: BTreeSet<String> = digests.iter().map(|(_, digest)| digest.clone()).collect();
        let found = db
            .find::<Entity>()
            .filter(Column::Digest.is_in(padded(wanted)))
            .all()
            .await?;
        let mut sources: HashMap<String, Value> = HashMap::new();
        for text in found {
            sources.insert(text.digest, serde_json::from_str(&text.source)?);
        }
        let shown = digests.into_iter().filter_map(|(row, digest)| {
            let source = Source::of(sources.get(&digest)?);
            let content: Value = serde_json::from_str(&row.content).unwrap_or_default();
            let sent = content["components"].as_array().map_or(&[][..], Vec::as_slice);
            Some((row.id, show_anyway(source, sent)))
        });
        Ok(shown.collect())
    }
}

/// The template that a message was made from, as far as it is known.
pub(crate) fn used(row: &message::Model) -> Option<TemplateUse> {
    read(row).map(|kept| kept.used)
}

fn read(row: &message::Model) -> Option<Kept> {
    serde_json::from_str(row.template.as_deref()?).ok()
}

fn kept(message: &OutgoingMessage, text: Option<&Text>) -> Result<Option<String>> {
    let known = text.map(|text| TemplateUse {
        id: text.card.whatsapp_id.clone().unwrap_or_default(),
        template_id: Some(text.card.id),
        ..TemplateUse::default()
    });
    let Some(used) = message.template.clone().or(known) else {
        return Ok(None);
    };
    let kept = Kept {
        used,
        text: text.map(|text| text.digest.clone()),
    };
    Ok(Some(serde_json::to_string(&kept)?))
}

fn key(message: &OutgoingMessage, channels: &HashMap<ChannelId, Channel>) -> Option<TemplateKey> {
    let Content::Template(template) = &message.content else {
        return None;
    };
    Some(TemplateKey {
        waba_id: channels.get(&message.channel_id)?.waba_id.clone(),
        name: template.name.clone(),
        language: template.language.code.clone(),
    })
}

/// The template's text with its values. A one-time password stays out of lists, and so does what may be one.
fn line(text: &Text, content: &Content) -> Option<String> {
    let source = text.card.source();
    text.card.category?;
    let body = if source.authentication {
        attempt(source, &BTreeMap::from([("otp".to_owned(), HIDDEN.into())]))
            .shown
            .body
    } else {
        let wire = content.wire();
        show_anyway(
            source,
            wire["components"].as_array().map_or(&[][..], Vec::as_slice),
        )
        .body
    };
    Some(shorten(&body)).filter(|line| !line.is_empty())
}

/// What of a template is needed to show it.
fn source(card: &TemplateCard) -> Value {
    let mut components: Value = card.components.clone().into();
    without_samples(&mut components);
    let source = card.source();
    json!({
        "components": components,
        "parameter_format": if source.named { "NAMED" } else { "POSITIONAL" },
        "category": if source.authentication { "AUTHENTICATION" } else { "UTILITY" },
    })
}

/// Samples are long addresses that end one day, and no phone shows them.
fn without_samples(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(without_samples),
        Value::Object(object) => {
            object.remove("example");
            object.values_mut().for_each(without_samples);
        }
        _ => {}
    }
}

fn digest(source: &Value) -> String {
    let mut digest = hex::encode(Sha256::digest(source.to_string()));
    digest.truncate(DIGEST);
    digest
}

async fn keep(tx: &TenantTx, mut sources: BTreeMap<String, Value>) -> Result<()> {
    if sources.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = tx
        .find::<Entity>()
        .filter(Column::Digest.is_in(padded(sources.keys().cloned())))
        .columns(&[Column::Digest])
        .await?;
    for digest in known {
        sources.remove(&digest);
    }
    let now = tx.clock().now();
    let rows = sources.into_iter().map(|(digest, source)| ActiveModel {
        digest: Set(digest),
        source: Set(source.to_string()),
        created_at: Set(now),
        ..ActiveModel::default()
    });
    let rows: Vec<ActiveModel> = rows.collect();
    if !rows.is_empty() {
        tx.insert_new::<Entity>(rows).await?;
    }
    Ok(())
}
