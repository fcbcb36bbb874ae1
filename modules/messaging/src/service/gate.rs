//! May this message leave? Asked for every message when it is queued, and again when its chunk is leased, which may be days later.
//! Decided per message: one that may not leave does not stop the others. Nothing else refuses a message.
//!
//! In this order: WhatsApp's limits for the content, the number (there, held, restricted), the files, the template (stopped by
//! WhatsApp), the person (an address, a phone number for authentication templates, consent for marketing), the customer service
//! window.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::message::Content;
use contracts::{
    channels::{Channel, ChannelId, Stop},
    contacts::{ContactAddress, ContactId, ContactMerge, Sighting},
    messaging::{ConversationId, Lane, OutgoingMessage, Refusal, RefusalCode},
    templates::{Category, KnownTemplate, TemplateKey},
};
use kernel::{Error, Result, TenantDb, TenantTx, padded, retrying};
use sea_orm::ColumnTrait;
use sentences::{Sentences, Term};
use serde::Deserialize;

use super::{
    Service, joining, media,
    sender::{Pair, find_conversations},
    sending::Waiting,
};
use crate::{entity::conversation, error::MessagingError};

/// Windows are not checked again in a chunk that waited for less: WhatsApp refuses what closes within this time.
const FRESH: TimeDelta = TimeDelta::minutes(1);

/// Why one message may not leave, with the error that a caller of the API gets.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: RefusalCode,
    pub(super) error: Error,
    retry_at: Option<DateTime<Utc>>,
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self {
            code: refused.code,
            detail: refused.error.detail().to_owned(),
            retry_at: refused.retry_at,
        }
    }
}

/// What the gate decided of messages that are to be queued.
pub(super) struct Decided {
    /// Why each may not leave, in their order.
    pub(super) refused: Vec<Option<Refused>>,
    /// The conversations there are, locked.
    pub(super) conversations: HashMap<Pair, conversation::Model>,
    /// The numbers of the messages.
    pub(super) channels: HashMap<ChannelId, Channel>,
    /// Contacts that became one on the way.
    pub(super) merges: Vec<ContactMerge>,
}

/// What may leave of a leased chunk, and what may not and why.
pub(super) type Leased = (Vec<Waiting>, Vec<(Waiting, Sentences)>);

/// Why a message may not leave, apart from what it holds.
enum Why<'a> {
    NoChannel,
    Held(&'a Stop),
    Restricted(&'a Stop),
    /// What WhatsApp has done to the template.
    TemplateStopped(Term),
    NoAddress,
    PhoneNeeded(Option<&'a str>),
    MarketingStopped,
    WindowClosed,
}

impl Service {
    /// Decides of messages that are to be queued. A handful of reads for any number of them.
    pub(super) async fn at_queue(
        &self,
        tx: &mut TenantTx,
        messages: &[OutgoingMessage],
        lane: Lane,
    ) -> Result<Decided> {
        let now = tx.clock().now();
        let mut refused: Vec<Option<Refused>> = messages.iter().map(beyond_limits).collect();
        let channels = self.channels_of(tx, messages).await?;
        for (message, refused) in left(messages, &mut refused) {
            let channel = channels.get(&message.channel_id);
            *refused = number(channel, is_template(message), lane).map(Why::refused);
        }
        let files = media::check(tx, messages.iter()).await?;
        for (error, refused) in files.into_iter().zip(&mut refused) {
            if let (Some(error), None) = (error, &refused) {
                *refused = Some(Refused {
                    code: RefusalCode::Media,
                    error,
                    retry_at: None,
                });
            }
        }
        self.templates(tx, messages, &channels, &mut refused).await?;
        let pairs: Vec<Pair> = left(messages, &mut refused)
            .map(|(message, _)| (message.channel_id, message.contact_id))
            .collect();
        let conversations = find_conversations(tx, &pairs).await?;
        let merges = self
            .windows(tx, messages, &conversations, now, &mut refused)
            .await?;
        Ok(Decided {
            refused,
            conversations,
            channels,
            merges,
        })
    }

    async fn channels_of(
        &self,
        tx: &TenantTx,
        messages: &[OutgoingMessage],
    ) -> Result<HashMap<ChannelId, Channel>> {
        let wanted: BTreeSet<ChannelId> = messages.iter().map(|message| message.channel_id).collect();
        let wanted: Vec<ChannelId> = wanted.into_iter().collect();
        let known = self.channels.by_ids(tx, &wanted).await?;
        Ok(known.into_iter().map(|channel| (channel.id, channel)).collect())
    }

    /// Templates leave if WhatsApp has not stopped them, and go to whom they may: somebody with an address, with a phone number for
    /// one-time passwords, and without a wish for no more marketing.
    async fn templates(
        &self,
        tx: &TenantTx,
        messages: &[OutgoingMessage],
        channels: &HashMap<ChannelId, Channel>,
        refused: &mut [Option<Refused>],
    ) -> Result<()> {
        let templates = || messages.iter().filter(|message| is_template(message));
        let contacts: BTreeSet<ContactId> = templates().map(|message| message.contact_id).collect();
        if contacts.is_empty() {
            return Ok(());
        }
        let contacts: Vec<ContactId> = contacts.into_iter().collect();
        let addresses = self.directory.addresses_in(tx, &contacts).await?;
        let addresses: HashMap<ContactId, ContactAddress> = addresses
            .into_iter()
            .map(|address| (address.id, address))
            .collect();
        let key = |message: &OutgoingMessage| match &message.content {
            Content::Template(template) => Some(TemplateKey {
                waba_id: channels.get(&message.channel_id)?.waba_id.clone(),
                name: template.name.clone(),
                language: template.language.code.clone(),
            }),
            _ => None,
        };
        let keys: BTreeSet<TemplateKey> = templates().filter_map(key).collect();
        let keys: Vec<TemplateKey> = keys.into_iter().collect();
        let known = match keys.as_slice() {
            [] => Vec::new(),
            keys => self.catalog.known_in(tx, keys).await?,
        };
        let known = by_key(keys, known);
        for (message, refused) in left(messages, refused) {
            let Some(key) = key(message) else { continue };
            let known = known.get(&key).copied();
            *refused = template(addresses.get(&message.contact_id), known).map(Why::refused);
        }
        Ok(())
    }

    /// Free-form messages need an open window, opened by a number that is still the contact's: WhatsApp counts by number (Cloud API:
    /// customer service window). Answers which contacts became one on the way.
    async fn windows(
        &self,
        tx: &mut TenantTx,
        messages: &[OutgoingMessage],
        conversations: &HashMap<Pair, conversation::Model>,
        now: DateTime<Utc>,
        refused: &mut [Option<Refused>],
    ) -> Result<Vec<ContactMerge>> {
        let (mut openers, mut indexes) = (Vec::new(), Vec::new());
        for (index, message) in messages.iter().enumerate() {
            if refused[index].is_some() || is_template(message) {
                continue;
            }
            let row = conversations.get(&(message.channel_id, message.contact_id));
            let Some(row) = row.filter(|row| row.window_closes_at().is_some_and(|at| now < at)) else {
                refused[index] = Some(Why::WindowClosed.refused());
                continue;
            };
            if let Some(phone) = &row.window_phone {
                openers.push((phone.clone(), message.contact_id));
                indexes.push(index);
            }
        }
        let (theirs, merges) = self.are_theirs(tx, &openers).await?;
        for (index, _) in indexes.into_iter().zip(theirs).filter(|(_, theirs)| !theirs) {
            refused[index] = Some(Why::WindowClosed.refused());
        }
        Ok(merges)
    }

    /// Whether each number that opened a window is still the contact's, and which contacts became one on the way.
    async fn are_theirs(
        &self,
        tx: &mut TenantTx,
        openers: &[(String, ContactId)],
    ) -> Result<(Vec<bool>, Vec<ContactMerge>)> {
        if openers.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let sightings: Vec<Sighting> = openers
            .iter()
            .map(|(phone, _)| Sighting {
                wa_id: Some(phone.clone()),
                ..Sighting::default()
            })
            .collect();
        let known = self.directory.recognise(tx, &sightings).await?;
        joining::join(tx, &known.merges).await?;
        let theirs = known.contacts.iter().zip(openers);
        let theirs = theirs
            .map(|(owner, (_, contact))| *owner == Some(joining::holder(&known.merges, *contact)))
            .collect();
        Ok((theirs, known.merges))
    }

    /// Decides once more of what is left of a chunk that was just leased and does not [wait](waits). `since` is when the chunk was
    /// made.
    pub(super) async fn at_lease(
        &self,
        db: &TenantDb,
        channel: &Channel,
        since: DateTime<Utc>,
        messages: Vec<Waiting>,
    ) -> Result<Leased> {
        let now = db.clock().now();
        let restricted = channel.restricted.as_ref();
        let closed = match now - since < FRESH {
            true => BTreeSet::new(),
            false => self.closed_windows(db, &messages, now).await?,
        };
        let known = self.templates_of(db, channel, &messages).await?;
        let (mut leave, mut refused) = (Vec::with_capacity(messages.len()), Vec::new());
        for message in messages {
            let no = if message.is_template() {
                let known = template_of(channel, &message).and_then(|key| known.get(&key).copied());
                restricted
                    .map(Why::Restricted)
                    .or_else(|| template(message.address.as_ref(), known))
            } else {
                closed
                    .contains(&message.conversation_id)
                    .then_some(Why::WindowClosed)
            };
            match no.map(|why| why.sentences()) {
                Some(why) => refused.push((message, why)),
                None => leave.push(message),
            }
        }
        Ok((leave, refused))
    }

    /// The conversations of free-form messages whose window has closed, or was opened by a number that is no longer the contact's.
    async fn closed_windows(
        &self,
        db: &TenantDb,
        messages: &[Waiting],
        now: DateTime<Utc>,
    ) -> Result<BTreeSet<ConversationId>> {
        use conversation::{Column, Entity, WINDOW};
        type Row = (ConversationId, Option<DateTime<Utc>>, Option<String>);
        let free_form = messages.iter().filter(|message| !message.is_template());
        let by_id: BTreeMap<ConversationId, &Waiting> = free_form
            .map(|message| (message.conversation_id, message))
            .collect();
        if by_id.is_empty() {
            return Ok(BTreeSet::new());
        }
        let rows: Vec<Row> = db
            .find::<Entity>()
            .filter(Column::Id.is_in(padded(by_id.keys().copied())))
            .columns(&[Column::Id, Column::LastInboundAt, Column::WindowPhone])
            .await?;
        let (mut closed, mut openers, mut ids) = (BTreeSet::new(), Vec::new(), Vec::new());
        for (id, last, opener) in rows {
            let message = by_id[&id];
            let phone = message
                .address
                .as_ref()
                .and_then(|address| address.phone.as_ref());
            if last.is_none_or(|at| at + WINDOW <= now) {
                closed.insert(id);
            } else if let Some(opener) = opener.filter(|opener| Some(opener) != phone) {
                // Another of the contact's numbers, another spelling, or somebody else's by now.
                openers.push((opener, message.contact_id));
                ids.push(id);
            }
        }
        if !openers.is_empty() {
            let theirs = retrying(|| async {
                let mut tx = db.begin().await?;
                let (theirs, _) = self.are_theirs(&mut tx, &openers).await?;
                tx.commit().await?;
                Ok(theirs)
            });
            let all = ids.into_iter().zip(theirs.await?);
            closed.extend(all.filter(|(_, theirs)| !theirs).map(|(id, _)| id));
        }
        Ok(closed)
    }

    async fn templates_of(
        &self,
        db: &TenantDb,
        channel: &Channel,
        messages: &[Waiting],
    ) -> Result<HashMap<TemplateKey, KnownTemplate>> {
        let templates = messages.iter().filter(|message| message.is_template());
        let keys: BTreeSet<TemplateKey> = templates
            .filter_map(|message| template_of(channel, message))
            .collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let keys: Vec<TemplateKey> = keys.into_iter().collect();
        let known = self.catalog.known(db, &keys).await?;
        Ok(by_key(keys, known))
    }
}

/// What is known of each of these.
fn by_key(keys: Vec<TemplateKey>, known: Vec<Option<KnownTemplate>>) -> HashMap<TemplateKey, KnownTemplate> {
    let both = keys.into_iter().zip(known);
    both.filter_map(|(key, known)| Some((key, known?))).collect()
}

/// Why a leased chunk has to wait, and until when if that is known: its number is held, or may not write first. A bulk chunk waits in
/// both cases; of other chunks only templates are refused while a number may not write first.
pub(super) fn waits(channel: &Channel, lane: Lane) -> Option<(Option<DateTime<Utc>>, &'static str)> {
    let held = channel
        .held
        .as_ref()
        .map(|stop| (stop.until, "the number is held"));
    let restricted = channel.restricted.as_ref().filter(|_| lane == Lane::Bulk);
    held.or_else(|| restricted.map(|stop| (stop.until, "the number may not write first")))
}

/// The messages that are not refused yet.
fn left<'a>(
    messages: &'a [OutgoingMessage],
    refused: &'a mut [Option<Refused>],
) -> impl Iterator<Item = (&'a OutgoingMessage, &'a mut Option<Refused>)> {
    let both = messages.iter().zip(refused);
    both.filter(|(_, refused)| refused.is_none())
}

fn is_template(message: &OutgoingMessage) -> bool {
    matches!(message.content, Content::Template { .. })
}

/// Every documented limit of the content, with the field named (Cloud API: messages endpoint).
fn beyond_limits(message: &OutgoingMessage) -> Option<Refused> {
    let invalid = message.content.check(message.reply_to.as_ref()).err()?;
    Some(Refused {
        code: RefusalCode::Invalid,
        error: MessagingError::Invalid(invalid).into(),
        retry_at: None,
    })
}

/// What the number says. Only bulk may wait for one that may not send.
fn number(channel: Option<&Channel>, is_template: bool, lane: Lane) -> Option<Why<'_>> {
    let Some(channel) = channel else {
        return Some(Why::NoChannel);
    };
    if lane == Lane::Bulk {
        return None;
    }
    let restricted = || channel.restricted.as_ref().filter(|_| is_template);
    let held = channel.held.as_ref().map(Why::Held);
    held.or_else(|| restricted().map(Why::Restricted))
}

/// What a template and the person it goes to say. One that is not known is tried.
fn template(address: Option<&ContactAddress>, known: Option<KnownTemplate>) -> Option<Why<'_>> {
    let stopped = known.and_then(KnownTemplate::stopped);
    stopped
        .map(Why::TemplateStopped)
        .or_else(|| person(address, known.and_then(|known| known.category)))
}

/// What the person says to a template. A category that is not known counts as marketing.
fn person(address: Option<&ContactAddress>, category: Option<Category>) -> Option<Why<'_>> {
    let Some(address) = address.filter(|it| it.phone.is_some() || it.bsuid.is_some()) else {
        return Some(Why::NoAddress);
    };
    match category.unwrap_or(Category::Marketing) {
        Category::Marketing => address.marketing_stopped.then_some(Why::MarketingStopped),
        Category::Authentication if address.phone.is_none() => {
            Some(Why::PhoneNeeded(address.bsuid.as_deref()))
        }
        _ => None,
    }
}

impl Why<'_> {
    fn refused(self) -> Refused {
        let reason = |stop: &Stop| stop.why.to_string();
        let (code, error, retry_at) = match self {
            Self::NoChannel => (RefusalCode::NoChannel, MessagingError::NoChannel, None),
            Self::Held(stop) => {
                let error = MessagingError::NumberHeld { reason: reason(stop) };
                (RefusalCode::NumberHeld, error, stop.until)
            }
            Self::Restricted(stop) => {
                let error = MessagingError::NumberRestricted { reason: reason(stop) };
                (RefusalCode::NumberRestricted, error, stop.until)
            }
            Self::TemplateStopped(term) => {
                let error = MessagingError::TemplateStopped {
                    reason: term.english().to_owned(),
                };
                (RefusalCode::TemplateStopped, error, None)
            }
            Self::NoAddress => (RefusalCode::NoAddress, MessagingError::NoAddress, None),
            Self::PhoneNeeded(bsuid) => {
                let error = MessagingError::PhoneNeeded {
                    bsuid: bsuid.map(ToOwned::to_owned),
                };
                (RefusalCode::PhoneNeeded, error, None)
            }
            Self::MarketingStopped => {
                let error = MessagingError::MarketingStopped;
                (RefusalCode::MarketingStopped, error, None)
            }
            Self::WindowClosed => (RefusalCode::WindowClosed, MessagingError::WindowClosed, None),
        };
        Refused {
            code,
            error: error.into(),
            retry_at,
        }
    }

    fn sentences(&self) -> Sentences {
        match self {
            Self::NoChannel => Term::NumberRemoved.into(),
            Self::Held(stop) | Self::Restricted(stop) => stop.why.clone(),
            Self::TemplateStopped(term) => (*term).into(),
            Self::NoAddress => Term::NoAddress.into(),
            Self::PhoneNeeded(_) => Term::PhoneNeeded.into(),
            Self::MarketingStopped => Term::MarketingNotWanted.into(),
            Self::WindowClosed => Term::WindowClosed.into(),
        }
    }
}

/// Which template a message that waits is made from.
fn template_of(channel: &Channel, message: &Waiting) -> Option<TemplateKey> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
        language: Language,
    }
    #[derive(Deserialize)]
    struct Language {
        code: String,
    }
    let named: Named = serde_json::from_str(&message.content).ok()?;
    Some(TemplateKey {
        waba_id: channel.waba_id.clone(),
        name: named.name,
        language: named.language.code,
    })
}
