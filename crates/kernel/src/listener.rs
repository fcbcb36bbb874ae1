//! Who listens to what. A listener gets each tenant's events in order, in batches, each exactly once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    marker::PhantomData,
    sync::Arc,
    time::Duration,
};

use crate::{Event, Result, TenantTx};

/// Items of one batch at most, unless a single event has more.
pub const BATCH_ITEMS: usize = 1_000;
/// Characters of a key that count.
const KEY: usize = 190;
/// The longest that a batch may take, unless its listener says otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// The key of events that cannot be read.
pub const UNREADABLE: &str = "unreadable";

/// Reacts to events of others.
///
/// One batch of a tenant's events runs at a time, in the order in which they were published. Batches of different tenants, and
/// other listeners of the same event, run side by side.
#[async_trait::async_trait]
pub trait Listener<E: Event>: Send + Sync + 'static {
    /// Applies `events`, oldest first, in `tx`. The caller commits it together with the note that they were handled, so each
    /// event takes effect exactly once. Database work only, a few seconds at most: no HTTP, which belongs into a job.
    ///
    /// # Errors
    /// Nothing of the batch took effect then. It is tried again; what keeps failing is parked by [key](Event::key), with all that
    /// follows of the same key. An error of status 503 is waited for and does not count as a failure.
    async fn handle(&self, tx: &mut TenantTx, events: &[E]) -> Result<()>;

    /// The longest that a batch may take. One that takes longer has failed; a statement that still runs is ended (on SQLite it ends
    /// by itself).
    fn timeout(&self) -> Duration {
        TIMEOUT
    }
}

/// An event in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its place.
    pub seq: i64,
    /// The event as JSON.
    pub payload: String,
}

/// The part of a logged event that is about one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// What it is about, at most 190 characters.
    pub key: String,
    /// Where the event stood.
    pub seq: i64,
    /// The event as JSON, with the items of this key only.
    pub payload: String,
}

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
pub struct Handled {
    /// The place of the last event that was dealt with.
    pub through: i64,
    /// What was not applied, because events of its key are parked already.
    pub behind: Vec<Keyed>,
}

/// Collects who listens to what.
#[derive(Debug, Default)]
pub struct Events {
    module: &'static str,
    listeners: BTreeMap<String, Registered>,
}

impl Events {
    /// Says whose listeners follow. Called by the host before [`Module::events`](crate::Module::events).
    pub fn for_module(&mut self, module: &'static str) {
        self.module = module;
    }

    /// Has `listener` handle every `E`, starting with the first that is published after it was registered.
    ///
    /// # Panics
    /// When the module listens to `E` already, or the name `<module>.on.<event>` is longer than 96 bytes.
    pub fn on<E: Event>(&mut self, listener: impl Listener<E>) {
        let name = format!("{}.on.{}", self.module, E::NAME);
        assert!(name.len() <= 96, "the listener's name {name} is too long");
        let registered = Registered {
            name: name.clone(),
            event: E::NAME,
            timeout: listener.timeout(),
            inner: Arc::new(Typed {
                listener,
                event: PhantomData::<fn() -> E>,
            }),
        };
        let before = self.listeners.insert(name.clone(), registered);
        assert!(before.is_none(), "{name} is registered twice");
    }

    /// All listeners, by name.
    #[must_use]
    pub fn into_listeners(self) -> Vec<Registered> {
        self.listeners.into_values().collect()
    }
}

/// A registered listener, with its events as JSON text. Cloning shares it.
#[derive(Clone)]
pub struct Registered {
    /// `<module>.on.<event>`, at most 96 bytes.
    pub name: String,
    /// [`Event::NAME`].
    pub event: &'static str,
    /// [`Listener::timeout`].
    pub timeout: Duration,
    inner: Arc<dyn Erased>,
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registered({})", self.name)
    }
}

impl Registered {
    /// Applies as many of `rows` as fit into a batch, oldest first. Items whose key is among `parked` are not applied but
    /// answered.
    ///
    /// # Errors
    /// The listener's; or a row cannot be read.
    pub async fn handle(
        &self,
        tx: &mut TenantTx,
        rows: &[Logged],
        parked: &BTreeSet<String>,
    ) -> Result<Handled> {
        self.inner.handle(tx, rows, parked).await
    }

    /// Takes as many of `rows` as fit into a batch apart, by key. What cannot be read has the key [`UNREADABLE`].
    ///
    /// # Errors
    /// 500 when an event does not serialise.
    pub fn split(&self, rows: &[Logged]) -> Result<Handled> {
        self.inner.split(rows)
    }
}

#[async_trait::async_trait]
trait Erased: Send + Sync {
    async fn handle(&self, tx: &mut TenantTx, rows: &[Logged], parked: &BTreeSet<String>) -> Result<Handled>;
    fn split(&self, rows: &[Logged]) -> Result<Handled>;
}

struct Typed<E, L> {
    listener: L,
    event: PhantomData<fn() -> E>,
}

#[async_trait::async_trait]
impl<E: Event, L: Listener<E>> Erased for Typed<E, L> {
    async fn handle(&self, tx: &mut TenantTx, rows: &[Logged], parked: &BTreeSet<String>) -> Result<Handled> {
        let (events, handled) = sort_out::<E>(rows, parked)?;
        if !events.is_empty() {
            self.listener.handle(tx, &events).await?;
        }
        Ok(handled)
    }

    fn split(&self, rows: &[Logged]) -> Result<Handled> {
        split::<E>(rows)
    }
}

/// The events of a batch without the items whose key is parked, and those items apart.
fn sort_out<E: Event>(rows: &[Logged], parked: &BTreeSet<String>) -> Result<(Vec<E>, Handled)> {
    let mut events = Vec::with_capacity(rows.len());
    let mut handled = nothing(rows);
    let mut items = 0;
    for row in rows {
        let mut event: E = serde_json::from_str(&row.payload)?;
        items += event.items().len();
        if items > BATCH_ITEMS && !is_first(rows, row) {
            break;
        }
        handled.through = row.seq;
        if event.items().iter().any(|item| parked.contains(&key::<E>(item))) {
            let (behind, free): (Vec<_>, Vec<_>) = event
                .into_items()
                .into_iter()
                .partition(|item| parked.contains(&key::<E>(item)));
            handled.behind.extend(keyed::<E>(row.seq, behind)?);
            if free.is_empty() {
                continue;
            }
            event = E::of(free);
        }
        events.push(event);
    }
    Ok((events, handled))
}

fn split<E: Event>(rows: &[Logged]) -> Result<Handled> {
    let mut handled = nothing(rows);
    let mut items = 0;
    for row in rows {
        let Ok(event) = serde_json::from_str::<E>(&row.payload) else {
            handled.through = row.seq;
            handled.behind.push(Keyed {
                key: UNREADABLE.to_owned(),
                seq: row.seq,
                payload: row.payload.clone(),
            });
            continue;
        };
        items += event.items().len();
        if items > BATCH_ITEMS && !is_first(rows, row) {
            break;
        }
        handled.through = row.seq;
        handled.behind.extend(keyed::<E>(row.seq, event.into_items())?);
    }
    Ok(handled)
}

fn nothing(rows: &[Logged]) -> Handled {
    Handled {
        through: rows.first().map_or(0, |row| row.seq - 1),
        behind: Vec::new(),
    }
}

fn is_first(rows: &[Logged], row: &Logged) -> bool {
    rows.first().is_some_and(|first| first.seq == row.seq)
}

fn key<E: Event>(item: &E::Item) -> String {
    let key = E::key(item);
    match key.char_indices().nth(KEY) {
        Some((end, _)) => key[..end].to_owned(),
        None => key,
    }
}

/// The items by key, in the order in which keys appear.
fn keyed<E: Event>(seq: i64, items: Vec<E::Item>) -> Result<Vec<Keyed>> {
    let mut by_key: Vec<(String, Vec<E::Item>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for item in items {
        let key = key::<E>(&item);
        let place = *places.entry(key.clone()).or_insert_with(|| {
            by_key.push((key, Vec::new()));
            by_key.len() - 1
        });
        by_key[place].1.push(item);
    }
    by_key
        .into_iter()
        .map(|(key, items)| {
            let payload = serde_json::to_string(&E::of(items))?;
            Ok(Keyed { key, seq, payload })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Noted {
        items: Vec<(String, u32)>,
    }

    impl Event for Noted {
        const NAME: &'static str = "noted";
        crate::event_items!((String, u32));

        fn key(item: &Self::Item) -> String {
            item.0.clone()
        }
    }

    fn logged(events: &[Vec<(u8, u32)>]) -> Vec<Logged> {
        let event = |(seq, items): (i64, &Vec<(u8, u32)>)| {
            let items = items.iter().map(|(key, n)| (format!("k{key}"), *n)).collect();
            Logged {
                seq,
                payload: serde_json::to_string(&Noted { items }).unwrap(),
            }
        };
        (1..).zip(events).map(event).collect()
    }

    fn of_key(key: &str, items: impl IntoIterator<Item = (String, u32)>) -> Vec<u32> {
        let of_key = items.into_iter().filter(|(of, _)| of == key);
        of_key.map(|(_, n)| n).collect()
    }

    fn all(parts: &[Keyed]) -> Vec<(String, u32)> {
        let read = |part: &Keyed| serde_json::from_str::<Noted>(&part.payload).unwrap().items;
        parts.iter().flat_map(read).collect()
    }

    proptest! {
        #[test]
        fn sorting_out_and_splitting_keep_every_item_and_the_order_of_each_key(
            events in prop::collection::vec(prop::collection::vec((0_u8..5, any::<u32>()), 1..6), 1..12),
            parked in prop::collection::btree_set(0_u8..5, 0..5),
        ) {
            let rows = logged(&events);
            let parked: BTreeSet<String> = parked.into_iter().map(|key| format!("k{key}")).collect();
            let published: Vec<(String, u32)> = events.concat().into_iter().map(|(key, n)| (format!("k{key}"), n)).collect();
            let (free, handled) = sort_out::<Noted>(&rows, &parked).unwrap();
            let free: Vec<(String, u32)> = free.into_iter().flat_map(|event| event.items).collect();
            let split = split::<Noted>(&rows).unwrap();
            prop_assert_eq!((handled.through, split.through), (rows.len() as i64, rows.len() as i64));
            for key in (0..5).map(|key| format!("k{key}")) {
                let whole = of_key(&key, published.clone());
                prop_assert_eq!(of_key(&key, all(&split.behind)), whole.clone());
                let (applied, waits) = if parked.contains(&key) { (vec![], whole) } else { (whole, vec![]) };
                prop_assert_eq!(of_key(&key, free.clone()), applied);
                prop_assert_eq!(of_key(&key, all(&handled.behind)), waits);
            }
            // One row for a key of an event, so that event and key name it.
            let places: BTreeSet<(&str, i64)> = split.behind.iter().map(|part| (part.key.as_str(), part.seq)).collect();
            prop_assert_eq!(places.len(), split.behind.len());
        }
    }

    #[test]
    fn a_batch_has_a_thousand_items_unless_one_event_has_more() {
        let many = |n: usize| vec![(0_u8, 1_u32); n];
        let taken = |sizes: &[usize]| {
            let rows = logged(&sizes.iter().map(|n| many(*n)).collect::<Vec<_>>());
            let (events, handled) = sort_out::<Noted>(&rows, &BTreeSet::new()).unwrap();
            assert_eq!(split::<Noted>(&rows).unwrap().through, handled.through);
            (events.len(), handled.through)
        };
        assert_eq!(taken(&[600, 400, 1]), (2, 2));
        assert_eq!(taken(&[600, 401, 1]), (1, 1));
        assert_eq!(taken(&[3_000, 1]), (1, 1));
    }

    #[test]
    fn what_cannot_be_read_has_a_key_of_its_own() {
        let mut rows = logged(&[vec![(1, 1)], vec![(1, 2)]]);
        rows[0].payload = "{}".to_owned();
        assert!(sort_out::<Noted>(&rows, &BTreeSet::new()).is_err());
        let split = split::<Noted>(&rows).unwrap();
        let keys: Vec<&str> = split.behind.iter().map(|part| part.key.as_str()).collect();
        assert_eq!(keys, [UNREADABLE, "k1"]);
        assert_eq!(split.behind[0].payload, "{}");
    }

    #[test]
    fn of_a_long_key_the_beginning_counts() {
        let items = ["é".repeat(190) + "a", "é".repeat(190) + "b"].map(|key| (key, 1));
        let parts = keyed::<Noted>(1, items.into()).unwrap();
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].key.chars().count(), 190);
    }
}
