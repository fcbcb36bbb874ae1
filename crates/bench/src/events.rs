//! Webhook bodies as WhatsApp sends them, one event each, prepared and signed in advance (Cloud API: webhook envelope).

use std::{
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use secrecy::SecretString;

use crate::{
    http::Event,
    tenants::{Tenant, customer},
};

/// One in four is a message; the others are statuses, three for a message sent (performance: three webhooks a message out).
const ONE_IN: u64 = 4;
const STATUSES: [&str; 3] = ["sent", "delivered", "read"];

/// Makes events, each another one than all before.
#[derive(Debug)]
pub struct Events {
    tenants: Vec<Arc<Tenant>>,
    /// Messages that were really sent, by tenant: (phone number id, wamid).
    sent: Vec<Vec<(String, String)>>,
    serial: AtomicU64,
    at: i64,
}

/// Who is to receive them.
#[derive(Clone, Copy, Debug)]
pub enum Receiver<'a> {
    /// The platform: each tenant's own path and secret.
    Platform,
    /// A shape: one path and one secret.
    Shape(&'a SecretString),
}

impl Events {
    /// For these tenants; `sent` are messages of theirs, phone number id and wamid; `at` is the time in them, Unix seconds.
    pub fn new(tenants: Vec<Arc<Tenant>>, sent: &[(String, String)], at: i64) -> Self {
        let sent = tenants
            .iter()
            .map(|tenant| {
                let own = |phone: &str| tenant.numbers.iter().any(|number| number.phone_id == phone);
                sent.iter().filter(|(phone, _)| own(phone)).cloned().collect()
            })
            .collect();
        Self {
            tenants,
            sent,
            serial: AtomicU64::new(0),
            at,
        }
    }

    /// The next `count`.
    pub fn make(&self, count: usize, receiver: Receiver<'_>) -> Vec<Event> {
        let first = self.serial.fetch_add(count as u64, Ordering::Relaxed);
        (first..first + count as u64)
            .map(|serial| {
                let which = usize::try_from(serial / ONE_IN).unwrap_or(0) % self.tenants.len();
                let tenant = &self.tenants[which];
                let message = serial.is_multiple_of(ONE_IN);
                let value = if message {
                    self.message(tenant, serial)
                } else {
                    self.status(which, serial)
                };
                event(tenant, value, message, receiver)
            })
            .collect()
    }

    /// One message of `text` from a customer to the tenant's first number.
    pub fn text(&self, which: usize, from: usize, text: &str) -> Event {
        let tenant = &self.tenants[which];
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let value = text_value(&tenant.numbers[0].phone_id, from, serial, text, self.at);
        event(tenant, value, true, Receiver::Platform)
    }

    fn message(&self, tenant: &Tenant, serial: u64) -> String {
        let spread = usize::try_from(serial).unwrap_or(0);
        let number = &tenant.numbers[spread / 16 % tenant.numbers.len()];
        // A few thousand people, each of whom writes again and again.
        text_value(
            &number.phone_id,
            spread / 16 % 5_000,
            serial,
            "Is my order on its way?",
            self.at,
        )
    }

    fn status(&self, which: usize, serial: u64) -> String {
        let (tenant, sent) = (&self.tenants[which], &self.sent[which]);
        let spread = usize::try_from(serial / ONE_IN).unwrap_or(0) / self.tenants.len();
        let status =
            STATUSES[usize::try_from(serial % ONE_IN).unwrap_or(1).saturating_sub(1) % STATUSES.len()];
        let unknown = || {
            (
                tenant.numbers[0].phone_id.clone(),
                format!("wamid.NOTOURS{spread:012}"),
            )
        };
        let (phone, wamid) = match sent.len() {
            0 => unknown(),
            known => sent[spread % known].clone(),
        };
        // Once every message has been told of, the same statuses come with another time: other events, as WhatsApp's
        // repetitions with a change are.
        let at = self.at + i64::try_from(spread / sent.len().max(1)).unwrap_or(0);
        let recipient = customer(spread % 10_000);
        format!(
            r#"{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"447800000000","phone_number_id":"{phone}"}},"statuses":[{{"id":"{wamid}","status":"{status}","timestamp":"{at}","recipient_id":"{recipient}","conversation":{{"id":"c0ffee","origin":{{"type":"utility"}}}},"pricing":{{"billable":true,"pricing_model":"PMP","category":"utility"}}}}]}}"#
        )
    }
}

fn text_value(phone: &str, from: usize, serial: u64, text: &str, at: i64) -> String {
    let from = customer(from);
    format!(
        r#"{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"447800000000","phone_number_id":"{phone}"}},"contacts":[{{"profile":{{"name":"Customer {from}"}},"wa_id":"{from}"}}],"messages":[{{"from":"{from}","id":"wamid.BENCH{serial:014}","timestamp":"{at}","type":"text","text":{{"body":"{text}"}}}}]}}"#
    )
}

fn event(tenant: &Tenant, value: String, message: bool, receiver: Receiver<'_>) -> Event {
    let waba = &tenant.waba_id;
    let body = Bytes::from(format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{waba}","changes":[{{"field":"messages","value":{value}}}]}}]}}"#
    ));
    let (path, secret) = match receiver {
        Receiver::Platform => (tenant.webhook_path.clone(), &tenant.app_secret),
        Receiver::Shape(secret) => ("/webhook".to_owned(), secret),
    };
    Event {
        path,
        signature: cloud_api::signature::sign(secret, &body),
        body,
        message,
    }
}
