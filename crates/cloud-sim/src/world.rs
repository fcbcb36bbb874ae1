//! The simulated world as plain data: what exists, what was sent, what is scheduled
//! (Cloud API: simulator world model). Everything in here is exported and imported.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agenda::Agenda;
use crate::bucket::Bucket;
use crate::clock::VirtualClock;
use crate::entities::{App, Fault, Phone, Portfolio, Template, Token, User, Waba};
use crate::graph::{Code, Flow, Session};
use crate::limits::Rolling;
use crate::media::{self, Media};
use crate::pricing::Meter;
use crate::rng::Dice;

/// How many messages of a thread the phone page can show.
const THREAD_MESSAGES: usize = 500;

/// The thread of one number and one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thread {
    /// Phone number id.
    pub phone_id: String,
    /// BSUID of the person.
    pub user_id: String,
    /// Customer service window, virtual Unix ms; 0 = never opened.
    pub csw_until: i64,
    /// An ad brought the person and the business has not answered: the free entry point may open until then.
    pub fep_offer_until: i64,
    /// Free entry point window.
    pub fep_until: i64,
    /// Pair limit.
    pub pair: Option<Bucket>,
    /// When marketing templates went out outside the window, virtual Unix ms, last 24 hours.
    pub marketing: VecDeque<i64>,
    /// Sequence numbers of the newest messages.
    pub messages: VecDeque<u64>,
    /// Virtual Unix ms of the newest message.
    pub last_at: i64,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The business to the person.
    ToUser,
    /// The person to the business.
    FromUser,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Msg {
    /// Its place in the ring.
    pub seq: u64,
    /// Its id.
    pub wamid: String,
    /// Phone number id.
    pub phone_id: String,
    /// BSUID of the person.
    pub user_id: String,
    /// Who wrote it.
    pub direction: Direction,
    /// Wire type.
    pub kind: String,
    /// The object under the type's key.
    pub content: Value,
    /// The quoted message.
    pub context: Option<String>,
    /// Echoed in every status.
    pub callback: Option<String>,
    /// It was addressed by BSUID: statuses carry no phone.
    pub by_bsuid: bool,
    /// Price category.
    pub category: String,
    /// regular, free_customer_service or free_entry_point.
    pub pricing: String,
    /// accepted, sent, delivered, read, played, failed; received, read for messages of the person.
    pub status: String,
    /// Error code when it failed.
    pub error: Option<i64>,
    /// Virtual Unix ms of acceptance.
    pub at: i64,
    /// The outcome that a magic recipient forces.
    pub plan: Plan,
    /// The template it was made from.
    #[serde(default)]
    pub template_id: Option<String>,
}

impl Msg {
    /// A copy without the content: statuses do not need it, and it is the expensive part.
    pub fn without_content(&self) -> Self {
        Self {
            content: Value::Null,
            seq: self.seq,
            wamid: self.wamid.clone(),
            phone_id: self.phone_id.clone(),
            user_id: self.user_id.clone(),
            direction: self.direction,
            kind: self.kind.clone(),
            context: self.context.clone(),
            callback: self.callback.clone(),
            by_bsuid: self.by_bsuid,
            category: self.category.clone(),
            pricing: self.pricing.clone(),
            status: self.status.clone(),
            error: self.error,
            at: self.at,
            plan: self.plan,
            template_id: self.template_id.clone(),
        }
    }
}

/// The plan for one message's statuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// Fails with this code instead of `sent`.
    pub fail: Option<i64>,
    /// Fails with this code after `sent`.
    pub fail_after_sent: Option<i64>,
    /// No `delivered`.
    pub skip_delivered: bool,
    /// Nothing after `sent`.
    pub stop_at_sent: bool,
    /// Nothing after `delivered`.
    pub stop_at_delivered: bool,
    /// Every status twice.
    pub twice: bool,
    /// read, delivered, sent.
    pub reversed: bool,
    /// `sent` comes before the answer of the send.
    pub early: bool,
    /// What the person does after reading: the magic argument.
    pub reaction: Option<u32>,
    /// Held until the first people have reacted to its template.
    pub held: bool,
    /// Instead of the configured delay of the first status.
    pub delay_ms: Option<u64>,
}

/// The world.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    /// Chance.
    pub dice: Dice,
    /// Next number for ids.
    pub next_id: u64,
    /// Virtual time.
    pub clock: VirtualClock,
    /// By id.
    pub apps: BTreeMap<String, App>,
    /// By id.
    pub portfolios: BTreeMap<String, Portfolio>,
    /// By id.
    pub wabas: BTreeMap<String, Waba>,
    /// By id.
    pub phones: BTreeMap<String, Phone>,
    /// By BSUID.
    pub users: BTreeMap<String, User>,
    /// By value.
    pub tokens: BTreeMap<String, Token>,
    /// By id.
    pub templates: BTreeMap<String, Template>,
    /// By `phone_id/user_id`.
    pub threads: BTreeMap<String, Thread>,
    /// By sequence number, oldest first.
    pub messages: BTreeMap<u64, Msg>,
    /// Next sequence number.
    pub next_seq: u64,
    /// By id.
    pub media: BTreeMap<String, Media>,
    /// Files that are being uploaded, oldest first.
    #[serde(default)]
    pub uploads: VecDeque<Session>,
    /// Handles of finished uploads and until when they are good, virtual Unix seconds.
    #[serde(default)]
    pub handles: VecDeque<(String, i64)>,
    /// Rules that make requests fail.
    pub faults: Vec<Fault>,
    /// Scheduled events.
    pub agenda: Agenda,
    /// Events scheduled in hours or days; `settled` does not wait for them.
    #[serde(default)]
    pub later: Agenda,
    /// Template id → messages that are held.
    #[serde(default)]
    pub held: BTreeMap<String, Vec<String>>,
    /// `account/name` of deleted templates → until when the name is locked, virtual Unix ms.
    #[serde(default)]
    pub name_locks: BTreeMap<String, i64>,
    /// Flows by id.
    #[serde(default)]
    pub flows: BTreeMap<String, Flow>,
    /// Codes of Embedded Signup.
    #[serde(default)]
    pub codes: BTreeMap<String, Code>,
    /// What the analytics count.
    #[serde(default)]
    pub meter: Meter,
    /// Counts in rolling windows.
    #[serde(default)]
    pub rolling: Rolling,
    /// `phone_id/user_id` of people who blocked a number.
    #[serde(default)]
    pub blockers: BTreeSet<String>,
    /// Numbers that people have left: they are not on WhatsApp (131026).
    #[serde(default)]
    pub left_numbers: BTreeSet<String>,
    /// Digests of bodies that got their one HTTP 500.
    pub failed_once: VecDeque<String>,
    /// Order of appearance of people, for the bound.
    pub user_order: VecDeque<String>,
    /// Ids of media whose bytes are kept, oldest first.
    #[serde(skip)]
    pub media_order: VecDeque<String>,
    /// Their size together.
    #[serde(skip)]
    pub media_bytes: usize,
    /// wa_id → BSUID.
    #[serde(skip)]
    pub by_wa_id: HashMap<String, String>,
    /// wamid → sequence number.
    #[serde(skip)]
    pub by_wamid: HashMap<String, u64>,
}

impl World {
    /// Every address that webhooks go to: of apps, accounts and numbers. Some are empty.
    pub fn callbacks_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let of_apps = self.apps.values_mut().map(|app| &mut app.callback_url);
        let of_wabas = self
            .wabas
            .values_mut()
            .flat_map(|waba| waba.subscriptions.values_mut())
            .filter_map(|subscription| subscription.override_callback_uri.as_mut());
        let of_phones = self
            .phones
            .values_mut()
            .filter_map(|phone| phone.override_callback_uri.as_mut());
        of_apps.chain(of_wabas).chain(of_phones)
    }

    /// An empty world.
    pub fn new(seed: u64, clock: VirtualClock) -> Self {
        Self {
            dice: Dice::new(seed),
            next_id: 1,
            clock,
            apps: BTreeMap::new(),
            portfolios: BTreeMap::new(),
            wabas: BTreeMap::new(),
            phones: BTreeMap::new(),
            users: BTreeMap::new(),
            tokens: BTreeMap::new(),
            templates: BTreeMap::new(),
            threads: BTreeMap::new(),
            messages: BTreeMap::new(),
            next_seq: 1,
            media: BTreeMap::new(),
            uploads: VecDeque::new(),
            handles: VecDeque::new(),
            faults: Vec::new(),
            agenda: Agenda::default(),
            later: Agenda::default(),
            held: BTreeMap::new(),
            name_locks: BTreeMap::new(),
            flows: BTreeMap::new(),
            codes: BTreeMap::new(),
            meter: Meter::default(),
            rolling: Rolling::default(),
            blockers: BTreeSet::new(),
            left_numbers: BTreeSet::new(),
            failed_once: VecDeque::new(),
            user_order: VecDeque::new(),
            media_order: VecDeque::new(),
            media_bytes: 0,
            by_wa_id: HashMap::new(),
            by_wamid: HashMap::new(),
        }
    }

    /// Rebuilds the indexes, after an import or a change of people.
    pub fn reindex(&mut self) {
        self.by_wa_id = self
            .users
            .values()
            .filter_map(|u| Some((u.wa_id.clone()?, u.user_id.clone())))
            .collect();
        self.by_wamid = self.messages.values().map(|m| (m.wamid.clone(), m.seq)).collect();
        let bytes = self
            .media
            .values()
            .map(|m| (m, media::kept(m)))
            .filter(|(_, size)| *size > 0);
        (self.media_order, self.media_bytes) =
            bytes.fold((VecDeque::new(), 0), |(mut order, sum), (m, size)| {
                order.push_back(m.id.clone());
                (order, sum + size)
            });
    }

    /// A decimal id of 15 digits: two digits for the kind, then a counter.
    pub fn id(&mut self, kind: u64) -> String {
        let id = kind * 10_000_000_000_000 + self.next_id;
        self.next_id += 1;
        id.to_string()
    }

    /// When the next event of either agenda is due.
    pub fn next_due(&self) -> Option<i64> {
        let (soon, later) = (self.agenda.next_due(), self.later.next_due());
        soon.into_iter().chain(later).min()
    }

    /// Finds a person by BSUID, phone digits or username.
    pub fn user(&self, key: &str) -> Option<&User> {
        if let Some(user) = self.users.get(key) {
            return Some(user);
        }
        if let Some((country, own)) = key.split_once(".ENT.") {
            return self.users.get(&format!("{country}.{own}"));
        }
        let digits: String = key.chars().filter(char::is_ascii_digit).collect();
        self.by_wa_id.get(&digits).and_then(|id| self.users.get(id))
    }

    /// Adds a person; removes the oldest one when there are `max` already.
    pub fn add_user(&mut self, user: User, max: usize) {
        while self.users.len() >= max.max(1) {
            let Some(oldest) = self.user_order.pop_front() else {
                break;
            };
            if let Some(gone) = self.users.remove(&oldest) {
                gone.wa_id
                    .iter()
                    .for_each(|wa_id| drop(self.by_wa_id.remove(wa_id)));
                self.threads.retain(|_, t| t.user_id != oldest);
            }
        }
        if let Some(wa_id) = &user.wa_id {
            self.by_wa_id.insert(wa_id.clone(), user.user_id.clone());
        }
        self.user_order.push_back(user.user_id.clone());
        self.users.insert(user.user_id.clone(), user);
    }

    /// The thread of a number and a person, created if needed.
    pub fn thread(&mut self, phone_id: &str, user_id: &str) -> &mut Thread {
        self.threads
            .entry(format!("{phone_id}/{user_id}"))
            .or_insert_with(|| Thread {
                phone_id: phone_id.to_owned(),
                user_id: user_id.to_owned(),
                ..Thread::default()
            })
    }

    /// Stores a message; removes the oldest one when there are `max` already.
    pub fn add_message(&mut self, mut msg: Msg, max: usize) {
        msg.seq = self.next_seq;
        self.next_seq += 1;
        while self.messages.len() >= max.max(1) {
            let Some((_, gone)) = self.messages.pop_first() else {
                break;
            };
            self.by_wamid.remove(&gone.wamid);
        }
        let thread = self.thread(&msg.phone_id, &msg.user_id);
        thread.messages.push_back(msg.seq);
        thread.last_at = msg.at;
        if thread.messages.len() > THREAD_MESSAGES {
            thread.messages.pop_front();
        }
        self.by_wamid.insert(msg.wamid.clone(), msg.seq);
        self.messages.insert(msg.seq, msg);
    }

    /// A message by its id.
    pub fn message(&self, wamid: &str) -> Option<&Msg> {
        self.messages.get(self.by_wamid.get(wamid)?)
    }

    /// A message by its id, to change it.
    pub fn message_mut(&mut self, wamid: &str) -> Option<&mut Msg> {
        let seq = *self.by_wamid.get(wamid)?;
        self.messages.get_mut(&seq)
    }

    /// The messages of a thread, oldest first.
    pub fn thread_messages(&self, phone_id: &str, user_id: &str) -> Vec<&Msg> {
        self.threads
            .get(&format!("{phone_id}/{user_id}"))
            .map(|t| {
                t.messages
                    .iter()
                    .filter_map(|seq| self.messages.get(seq))
                    .collect()
            })
            .unwrap_or_default()
    }
}
