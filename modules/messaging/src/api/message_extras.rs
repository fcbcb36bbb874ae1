//! What a message says besides its content: what it quotes, where it came from, what became of it later.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use cloud_api::webhook::{self, InboundMessage};
use contracts::contacts::ContactId;
use kernel::{Result, TenantDb};
use poem_openapi::{Object, types::Any};

use crate::{
    entity::{amendment, message},
    service::Service,
};

/// The ad or post a person came from (Cloud API: referral).
#[derive(Debug, Default, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Referral {
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Its id.
    pub source_id: Option<String>,
    /// Its link.
    pub source_url: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// `image` or `video`.
    pub media_type: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// Its video.
    pub video_url: Option<String>,
    /// The still picture of its video.
    pub thumbnail_url: Option<String>,
    /// Click id, for conversion reports.
    pub ctwa_clid: Option<String>,
    /// What the ad greeted the person with.
    pub welcome_message: Option<String>,
}

/// The article a question is about.
#[derive(Debug, Default, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ReferredProduct {
    /// The catalogue.
    pub catalog_id: Option<String>,
    /// The article's number in it.
    pub product_retailer_id: Option<String>,
}

/// An emoji somebody put on the message.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// Who; absent for the business itself.
    pub contact_id: Option<ContactId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why WhatsApp could not pass on what a person sent.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct UnsupportedReason {
    /// What it was, if WhatsApp says: `poll_creation` for example.
    #[oai(rename = "type")]
    pub kind: Option<String>,
    /// WhatsApp's error code.
    pub code: Option<i64>,
    /// WhatsApp's title.
    pub title: Option<String>,
    /// WhatsApp's details.
    pub detail: Option<String>,
    /// What happened and what to do, in plain words.
    pub advice: String,
}

/// What is known of a message besides its content.
#[derive(Debug, Default, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MessageExtras {
    /// The person forwarded it.
    pub forwarded: Option<bool>,
    /// It was forwarded many times before.
    pub frequently_forwarded: Option<bool>,
    /// The ad or post the person came from.
    pub referral: Option<Referral>,
    /// The article the question is about.
    pub referred_product: Option<ReferredProduct>,
    /// The WhatsApp id of the group it was written in.
    pub group_id: Option<String>,
    /// Why WhatsApp could not pass it on.
    pub unsupported: Option<UnsupportedReason>,
    /// When it was last edited; `content` is the new one.
    pub edited_at: Option<DateTime<Utc>>,
    /// What it said before the first edit, in WhatsApp's own form.
    pub original_content: Option<Any<serde_json::Value>>,
    /// When its writer took it back. What it said is kept.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Emoji on it, one a person, oldest first.
    pub reactions: Option<Vec<Reaction>>,
}

/// Reactions by the wamid of the message they are on.
pub(super) type Reactions = HashMap<String, Vec<Reaction>>;

/// The reactions on these messages: one read for any number of them.
pub(super) async fn reactions_on(
    service: &Service,
    db: &TenantDb,
    rows: &[message::Model],
) -> Result<Reactions> {
    let mut found = Reactions::new();
    for row in service.reactions(db, rows).await? {
        let amendment::Model {
            target,
            contact_id,
            content,
            at,
            ..
        } = row;
        found.entry(target).or_default().push(Reaction {
            emoji: content,
            contact_id,
            at,
        });
    }
    Ok(found)
}

/// What the row itself tells.
pub(super) fn extras(row: &message::Model, reactions: &mut Reactions) -> MessageExtras {
    let raw = row
        .raw
        .as_deref()
        .and_then(|raw| serde_json::from_str::<serde_json::Value>(raw).ok())
        .map(InboundMessage::from);
    let wamid = row.wamid.as_deref();
    let of_raw = raw.map(read_in).unwrap_or_default();
    MessageExtras {
        edited_at: row.edited_at,
        original_content: row
            .original
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .map(Any),
        revoked_at: row.revoked_at,
        reactions: wamid.and_then(|wamid| reactions.remove(wamid)),
        ..of_raw
    }
}

fn read_in(message: InboundMessage) -> MessageExtras {
    let context = message.context.clone().unwrap_or_default();
    let product = context.referred_product;
    MessageExtras {
        forwarded: (context.forwarded || context.frequently_forwarded).then_some(true),
        frequently_forwarded: context.frequently_forwarded.then_some(true),
        referred_product: product.map(|(catalog_id, product_retailer_id)| ReferredProduct {
            catalog_id,
            product_retailer_id,
        }),
        unsupported: unsupported(&message),
        group_id: message.group_id,
        referral: message.referral.map(referral),
        ..MessageExtras::default()
    }
}

fn referral(referral: webhook::Referral) -> Referral {
    let webhook::Referral {
        source_url,
        source_type,
        source_id,
        headline,
        body,
        ctwa_clid,
        media_type,
        image_url,
        video_url,
        thumbnail_url,
        welcome_message,
    } = referral;
    Referral {
        source_type,
        source_id,
        source_url,
        headline,
        body,
        media_type,
        image_url,
        video_url,
        thumbnail_url,
        ctwa_clid,
        welcome_message,
    }
}

fn unsupported(message: &InboundMessage) -> Option<UnsupportedReason> {
    let kind = match &message.content {
        webhook::InboundContent::Unsupported { kind } => kind.clone(),
        _ if message.errors.is_empty() => return None,
        _ => None,
    };
    let error = message.errors.first();
    let code = error.and_then(|error| error.code);
    Some(UnsupportedReason {
        kind,
        code,
        title: error.and_then(|error| error.title.clone()),
        detail: error.and_then(|error| error.details.clone()),
        advice: cloud_api::advice(code.unwrap_or(131_051)).advice.to_owned(),
    })
}
