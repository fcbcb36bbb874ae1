//! People who change their phone number or BSUID, reported by a `system` message (Cloud API: messages – inbound;
//! BSUID and usernames).

use serde_json::Value;

use crate::people;
use crate::world::World;

/// Abandoned numbers kept; the smallest are removed first.
const MAX_LEFT: usize = 10_000;

/// A person's new identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// The new phone number, digits.
    wa_id: Option<String>,
    /// The new BSUID.
    user_id: Option<String>,
}

impl Move {
    /// Reads the object of a `system` message; an empty move when it is about something else.
    ///
    /// # Errors
    /// A sentence that names the field: the new number or id is missing or invalid.
    pub fn read(system: &Value) -> Result<Self, String> {
        let text = |key: &str| system.get(key).and_then(Value::as_str);
        let number = |key: &'static str| {
            let given = text(key)?;
            let parsed = cloud_api::Msisdn::parse(given);
            Some(
                parsed
                    .map(|number| people::canonical(number.as_str()))
                    .map_err(|error| format!("system.{key} {given:?} is no phone number: {}", error.message)),
            )
        };
        let id = || {
            let given = text("user_id")?;
            let parsed = cloud_api::Bsuid::parse(given);
            Some(
                parsed
                    .map(|_| given.to_owned())
                    .map_err(|error| format!("system.user_id {given:?} is no BSUID: {}", error.message)),
            )
        };
        match text("type") {
            Some("user_changed_number" | "customer_changed_number") => Ok(Self {
                wa_id: Some(
                    // `new_wa_id` is the field's former name.
                    number("wa_id")
                        .or_else(|| number("new_wa_id"))
                        .ok_or("system.wa_id is missing: the new number of the person")??,
                ),
                user_id: id().transpose()?,
            }),
            Some("user_changed_user_id") => Ok(Self {
                wa_id: number("wa_id").transpose()?,
                user_id: Some(id().ok_or("system.user_id is missing: the new BSUID of the person")??),
            }),
            _ => Ok(Self::default()),
        }
    }
}

impl World {
    /// Gives a person another number or id. The old number is then unused; a previous owner of the new one loses it.
    pub(crate) fn relocate(&mut self, user_id: &str, to: &Move) {
        if let Some(new) = &to.wa_id {
            self.renumber(user_id, new);
        }
        if let Some(new) = to.user_id.as_ref().filter(|new| *new != user_id) {
            self.rename(user_id, new);
        }
    }

    /// Somebody writes from a number: it is in use again, even if its owner had left it.
    pub(crate) fn in_use(&mut self, number: &str) {
        if self.left_numbers.remove(number)
            && let Some(user) = self.by_wa_id.get(number).and_then(|id| self.users.get_mut(id))
        {
            user.persona.on_whatsapp = true;
        }
    }

    fn renumber(&mut self, user_id: &str, new: &str) {
        let before = self.users.get(user_id).and_then(|user| user.wa_id.clone());
        if before.as_deref() == Some(new) {
            return;
        }
        if let Some(other) = self.by_wa_id.get(new).and_then(|id| self.users.get_mut(id)) {
            other.wa_id = None;
        }
        if let Some(old) = before {
            self.by_wa_id.remove(&old);
            self.left_numbers.insert(old);
            if self.left_numbers.len() > MAX_LEFT {
                self.left_numbers.pop_first();
            }
        }
        self.left_numbers.remove(new);
        self.by_wa_id.insert(new.to_owned(), user_id.to_owned());
        if let Some(user) = self.users.get_mut(user_id) {
            user.wa_id = Some(new.to_owned());
            // Another phone has other keys.
            user.identity += 1;
        }
    }

    /// Replaces the old id by the new one everywhere; a previous owner of the new id is removed.
    fn rename(&mut self, old: &str, new: &str) {
        if let Some(gone) = self.users.remove(new) {
            gone.wa_id
                .iter()
                .for_each(|wa_id| drop(self.by_wa_id.remove(wa_id)));
            self.user_order.retain(|id| id != new);
            self.threads.retain(|_, thread| thread.user_id != new);
        }
        let Some(mut user) = self.users.remove(old) else {
            return;
        };
        new.clone_into(&mut user.user_id);
        if let Some(wa_id) = &user.wa_id {
            self.by_wa_id.insert(wa_id.clone(), new.to_owned());
        }
        self.users.insert(new.to_owned(), user);
        let here = self.user_order.iter_mut().filter(|id| *id == old);
        here.for_each(|id| new.clone_into(id));
        let threads = std::mem::take(&mut self.threads);
        self.threads = threads
            .into_iter()
            .map(|(key, mut thread)| {
                if thread.user_id != old {
                    return (key, thread);
                }
                new.clone_into(&mut thread.user_id);
                (format!("{}/{new}", thread.phone_id), thread)
            })
            .collect();
        for message in self
            .messages
            .values_mut()
            .filter(|message| message.user_id == old)
        {
            new.clone_into(&mut message.user_id);
        }
        for phone in self.phones.values_mut() {
            if phone.blocked.remove(old) {
                phone.blocked.insert(new.to_owned());
            }
            let key = format!("{}/{old}", phone.id);
            if self.blockers.remove(&key) {
                self.blockers.insert(format!("{}/{new}", phone.id));
            }
        }
        for portfolio in self.portfolios.values_mut() {
            for counted in [&mut portfolio.delivered, &mut portfolio.rolling] {
                if let Some(at) = counted.remove(old) {
                    counted.insert(new.to_owned(), at);
                }
            }
        }
    }
}
