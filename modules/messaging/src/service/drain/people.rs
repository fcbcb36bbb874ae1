//! What people chose and became: marketing, new numbers and ids, names out of the phone app's address book.

use cloud_api::webhook::{Choice, InboundContent, Update};
use contracts::{
    contacts::{BookEntry, ContactMerge, IdentityChange, KnownBy, MarketingChoice, Sighting},
    messaging::{ConversationChange, ConversationsChanged},
};
use kernel::{Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, sea_query::Expr};

use super::{
    sort::{Arrived, News, Said},
    when::told_at,
};
use crate::{
    entity::{amendment, conversation, media, message, opening},
    service::Service,
};

fn portfolio(news: &News) -> String {
    let channel = news.channel.as_ref();
    channel
        .and_then(|channel| channel.portfolio_id.clone())
        .unwrap_or_default()
}

impl Service {
    /// Tells contacts who has another number or id, before anything of them is applied.
    pub(super) async fn apply_user_ids(&self, tx: &mut TenantTx, news: &[News]) -> Result<()> {
        let mut changes = Vec::new();
        for news in news {
            let Said::Update(Update::UserIds(all)) = &news.said else {
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
        for merge in merges {
            join(tx, merge).await?;
        }
        Ok(())
    }

    /// Tells contacts what people chose about marketing.
    pub(super) async fn apply_preferences(&self, tx: &mut TenantTx, news: &[News]) -> Result<()> {
        let (mut sightings, mut choices) = (Vec::new(), Vec::new());
        for news in news {
            let Said::Update(Update::Preferences(all)) = &news.said else {
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
        let contacts = self.directory.resolve(tx, &sightings).await?;
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
    pub(super) async fn apply_app_contacts(&self, tx: &mut TenantTx, news: &[News]) -> Result<()> {
        let mut entries = Vec::new();
        for news in news {
            let Said::Update(Update::AppContacts(all)) = &news.said else {
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
        self.directory.note_address_book(tx, &entries).await
    }
}

/// Everything of the contact that is gone belongs to the one that has it now; two threads with one number become one.
async fn join(tx: &mut TenantTx, merge: ContactMerge) -> Result<()> {
    use conversation::{Column, Entity};
    let ContactMerge { from, into } = merge;
    let rows = tx
        .find::<Entity>()
        .filter(Column::ContactId.is_in([from, into]))
        .for_update()
        .all()
        .await?;
    let mut items = Vec::new();
    for gone in rows.iter().filter(|row| row.contact_id == from) {
        let kept = rows
            .iter()
            .find(|row| row.contact_id == into && row.channel_id == gone.channel_id);
        let id = match kept {
            Some(kept) => {
                unite(tx, kept, gone).await?;
                kept.id
            }
            None => {
                let row = conversation::ActiveModel {
                    contact_id: Set(into),
                    ..conversation::ActiveModel::default()
                };
                tx.update::<Entity>()
                    .filter(Column::Id.eq(gone.id))
                    .set(row)
                    .exec()
                    .await?;
                gone.id
            }
        };
        items.push(ConversationChange { conversation_id: id });
    }
    tx.update::<message::Entity>()
        .filter(message::Column::ContactId.eq(from))
        .col_expr(message::Column::ContactId, Expr::value(into))
        .exec()
        .await?;
    tx.update::<amendment::Entity>()
        .filter(amendment::Column::ContactId.eq(from))
        .col_expr(amendment::Column::ContactId, Expr::value(into))
        .exec()
        .await?;
    move_openings(tx, merge).await?;
    if items.is_empty() {
        return Ok(());
    }
    tx.publish(&ConversationsChanged { items })
}

async fn unite(tx: &TenantTx, kept: &conversation::Model, gone: &conversation::Model) -> Result<()> {
    use conversation::{ActiveModel, Column, Entity};
    let mut row = ActiveModel {
        unread: Set(kept.unread.saturating_add(gone.unread)),
        ..ActiveModel::default()
    };
    if gone.last_inbound_at > kept.last_inbound_at {
        row.last_inbound_at = Set(gone.last_inbound_at);
        row.window_phone = Set(gone.window_phone.clone());
    }
    if gone.last_message_id.is_some() && (kept.last_message_id.is_none() || gone.last_at > kept.last_at) {
        row.last_at = Set(gone.last_at);
        row.last_message_id = Set(gone.last_message_id);
        row.preview = Set(gone.preview.clone());
        row.last_direction = Set(gone.last_direction.clone());
    }
    tx.update::<Entity>()
        .filter(Column::Id.eq(kept.id))
        .set(row)
        .exec()
        .await?;
    tx.update::<message::Entity>()
        .filter(message::Column::ConversationId.eq(gone.id))
        .col_expr(message::Column::ConversationId, Expr::value(kept.id))
        .exec()
        .await?;
    tx.update::<media::Entity>()
        .filter(media::Column::ConversationId.eq(gone.id))
        .col_expr(media::Column::ConversationId, Expr::value(kept.id))
        .exec()
        .await?;
    tx.delete::<Entity>()
        .filter(Column::Id.eq(gone.id))
        .exec()
        .await?;
    Ok(())
}

async fn move_openings(tx: &TenantTx, merge: ContactMerge) -> Result<()> {
    use opening::{ActiveModel, Column, Entity};
    let rows = tx
        .find::<Entity>()
        .filter(Column::ContactId.eq(merge.from))
        .all()
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let moved = rows.into_iter().map(|row| ActiveModel {
        portfolio: Set(row.portfolio),
        contact_id: Set(merge.into),
        at: Set(row.at),
        ..ActiveModel::default()
    });
    tx.insert_new::<Entity>(moved.collect()).await?;
    tx.delete::<Entity>()
        .filter(Column::ContactId.eq(merge.from))
        .exec()
        .await?;
    Ok(())
}
