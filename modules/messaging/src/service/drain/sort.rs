//! What a batch of bodies holds, sorted by where it goes.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cloud_api::webhook::{self, Change, InboundMessage, Status as WebhookStatus, Update, WebhookContact};
use contracts::channels::{AccountNews, Channel, NumberFailure, Told};
use kernel::{Result, TenantId};
use text::phone::may_be_same;

use super::{
    arrived::{Arrived, sighting},
    elsewhere::Other,
    ids::digits,
    kept::Kept,
    when::told_at,
};
use crate::{entity::inbox::Model, service::Service};

/// Bytes that what is read of a batch may take, more or less; the bodies behind it wait for the next.
const ROOM: usize = 24 << 20;

/// What a batch of bodies holds, sorted by where it goes.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) messages: Vec<Arrived>,
    pub(super) statuses: Vec<WebhookStatus>,
    pub(super) failures: Vec<NumberFailure>,
    /// What did not come live.
    pub(super) others: Vec<Other>,
    pub(super) news: Vec<AccountNews>,
    pub(super) kept: Vec<Kept>,
}

type Channels<'c> = HashMap<&'c str, &'c Arc<Channel>>;

/// Where a change stands, and when.
struct Place<'b> {
    body: &'b Model,
    /// The entry's id, WhatsApp's account or a partner's business.
    entry: Option<String>,
    /// Unix seconds.
    time: Option<i64>,
}

impl Service {
    /// Sorts what bodies hold, oldest first, and says how many of them: as many as there is room for, one at least.
    pub(super) async fn sort(
        &self,
        tenant: TenantId,
        bodies: &[Model],
        channels: &[Arc<Channel>],
    ) -> Result<(Sorted, usize)> {
        let mut sorted = Sorted::default();
        let lost = self.webhooks.lost_numbers(tenant, channels).await?;
        let by_number = channels.iter();
        let by_number: Channels<'_> = by_number
            .map(|channel| (channel.phone_number_id.as_str(), channel))
            .collect();
        let mut room = ROOM;
        for (count, body) in bodies.iter().enumerate() {
            let Ok(envelope) = webhook::parse(&body.body) else {
                sorted.kept.push(Kept::unreadable("malformed", &body.body));
                continue;
            };
            match room.checked_sub(envelope.size) {
                Some(left) => room = left,
                None if count > 0 => return Ok((sorted, count)),
                None => room = 0,
            }
            let nothing = envelope.entries.iter().all(|entry| entry.changes.is_empty());
            let kept_before = sorted.kept.len();
            for entry in envelope.entries {
                let place = Place {
                    body,
                    entry: entry.id,
                    time: entry.time,
                };
                for change in entry.changes {
                    // Another tenant has proven since that it is theirs, and gets what comes for it.
                    let number = change.name.number.as_deref();
                    if number.is_some_and(|number| lost.contains(number)) {
                        continue;
                    }
                    self.sort_one(tenant, &mut sorted, &by_number, &place, change)
                        .await?;
                }
            }
            if envelope.left_out > 0 || (nothing && body.own_path) {
                // The whole of it, so nothing of it has to be kept apart.
                sorted.kept.truncate(kept_before);
                sorted.kept.push(Kept::unreadable("malformed", &body.body));
            }
        }
        Ok((sorted, bodies.len()))
    }

    async fn sort_one(
        &self,
        tenant: TenantId,
        sorted: &mut Sorted,
        channels: &Channels<'_>,
        place: &Place<'_>,
        change: Change,
    ) -> Result<()> {
        let Some(number) = change.name.number.as_deref() else {
            sort_account(sorted, channels, place, change);
            return Ok(());
        };
        if let Some(channel) = channels.get(number) {
            self.sort_change(sorted, channel, place, change);
            return Ok(());
        }
        // Somebody else's number: its owner has the body too, if its app secret signed it.
        if place.body.own_path && !self.is_anothers(tenant, number).await? {
            let kept = Kept::new("unknown_number", place.entry.as_deref(), Some(number), &change);
            sorted.kept.push(kept);
        }
        Ok(())
    }

    /// Whether a number that this tenant has not is another's.
    async fn is_anothers(&self, tenant: TenantId, number: &str) -> Result<bool> {
        let owners = self.webhooks.owners(number).await?;
        Ok(owners.iter().any(|owner| owner.db.tenant() != tenant))
    }

    /// Takes from a number's change what has a home, and keeps the whole of it when anything has none.
    fn sort_change(
        &self,
        sorted: &mut Sorted,
        channel: &Arc<Channel>,
        place: &Place<'_>,
        mut change: Change,
    ) {
        let value = std::mem::take(&mut change.value);
        let field = change.field.clone().unwrap_or_else(|| "messages".to_owned());
        let reason = if value.errors.is_empty() {
            "no_home"
        } else {
            "error"
        };
        let waba = channel.waba_id.as_str();
        let tell = |sorted: &mut Sorted, told, said| {
            let about = Some(channel.clone());
            sorted.news.push(news(waba, about, told, place, &change, said));
        };
        let mut unhandled = value.odd > 0;
        let mut found = false;
        match field.as_str() {
            "messages" => {
                found = !(value.messages.is_empty() && value.statuses.is_empty());
                unhandled |= !(value.echoes.is_empty() && value.history.is_empty());
                unhandled |= !self.sort_messages(sorted, channel, place, value.messages, &value.contacts);
                unhandled |= !sort_statuses(sorted, channel, place, value.statuses);
                if !value.errors.is_empty() {
                    tell(sorted, place.time, Told::Errors(value.errors));
                    unhandled = true;
                }
            }
            "smb_message_echoes" | "message_echoes" => {
                found = !value.echoes.is_empty();
                let by_app = field == "smb_message_echoes";
                unhandled |= !self.sort_echoes(sorted, channel, place, value.echoes, &value.contacts, by_app);
            }
            "history" => {
                found = !value.history.is_empty();
                for past in value.history {
                    let other = named(&past.message)
                        .then(|| Other::of_past(channel, past))
                        .flatten();
                    unhandled |= !self.keep_other(sorted, other);
                }
                let declined = value.errors.into_iter().next();
                if !value.history_chunks.is_empty() || declined.is_some() {
                    found = true;
                    let chunks = value.history_chunks;
                    tell(sorted, place.time, Told::History { chunks, declined });
                }
            }
            _ => {
                if let Some(update) = value.update.filter(has_home) {
                    found = true;
                    tell(sorted, second_of(&update).or(place.time), Told::Update(update));
                }
            }
        }
        if unhandled || !found {
            let number = Some(channel.phone_number_id.as_str());
            let waba = place.entry.as_deref();
            sorted.kept.push(Kept::new(reason, waba, number, &change));
        }
    }

    /// Messages from customers; false if any of them could not be taken.
    fn sort_messages(
        &self,
        sorted: &mut Sorted,
        channel: &Arc<Channel>,
        place: &Place<'_>,
        messages: Vec<InboundMessage>,
        contacts: &[WebhookContact],
    ) -> bool {
        let senders = messages.iter().map(|it| (&it.from, &it.from_user_id));
        let one_sender = senders.collect::<HashSet<_>>().len() == 1;
        let mut whole = true;
        for message in messages {
            let sender = entry_of(contacts, &message.from, &message.from_user_id, one_sender);
            let sighting = sighting(channel, &message, sender, place.body.received_at);
            let known = said(&message.from) || said(&message.from_user_id);
            if !(named(&message) && known && self.directory.is_usable(&sighting)) {
                whole = false;
                continue;
            }
            sorted.messages.push(Arrived {
                channel: channel.clone(),
                sighting,
                message,
                received_at: place.body.received_at,
            });
        }
        whole
    }

    /// What the business sent by other means; false if any of it could not be taken.
    fn sort_echoes(
        &self,
        sorted: &mut Sorted,
        channel: &Arc<Channel>,
        place: &Place<'_>,
        echoes: Vec<InboundMessage>,
        contacts: &[WebhookContact],
        by_app: bool,
    ) -> bool {
        let receivers = echoes.iter().map(|it| (&it.to, &it.to_user_id));
        let one_receiver = receivers.collect::<HashSet<_>>().len() == 1;
        let mut whole = true;
        for message in echoes {
            let known = named(&message) && (said(&message.to) || said(&message.to_user_id));
            let other = known.then(|| {
                let receiver = entry_of(contacts, &message.to, &message.to_user_id, one_receiver).cloned();
                Other::of_echo(channel, receiver, message, by_app, place.body.received_at)
            });
            whole &= self.keep_other(sorted, other);
        }
        whole
    }

    /// Whether there is one, and it says whose thread it is of.
    fn keep_other(&self, sorted: &mut Sorted, other: Option<Other>) -> bool {
        let usable = other.filter(|other| self.directory.is_usable(&other.sighting));
        let found = usable.is_some();
        sorted.others.extend(usable);
        found
    }
}

/// Sorts a change of an account, which names no phone number id.
fn sort_account(sorted: &mut Sorted, channels: &Channels<'_>, place: &Place<'_>, mut change: Change) {
    let update = change.value.update.take();
    let waba = change.name.account.as_deref();
    let mut ours = channels
        .values()
        .copied()
        .filter(|channel| Some(channel.waba_id.as_str()) == waba)
        .peekable();
    if ours.peek().is_none() {
        if place.body.own_path {
            let reason = match update {
                Some(_) => "unknown_account",
                None => "no_home",
            };
            sorted.kept.push(Kept::new(reason, waba, None, &change));
        }
        return;
    }
    let (Some(update), Some(waba)) = (update.filter(has_home), waba) else {
        sorted.kept.push(Kept::new("no_home", waba, None, &change));
        return;
    };
    let channel = match display_number(&update) {
        None => None,
        Some(number) => match by_number(ours.collect(), number) {
            Some(channel) => Some(channel.clone()),
            None => {
                sorted
                    .kept
                    .push(Kept::new("unknown_number", Some(waba), None, &change));
                return;
            }
        },
    };
    let told = second_of(&update).or(place.time);
    let told = news(waba, channel, told, place, &change, Told::Update(update));
    sorted.news.push(told);
}

/// Whether the platform does something with it, if only showing it in plain words.
fn has_home(update: &Update) -> bool {
    !matches!(update, Update::Calls(_) | Update::Groups(_))
}

/// The number an account's change is about, in whatever spelling.
fn display_number(update: &Update) -> Option<&str> {
    match update {
        Update::NumberLimit(limit) => limit.display_phone_number.as_deref(),
        Update::NumberName(name) => name.display_phone_number.as_deref(),
        Update::Security(security) => security.display_phone_number.as_deref(),
        Update::Account(account) => account.phone_number.as_deref(),
        _ => None,
    }
}

/// The number among an account's. The API shows `+44 7700 900555`, webhooks say `447700900555`: only digits count. Where no
/// number is known yet, the only one of the account must be it.
fn by_number<'c>(channels: Vec<&'c Arc<Channel>>, number: &str) -> Option<&'c Arc<Channel>> {
    let wanted = digits(number);
    let shown = |channel: &&Arc<Channel>| channel.display_phone_number.as_deref().map(digits);
    let same = channels
        .iter()
        .find(|channel| shown(channel).as_ref() == Some(&wanted));
    same.copied().or_else(|| match channels.as_slice() {
        [only] if only.display_phone_number.is_none() => Some(*only),
        _ => None,
    })
}

/// When somebody did it, where the change itself says so.
fn second_of(update: &Update) -> Option<i64> {
    match update {
        Update::Preferences(all) => all.iter().filter_map(|one| one.timestamp).max(),
        Update::UserIds(all) => all.iter().filter_map(|one| one.timestamp).max(),
        Update::AppContacts(all) => all.iter().filter_map(|one| one.timestamp).max(),
        _ => None,
    }
}

fn news(
    waba: &str,
    channel: Option<Arc<Channel>>,
    second: Option<i64>,
    place: &Place<'_>,
    change: &Change,
    told: Told,
) -> AccountNews {
    AccountNews {
        field: change.field.clone().unwrap_or_else(|| "messages".to_owned()),
        waba_id: waba.to_owned(),
        channel,
        at: told_at(second, place.body.received_at),
        dated: second.is_some(),
        told,
        raw: change.raw.clone(),
    }
}

/// What became of our messages; false if any status could not be taken.
fn sort_statuses(
    sorted: &mut Sorted,
    channel: &Arc<Channel>,
    place: &Place<'_>,
    statuses: Vec<WebhookStatus>,
) -> bool {
    let mut whole = true;
    for status in statuses {
        if status.id.is_none() {
            whole = false;
            continue;
        }
        if let Some(code) = status.errors.first().and_then(|error| error.code) {
            sorted.failures.push(NumberFailure {
                channel_id: channel.id,
                code,
                at: told_at(status.timestamp, place.body.received_at),
            });
        }
        sorted.statuses.push(status);
    }
    whole
}

fn said(text: &Option<String>) -> bool {
    text.as_deref().is_some_and(|text| !text.trim().is_empty())
}

fn named(message: &InboundMessage) -> bool {
    message.id.as_ref().is_some_and(|id| !id.as_str().is_empty())
}

/// The contact entry that speaks of the person of these ids. `alone` says that the change is about one person only: then a lone
/// entry is that person's even if it spells the ids another way, but never one that names somebody else.
fn entry_of<'a>(
    contacts: &'a [WebhookContact],
    wa_id: &Option<String>,
    user_id: &Option<String>,
    alone: bool,
) -> Option<&'a WebhookContact> {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
    let by_user = contacts.iter().find(|it| same(&it.user_id, user_id));
    let by_phone = || {
        let mut all = contacts.iter();
        all.find(|it| same(&it.wa_id, wa_id) && !differ(&it.user_id, user_id))
    };
    let alike = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) => may_be_same(a, b),
        _ => true,
    };
    let lone = || match contacts {
        [only] if alone && !differ(&only.user_id, user_id) && alike(&only.wa_id, wa_id) => Some(only),
        _ => None,
    };
    by_user.or_else(by_phone).or_else(lone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(wa_id: &str, user_id: &str) -> WebhookContact {
        let some = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
        WebhookContact {
            wa_id: some(wa_id),
            user_id: some(user_id),
            ..WebhookContact::default()
        }
    }

    #[test]
    fn an_entry_speaks_for_nobody_else() {
        let of = |contacts: &[WebhookContact], wa_id: &str, user_id: &str, alone| {
            let one = person(wa_id, user_id);
            let found = entry_of(contacts, &one.wa_id, &one.user_id, alone);
            found.map(|found| contacts.iter().position(|it| std::ptr::eq(it, found)).unwrap())
        };
        let both = [person("447700900021", "GB.1"), person("447700900022", "GB.2")];
        assert_eq!(of(&both, "447700900022", "GB.2", false), Some(1));
        assert_eq!(of(&both, "447700900022", "", false), Some(1));
        assert_eq!(
            of(&both, "447700900029", "GB.1", false),
            Some(0),
            "the id is surer than the number"
        );
        assert_eq!(of(&both, "447700900021", "GB.3", false), None);
        let one = &both[..1];
        assert_eq!(of(one, "447700900022", "", false), None);
        assert_eq!(
            of(one, "447700900022", "", true),
            None,
            "another number is another person"
        );
        assert_eq!(of(one, "447700900021", "GB.2", true), None);
        assert_eq!(of(one, "", "GB.2", true), None);
        for (spelled, other) in [
            ("5511987654321", "551187654321"),
            ("5215512345678", "525512345678"),
            ("+44 7700 900021", "447700900021"),
        ] {
            let entry = [person(other, "")];
            assert_eq!(of(&entry, spelled, "", true), Some(0), "{spelled}");
            assert_eq!(of(&entry, spelled, "", false), None, "{spelled}");
        }
        assert_eq!(
            of(&[person("", "")], "447700900021", "GB.1", true),
            Some(0),
            "a name alone"
        );
        assert_eq!(of(&[person("", "")], "447700900021", "GB.1", false), None);
    }
}
