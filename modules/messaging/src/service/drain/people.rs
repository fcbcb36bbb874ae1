//! What people chose and became: marketing, new numbers and ids, names out of the phone app's address book.

use cloud_api::webhook::{Choice, InboundContent, Update};
use contracts::channels::{AccountNews, Told};
use contracts::contacts::{BookEntry, IdentityChange, KnownBy, MarketingChoice, Resolved, Sighting};
use kernel::{Result, TenantTx};

use super::{arrived::Arrived, when::told_at};
use crate::service::{Service, joining};

fn portfolio(news: &AccountNews) -> String {
    let channel = news.channel.as_ref();
    channel
        .and_then(|channel| channel.portfolio_id.clone())
        .unwrap_or_default()
}

impl Service {
    /// Tells contacts who has another number or id, before anything of them is applied.
    pub(super) async fn apply_user_ids(&self, tx: &mut TenantTx, news: &[AccountNews]) -> Result<()> {
        let mut changes = Vec::new();
        for news in news {
            let Told::Update(Update::UserIds(all)) = &news.told else {
                continue;
            };
            changes.extend(
                all.iter()
                    .filter(|one| one.current.is_some())
                    .map(|one| IdentityChange {
                        portfolio: portfolio(news),
                        previous: KnownBy {
                            wa_id: None,
                            bsuid: one.previous.clone(),
                        },
                        current: KnownBy {
                            wa_id: one.wa_id.clone(),
                            bsuid: one.current.clone(),
                        },
                        at: told_at(one.timestamp, news.at),
                    }),
            );
        }
        self.become_one(tx, changes).await
    }

    /// The same, as system messages tell it.
    pub(super) async fn apply_system(&self, tx: &mut TenantTx, new: &[Arrived]) -> Result<()> {
        let now = tx.clock().now();
        let changes = new.iter().filter_map(|arrived| {
            let InboundContent::System(system) = &arrived.message.content else {
                return None;
            };
            if system.wa_id.is_none() && system.user_id.is_none() {
                return None;
            }
            // An acknowledged device repeats the id of today.
            let previous = KnownBy {
                wa_id: arrived.message.from.clone(),
                bsuid: arrived.message.from_user_id.clone(),
            };
            let current = KnownBy {
                wa_id: system.wa_id.clone(),
                bsuid: system.user_id.clone(),
            };
            (previous != current).then(|| IdentityChange {
                portfolio: arrived.channel.portfolio_id.clone().unwrap_or_default(),
                previous,
                current,
                at: told_at(arrived.message.timestamp, now),
            })
        });
        let changes: Vec<IdentityChange> = changes.collect();
        self.become_one(tx, changes).await
    }

    async fn become_one(&self, tx: &mut TenantTx, mut changes: Vec<IdentityChange>) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        changes.sort_by_key(|change| change.at);
        let merges = self.directory.change_identities(tx, &changes).await?;
        joining::join(tx, &merges).await
    }

    /// Tells contacts what people chose about marketing.
    pub(super) async fn apply_preferences(&self, tx: &mut TenantTx, news: &[AccountNews]) -> Result<()> {
        let (mut sightings, mut choices) = (Vec::new(), Vec::new());
        for news in news {
            let Told::Update(Update::Preferences(all)) = &news.told else {
                continue;
            };
            for one in all {
                let allowed = match one.value {
                    Choice::Stop => false,
                    Choice::Resume | Choice::Signup => true,
                    _ => continue,
                };
                let marketing = one
                    .category
                    .as_deref()
                    .is_none_or(|category| category == "marketing_messages");
                if !marketing {
                    continue;
                }
                let sighting = Sighting {
                    portfolio: portfolio(news),
                    wa_id: one.wa_id.clone(),
                    bsuid: one.user_id.clone(),
                    ..Sighting::default()
                };
                // The timeline has it all the same.
                if !self.directory.is_usable(&sighting) {
                    continue;
                }
                sightings.push(sighting);
                choices.push((allowed, told_at(one.timestamp, news.at), one.detail.clone()));
            }
        }
        if sightings.is_empty() {
            return Ok(());
        }
        let Resolved { contacts, merges } = self.directory.resolve(tx, &sightings).await?;
        joining::join(tx, &merges).await?;
        let choices: Vec<MarketingChoice> = contacts
            .into_iter()
            .zip(choices)
            .map(|(contact, (allowed, at, detail))| MarketingChoice {
                contact,
                allowed,
                at,
                source: "whatsapp".to_owned(),
                detail,
            })
            .collect();
        self.directory.choose_marketing(tx, &choices).await
    }

    /// Tells contacts whom the phone app knows.
    pub(super) async fn apply_app_contacts(&self, tx: &mut TenantTx, news: &[AccountNews]) -> Result<()> {
        let mut entries = Vec::new();
        for news in news {
            let Told::Update(Update::AppContacts(all)) = &news.told else {
                continue;
            };
            entries.extend(all.iter().filter_map(|one| {
                let name = one.full_name.clone().or_else(|| one.first_name.clone());
                Some(BookEntry {
                    wa_id: one.phone_number.clone()?,
                    name: name.filter(|_| !one.removed),
                    at: told_at(one.timestamp, news.at),
                })
            }));
        }
        if entries.is_empty() {
            return Ok(());
        }
        let merges = self.directory.note_address_book(tx, &entries).await?;
        joining::join(tx, &merges).await
    }
}
