//! Analytics of an account, from what was simulated (Cloud API: analytics).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, TimeZone, Utc};
use serde_json::{Value, json};

use super::{Call, Refusal};
use crate::core::Core;
use crate::entities::Waba;

const DAY: i64 = 86_400;
const YEAR: i64 = 366 * DAY;
/// Parses `name.start(1).end(2).granularity(DAY)…`.
struct Query {
    name: String,
    arguments: BTreeMap<String, String>,
}

impl Query {
    fn parse(text: &str) -> Self {
        let mut parts: Vec<String> = vec![String::new()];
        let mut depth = 0_u32;
        for c in text.chars() {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            match c {
                '.' if depth == 0 => parts.push(String::new()),
                c => parts.last_mut().into_iter().for_each(|p| p.push(c)),
            }
        }
        let mut parts = parts.into_iter();
        let name = parts.next().unwrap_or_default();
        let arguments = parts
            .filter_map(|part| {
                let (key, value) = part.split_once('(')?;
                Some((
                    key.trim().to_owned(),
                    value.trim().trim_end_matches(')').to_owned(),
                ))
            })
            .collect();
        Self { name, arguments }
    }

    fn number(&self, key: &str) -> Result<i64, Refusal> {
        let value = self.arguments.get(key);
        let value = value.ok_or_else(|| Refusal::parameter(format!("The parameter {key} is required.")))?;
        value
            .trim()
            .parse()
            .map_err(|_| Refusal::parameter(format!("Param {key} must be an integer.")))
    }

    fn list(&self, key: &str) -> BTreeSet<String> {
        let text = self.arguments.get(key).map(String::as_str).unwrap_or_default();
        text.trim()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .split(',')
            .map(|v| v.trim().trim_matches(['"', '\'']).to_owned())
            .filter(|v| !v.is_empty())
            .collect()
    }

    fn enums(&self, key: &str, known: &[&str]) -> Result<BTreeSet<String>, Refusal> {
        let given = self.list(key);
        match given.iter().find(|v| !known.contains(&v.as_str())) {
            Some(_) => Err(Refusal::parameter(format!(
                "Param {key} must be one of {{{}}}",
                known.join(", ")
            ))),
            None => Ok(given),
        }
    }

    /// Start, end and grain; both kinds of names of grains exist.
    fn period(&self, grains: &[&str]) -> Result<(i64, i64, String), Refusal> {
        let (start, end) = (self.number("start")?, self.number("end")?);
        if start >= end || end - start > YEAR {
            return Err(Refusal::parameter(
                "Param start must be before end, at most a year.",
            ));
        }
        let grain = self
            .arguments
            .get("granularity")
            .map(|g| g.trim().trim_matches('"').to_owned());
        let grain = grain.ok_or_else(|| Refusal::parameter("The parameter granularity is required."))?;
        if !grains.contains(&grain.as_str()) {
            return Err(Refusal::parameter(format!(
                "Param granularity must be one of {{{}}}",
                grains.join(", ")
            )));
        }
        Ok((start, end, grain))
    }
}

/// The interval of a granularity that contains a time.
fn grain(at: i64, name: &str) -> (i64, i64) {
    match name {
        "HALF_HOUR" => (at - at.rem_euclid(1_800), at - at.rem_euclid(1_800) + 1_800),
        "MONTH" | "MONTHLY" => {
            let date = DateTime::from_timestamp(at, 0).unwrap_or_default();
            let (year, month) = (date.year(), date.month());
            let next = if month == 12 {
                (year + 1, 1)
            } else {
                (year, month + 1)
            };
            let first = |(y, m): (i32, u32)| {
                Utc.with_ymd_and_hms(y, m, 1, 0, 0, 0)
                    .single()
                    .map_or(at, |t| t.timestamp())
            };
            (first((year, month)), first(next))
        }
        _ => (at - at.rem_euclid(DAY), at - at.rem_euclid(DAY) + DAY),
    }
}

/// The analytics that `fields` asks for, by their names.
pub(super) fn of_waba(core: &Core, call: &Call, waba: &Waba) -> Result<Vec<(String, Value)>, Refusal> {
    let mut out = Vec::new();
    let text = call.query.get("fields").map(String::as_str).unwrap_or_default();
    let mut depth = 0_u32;
    let mut split: Vec<String> = vec![String::new()];
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match c {
            ',' if depth == 0 => split.push(String::new()),
            c => split.last_mut().into_iter().for_each(|p| p.push(c)),
        }
    }
    for field in split {
        let query = Query::parse(field.trim());
        let value = match query.name.as_str() {
            "analytics" => traffic(core, waba, &query)?,
            "conversation_analytics" => conversations(core, waba, &query)?,
            "pricing_analytics" => pricing(core, waba, &query)?,
            "template_analytics" => templates(core, waba, &query)?,
            _ => continue,
        };
        out.push((query.name, value));
    }
    Ok(out)
}

/// `GET /{WABA}/template_analytics?start=&end=&granularity=&template_ids=`
pub(super) fn template_edge(core: &Core, call: &Call, waba: &Waba) -> Result<Value, Refusal> {
    let query = Query {
        name: "template_analytics".into(),
        arguments: call.query.clone(),
    };
    templates(core, waba, &query)
}

/// Digits of the account's numbers by id, filtered.
fn numbers(core: &Core, waba: &Waba, query: &Query) -> BTreeMap<String, String> {
    let wanted = query.list("phone_numbers");
    let digits = |t: &String| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted: BTreeSet<String> = wanted.iter().map(digits).collect();
    core.world
        .phones
        .values()
        .filter(|p| p.waba_id == waba.id && (wanted.is_empty() || wanted.contains(&p.digits)))
        .map(|p| (p.id.clone(), p.digits.clone()))
        .collect()
}

fn traffic(core: &Core, waba: &Waba, query: &Query) -> Result<Value, Refusal> {
    let (start, end, name) = query.period(&["HALF_HOUR", "DAY", "MONTH"])?;
    let phones = numbers(core, waba, query);
    let (countries, products) = (query.list("country_codes"), query.list("product_types"));
    let mut points: BTreeMap<(i64, i64), (u64, u64)> = BTreeMap::new();
    for (at, rows) in core.world.meter.traffic.range(start..end) {
        for (key, row) in rows {
            let parts: Vec<&str> = key.split('|').collect();
            let [phone, country, product] = parts.as_slice() else {
                continue;
            };
            let fits = phones.contains_key(*phone)
                && (countries.is_empty() || countries.contains(*country))
                && (products.is_empty() && *product != "100" || products.contains(*product));
            if fits {
                let point = points.entry(grain(*at, &name)).or_default();
                point.0 += row.sent;
                point.1 += row.delivered;
            }
        }
    }
    let points: Vec<Value> = points
        .into_iter()
        .map(|((start, end), (sent, delivered))| json!({"start": start, "end": end, "sent": sent, "delivered": delivered}))
        .collect();
    Ok(
        json!({"phone_numbers": phones.values().collect::<Vec<_>>(), "country_codes": countries, "granularity": name,
              "data_points": points}),
    )
}

/// Sums of what was priced, by grain and dimensions, as `(grain, dimensions) → (volume, cost)`.
type Sums = BTreeMap<((i64, i64), BTreeMap<&'static str, String>), (u64, f64)>;

struct Priced {
    phone: String,
    country: String,
    category: String,
    kind: String,
    tier: String,
}

fn sums(
    core: &Core,
    waba: &Waba,
    query: &Query,
    (start, end, name): (i64, i64, &str),
    mut fits: impl FnMut(&Priced) -> bool,
    dimensions: impl Fn(&Priced) -> BTreeMap<&'static str, String>,
) -> Sums {
    let phones = numbers(core, waba, query);
    let countries = query.list("country_codes");
    let mut out = Sums::new();
    for (at, rows) in core.world.meter.priced.range(start..end) {
        for (key, row) in rows {
            let parts: Vec<&str> = key.split('|').collect();
            let [phone, country, category, kind, tier] = parts.as_slice() else {
                continue;
            };
            let Some(digits) = phones.get(*phone) else {
                continue;
            };
            let priced = Priced {
                phone: digits.clone(),
                country: (*country).to_owned(),
                category: (*category).to_owned(),
                kind: (*kind).to_owned(),
                tier: (*tier).to_owned(),
            };
            if (countries.is_empty() || countries.contains(&priced.country)) && fits(&priced) {
                let sum = out.entry((grain(*at, name), dimensions(&priced))).or_default();
                sum.0 += row.volume;
                sum.1 += row.cost;
            }
        }
    }
    out
}

const GRAINS: &[&str] = &["HALF_HOUR", "DAILY", "MONTHLY"];

fn rounded(cost: f64) -> f64 {
    (cost * 1e6).round() / 1e6
}

fn pricing(core: &Core, waba: &Waba, query: &Query) -> Result<Value, Refusal> {
    let (start, end, name) = query.period(GRAINS)?;
    let types = query.enums(
        "pricing_types",
        &["FREE_CUSTOMER_SERVICE", "FREE_ENTRY_POINT", "REGULAR"],
    )?;
    let categories = query.enums(
        "pricing_categories",
        &[
            "AUTHENTICATION",
            "AUTHENTICATION_INTERNATIONAL",
            "MARKETING",
            "MARKETING_LITE",
            "SERVICE",
            "UTILITY",
            "REFERRAL_CONVERSION",
        ],
    )?;
    let metrics = query.enums("metric_types", &["COST", "VOLUME"])?;
    let dimensions = query.enums(
        "dimensions",
        &["COUNTRY", "PHONE", "PRICING_CATEGORY", "PRICING_TYPE", "TIER"],
    )?;
    let rows = sums(
        core,
        waba,
        query,
        (start, end, &name),
        |p| {
            (types.is_empty() || types.contains(&p.kind))
                && (categories.is_empty() || categories.contains(&p.category))
        },
        |p| {
            let all = [
                ("COUNTRY", "country", &p.country),
                ("PHONE", "phone_number", &p.phone),
                ("PRICING_CATEGORY", "pricing_category", &p.category),
                ("PRICING_TYPE", "pricing_type", &p.kind),
                ("TIER", "tier", &p.tier),
            ];
            all.into_iter()
                .filter(|(d, ..)| dimensions.contains(*d))
                .map(|(_, k, v)| (k, v.clone()))
                .collect()
        },
    );
    let points: Vec<Value> = rows
        .into_iter()
        .map(|(((start, end), dimensions), (volume, cost))| {
            let mut point = json!({"start": start, "end": end});
            for (key, value) in dimensions {
                point[key] = json!(value);
            }
            if metrics.is_empty() || metrics.contains("VOLUME") {
                point["volume"] = json!(volume);
            }
            if metrics.is_empty() || metrics.contains("COST") {
                point["cost"] = json!(rounded(cost));
            }
            point
        })
        .collect();
    Ok(json!({"data": [{"data_points": points}]}))
}

fn conversations(core: &Core, waba: &Waba, query: &Query) -> Result<Value, Refusal> {
    let (start, end, name) = query.period(GRAINS)?;
    let metrics = query.enums("metric_types", &["COST", "CONVERSATION"])?;
    let dimensions = query.enums(
        "dimensions",
        &[
            "CONVERSATION_CATEGORY",
            "CONVERSATION_DIRECTION",
            "CONVERSATION_TYPE",
            "COUNTRY",
            "PHONE",
        ],
    )?;
    let rows = sums(
        core,
        waba,
        query,
        (start, end, &name),
        |_| true,
        |p| {
            let direction = if p.category == "SERVICE" {
                "USER_INITIATED"
            } else {
                "BUSINESS_INITIATED"
            }
            .to_owned();
            let kind = match p.kind.as_str() {
                "FREE_ENTRY_POINT" => "FREE_ENTRY_POINT",
                "FREE_CUSTOMER_SERVICE" => "FREE_TIER",
                _ => "REGULAR",
            };
            let all = [
                (
                    "CONVERSATION_CATEGORY",
                    "conversation_category",
                    p.category.clone(),
                ),
                ("CONVERSATION_DIRECTION", "conversation_direction", direction),
                ("CONVERSATION_TYPE", "conversation_type", kind.to_owned()),
                ("COUNTRY", "country", p.country.clone()),
                ("PHONE", "phone_number", p.phone.clone()),
            ];
            all.into_iter()
                .filter(|(d, ..)| dimensions.contains(*d))
                .map(|(_, k, v)| (k, v))
                .collect()
        },
    );
    let points: Vec<Value> = rows
        .into_iter()
        .map(|(((start, end), dimensions), (volume, cost))| {
            let mut point = json!({"start": start, "end": end});
            for (key, value) in dimensions {
                point[key] = json!(value);
            }
            if metrics.is_empty() || metrics.contains("CONVERSATION") {
                point["conversation"] = json!(volume);
            }
            if metrics.is_empty() || metrics.contains("COST") {
                point["cost"] = json!(rounded(cost));
            }
            point
        })
        .collect();
    Ok(json!({"data": [{"data_points": points}]}))
}

fn templates(core: &Core, waba: &Waba, query: &Query) -> Result<Value, Refusal> {
    if !waba.insights {
        return Err(Refusal::of(
            200_007,
            Some("Template insights are not enabled for this account.".into()),
        ));
    }
    let (start, end, _) = query.period(&["DAILY"])?;
    let ids = query.list("template_ids");
    if ids.is_empty() || ids.len() > 10 {
        return Err(Refusal::parameter(
            "Param template_ids must be a list of 1 to 10 template ids.",
        ));
    }
    if end - start > 90 * DAY {
        return Err(Refusal::parameter(
            "Template analytics look back 90 days at most.",
        ));
    }
    if let Some(id) = ids
        .iter()
        .find(|id| core.world.templates.get(*id).is_none_or(|t| t.waba_id != waba.id))
    {
        return Err(Refusal::missing("GET", id));
    }
    let first = start - start.rem_euclid(DAY);
    let mut points = Vec::new();
    for (at, rows) in core.world.meter.templates.range(first..end) {
        for (id, day) in rows.iter().filter(|(id, _)| ids.contains(*id)) {
            let clicked: Vec<Value> = day
                .clicked
                .iter()
                .map(|(text, count)| json!({"type": "quick_reply_button", "button_content": text, "count": count}))
                .collect();
            points.push(
                json!({"template_id": id, "start": at, "end": at + DAY, "sent": day.sent,
                "delivered": day.delivered, "read": day.read, "replied": day.replied, "clicked": clicked,
                "cost": [{"type": "amount_spent", "value": rounded(day.cost)}]}),
            );
        }
    }
    Ok(json!({"data": [{"granularity": "DAILY", "product_type": "cloud_api", "data_points": points}]}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_taken_apart() {
        let query =
            Query::parse("analytics.start(1).end(99).granularity(DAY).country_codes([\"GB\", \"US\"])");
        assert_eq!(query.name, "analytics");
        assert_eq!(
            query.list("country_codes"),
            ["GB".to_owned(), "US".to_owned()].into()
        );
        assert!(query.period(&["DAILY"]).is_err());
        assert_eq!(query.period(&["DAY"]).ok(), Some((1, 99, "DAY".to_owned())));
        assert!(Query::parse("analytics.end(1)").period(&["DAY"]).is_err());
        // 2026-12-15 lies in a month that ends with the year.
        assert_eq!(grain(1_797_292_800, "MONTHLY"), (1_796_083_200, 1_798_761_600));
    }
}
