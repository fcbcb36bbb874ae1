//! The bound of sending: hyper connections that post the same requests as the Cloud API client, without the client: no pool, no
//! limit checks, only the status of the response is read.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use secrecy::ExposeSecret;

use super::Workers;
use crate::{
    http::{Poster, address},
    tenants::{Tenant, customer, numbers},
    world::World,
};

/// Starts it with `concurrency` connections, one request on each at a time.
///
/// # Errors
/// When the simulator takes no more connections.
pub async fn start(world: &World, tenants: &[Arc<Tenant>], concurrency: usize) -> anyhow::Result<Workers> {
    let from: Vec<(String, String)> = numbers(tenants)
        .into_iter()
        .map(|(tenant, number)| {
            let path = format!("/v25.0/{}/messages", tenant.numbers[number].phone_id);
            (path, format!("Bearer {}", tenant.token.expose_secret()))
        })
        .collect();
    let (from, next) = (Arc::new(from), Arc::new(AtomicUsize::new(0)));
    let mut posters = Vec::with_capacity(concurrency);
    for _ in 0..concurrency {
        posters.push(Poster::connect(address(&world.sim.base)).await?);
    }
    let mut workers = Workers::default();
    for mut poster in posters {
        let (from, next) = (from.clone(), next.clone());
        workers.spawn(|stop| async move {
            while !stop.asked() {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let (path, token) = &from[index % from.len()];
                let to = customer(index);
                let body = format!(
                    r#"{{"messaging_product":"whatsapp","recipient_type":"individual","to":"{to}","type":"template","template":{{"name":"hello_world","language":{{"code":"en_US"}}}}}}"#
                );
                poster.send(path, ("authorization", token), Bytes::from(body)).await?;
            }
            Ok(())
        });
    }
    Ok(workers)
}
