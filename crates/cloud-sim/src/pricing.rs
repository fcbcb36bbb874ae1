//! What messages cost, and what is counted for the analytics (Cloud API: pricing; analytics).

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::config::SimConfig;
use crate::core::Core;
use crate::outcome::Accept;
use crate::world::Msg;

/// Invented prices.
const INVENTED: &str = include_str!("../samples/rates.csv");
/// Seconds of the finest grain of the analytics.
pub const HALF_HOUR: i64 = 1_800;
const DAY: i64 = 86_400;
/// The analytics look back a year; templates 90 days.
const YEAR: i64 = 366 * DAY;
/// Different rows in one grain.
const MAX_ROWS: usize = 10_000;
/// Different months and markets with a volume.
const MAX_VOLUMES: usize = 100_000;

/// One row of a rate card.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Rate {
    /// Dialling code; the longest one that fits counts. `*` for everywhere else.
    prefix: String,
    /// marketing, marketing_lite, utility, authentication, authentication-international, service.
    category: String,
    /// Messages of the month from which it holds.
    from: u64,
    /// In the account's currency.
    rate: f64,
}

/// A rate card (Cloud API: pricing; CSV with `prefix,category,from,rate`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateCard(Vec<Rate>);

impl RateCard {
    /// Reads a card.
    ///
    /// # Errors
    /// The line that is wrong and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let rows: Result<Vec<Rate>, csv::Error> = reader.deserialize().collect();
        let rows = rows.map_err(|e| format!("the rate card cannot be read: {e}"))?;
        match rows.iter().find(|r| !r.rate.is_finite() || r.rate < 0.0) {
            Some(wrong) => Err(format!(
                "the rate of {} {} is not a price",
                wrong.prefix, wrong.category
            )),
            None => Ok(Self(rows)),
        }
    }

    /// The configured card; the invented one when there is none or it cannot be parsed.
    pub fn of(config: &SimConfig) -> Self {
        let own = config
            .rate_card
            .as_deref()
            .and_then(|text| Self::parse(text).ok());
        own.unwrap_or_else(|| Self::parse(INVENTED).expect("the card that is compiled in is read by a test"))
    }

    /// The market that a phone belongs to, and its rows from the first message of a month on.
    fn market(&self, wa_id: &str, category: &str) -> (&str, Vec<&Rate>) {
        let of = self.0.iter().filter(|r| r.category == category);
        let fits = of
            .clone()
            .filter(|r| r.prefix == "*" || wa_id.starts_with(&r.prefix));
        let market = fits
            .map(|r| r.prefix.as_str())
            .max_by_key(|p| if *p == "*" { 0 } else { p.len() })
            .unwrap_or("*");
        let mut tiers: Vec<&Rate> = of.filter(|r| r.prefix == market).collect();
        tiers.sort_by_key(|r| r.from);
        (market, tiers)
    }
}

/// The tier and price of the next message of a month in which `volume` were charged before.
fn tier_of(tiers: &[&Rate], volume: u64) -> (String, f64) {
    let at = tiers.iter().rposition(|r| r.from <= volume);
    let (from, rate) = at
        .and_then(|at| tiers.get(at))
        .map_or((0, 0.0), |r| (r.from, r.rate));
    let tier = match at.and_then(|at| tiers.get(at + 1)) {
        Some(next) => format!("{from}:{}", next.from),
        None => format!("{from}:"),
    };
    (tier, rate)
}

/// Charged and free messages of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Priced {
    /// How many.
    pub volume: u64,
    /// What they cost together, in the account's currency.
    pub cost: f64,
}

/// Sent and delivered messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Sent.
    pub sent: u64,
    /// Delivered.
    pub delivered: u64,
}

/// A template's day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateDay {
    /// Sent.
    pub sent: u64,
    /// Delivered.
    pub delivered: u64,
    /// Read.
    pub read: u64,
    /// Answered.
    pub replied: u64,
    /// Button text → how often it was pressed.
    pub clicked: BTreeMap<String, u64>,
    /// What it cost.
    pub cost: f64,
}

/// Everything that is counted. Keys are `phone|country|…`, the outer ones Unix seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meter {
    /// `phone|country|CATEGORY|TYPE|tier`
    pub priced: BTreeMap<i64, BTreeMap<String, Priced>>,
    /// `phone|country|product`: 0 template, 2 other, 100 inbound.
    pub traffic: BTreeMap<i64, BTreeMap<String, Traffic>>,
    /// Template id.
    pub templates: BTreeMap<i64, BTreeMap<String, TemplateDay>>,
    /// `year-month|portfolio or phone|market|category` → messages charged.
    pub volumes: BTreeMap<String, u64>,
}

fn row<'m, T: Default>(
    grains: &'m mut BTreeMap<i64, BTreeMap<String, T>>,
    at: i64,
    oldest: i64,
    key: &str,
) -> Option<&'m mut T> {
    while grains.first_key_value().is_some_and(|(first, _)| *first < oldest) {
        grains.pop_first();
    }
    let rows = grains.entry(at).or_default();
    if !rows.contains_key(key) {
        if rows.len() >= MAX_ROWS {
            return None;
        }
        rows.insert(key.to_owned(), T::default());
    }
    rows.get_mut(key)
}

impl Meter {
    fn traffic(&mut self, now: i64, key: &str) -> Option<&mut Traffic> {
        row(
            &mut self.traffic,
            now - now.rem_euclid(HALF_HOUR),
            now - YEAR,
            key,
        )
    }

    fn template(&mut self, now: i64, id: &str) -> Option<&mut TemplateDay> {
        row(&mut self.templates, now - now.rem_euclid(DAY), now - 90 * DAY, id)
    }

    fn volume(&mut self, key: &str) -> u64 {
        if let Some(count) = self.volumes.get_mut(key) {
            *count += 1;
            return *count - 1;
        }
        if self.volumes.len() >= MAX_VOLUMES {
            self.volumes.pop_first();
        }
        self.volumes.insert(key.to_owned(), 1);
        0
    }
}

/// The category as the analytics write it.
fn upper(category: &str) -> String {
    category.to_uppercase().replace('-', "_")
}

impl Core {
    /// An authentication message to another country than the business's, once it has the rate for that
    /// (Cloud API: pricing engine).
    pub fn is_auth_international(&self, input: &Accept, now: i64) -> bool {
        let waba = self
            .world
            .phones
            .get(&input.phone_id)
            .and_then(|p| self.world.wabas.get(&p.waba_id));
        let (Some(waba), Some((country, _))) = (waba, input.user_id.split_once('.')) else {
            return false;
        };
        let from = waba
            .auth_international_exceptions
            .get(country)
            .copied()
            .or(waba.auth_international_from);
        waba.auth_international_from.is_some()
            && from.is_some_and(|from| from <= now / 1_000)
            && waba
                .primary_business_location
                .as_deref()
                .is_some_and(|home| home != country)
    }

    /// Counts a status of a message to a person. It is charged when it is delivered, or read without that.
    pub fn meter(&mut self, msg: &Msg, wa_id: Option<&str>, status: &str, skipped: bool) {
        let now = self.now() / 1_000;
        let country = msg.user_id.split('.').next().unwrap_or("ZZ");
        let product = if msg.kind == "template" { 0 } else { 2 };
        let traffic_key = format!("{}|{country}|{product}", msg.phone_id);
        let charged = status == "delivered" || (status == "read" && skipped);
        if let Some(traffic) = self.world.meter.traffic(now, &traffic_key) {
            traffic.sent += u64::from(status == "sent");
            traffic.delivered += u64::from(charged);
        }
        let cost = if charged {
            self.charge(msg, wa_id.unwrap_or_default(), country, now)
        } else {
            0.0
        };
        if charged && msg.kind == "template" {
            self.count_reach(msg);
        }
        if let Some(id) = &msg.template_id
            && let Some(day) = self.world.meter.template(now, id)
        {
            day.sent += u64::from(status == "sent");
            day.delivered += u64::from(charged);
            day.read += u64::from(status == "read");
            day.cost += cost;
        }
    }

    fn charge(&mut self, msg: &Msg, wa_id: &str, country: &str, now: i64) -> f64 {
        let month = chrono::DateTime::from_timestamp(now, 0)
            .map(|t| format!("{:04}-{:02}", t.year(), t.month()))
            .unwrap_or_default();
        let owner = self.portfolio_id(&msg.phone_id);
        let owner = owner.unwrap_or_else(|| msg.phone_id.clone());
        let free = msg.pricing != "regular";
        let category = if msg.pricing == "free_entry_point" {
            "referral_conversion"
        } else {
            msg.category.as_str()
        };
        let (mut tier, mut cost) = ("0:".to_owned(), 0.0);
        if !free {
            let (market, tiers) = self.rates.market(wa_id, category);
            let volume = self
                .world
                .meter
                .volume(&format!("{month}|{owner}|{market}|{category}"));
            (tier, cost) = tier_of(&tiers, volume);
            // The first service messages of a number and month are free.
            if category == "service" {
                let used = self
                    .world
                    .meter
                    .volume(&format!("{month}|{}|*|free service", msg.phone_id));
                cost = if used < self.config.free_service_quota {
                    0.0
                } else {
                    cost
                };
            }
        }
        let key = format!(
            "{}|{country}|{}|{}|{tier}",
            msg.phone_id,
            upper(category),
            msg.pricing.to_uppercase()
        );
        let at = now - now.rem_euclid(HALF_HOUR);
        if let Some(priced) = row(&mut self.world.meter.priced, at, now - YEAR, &key) {
            priced.volume += 1;
            priced.cost += cost;
        }
        cost
    }

    /// Counts a message of a person: traffic, and what it answers or presses.
    pub fn meter_inbound(
        &mut self,
        phone_id: &str,
        user_id: &str,
        quoted: Option<&str>,
        pressed: Option<&str>,
    ) {
        let now = self.now() / 1_000;
        let country = user_id.split('.').next().unwrap_or("ZZ");
        let key = format!("{phone_id}|{country}|100");
        if let Some(traffic) = self.world.meter.traffic(now, &key) {
            traffic.sent += 1;
            traffic.delivered += 1;
        }
        let template = quoted
            .and_then(|id| self.world.message(id))
            .and_then(|m| m.template_id.clone());
        if let Some(id) = template
            && let Some(day) = self.world.meter.template(now, &id)
        {
            day.replied += 1;
            if let Some(text) = pressed
                && (day.clicked.len() < 20 || day.clicked.contains_key(text))
            {
                *day.clicked.entry(text.to_owned()).or_default() += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_invented_card() {
        assert!(
            tier_of(
                &RateCard::of(&SimConfig::default())
                    .market("447700900123", "utility")
                    .1,
                0
            )
            .1 > 0.0
        );
    }

    #[test]
    fn markets_and_tiers() {
        let price = |card: &RateCard, wa_id: &str, category: &str, volume: u64| {
            let (market, tiers) = card.market(wa_id, category);
            let (tier, rate) = tier_of(&tiers, volume);
            (market.to_owned(), tier, rate)
        };
        let card = RateCard::parse(
            "prefix,category,from,rate\n*,utility,0,0.01\n44,utility,0,0.02\n44, utility, 100, 0.015\n447,marketing,0,0.05\n",
        )
        .unwrap();
        assert_eq!(
            price(&card, "447700900123", "utility", 99),
            ("44".into(), "0:100".into(), 0.02)
        );
        assert_eq!(
            price(&card, "447700900123", "utility", 100),
            ("44".into(), "100:".into(), 0.015)
        );
        assert_eq!(
            price(&card, "551199", "utility", 5),
            ("*".into(), "0:".into(), 0.01)
        );
        assert_eq!(price(&card, "447700900123", "marketing", 0).2, 0.05);
        assert_eq!(price(&card, "551199", "marketing", 0).2, 0.0);
        for wrong in [
            "prefix,category,from,rate\n44,utility,0,dear\n",
            "prefix,category,from,rate\n44,utility,0,-1\n",
            "a,b\n1,2\n",
        ] {
            assert!(RateCard::parse(wrong).is_err(), "{wrong}");
        }
    }
}
