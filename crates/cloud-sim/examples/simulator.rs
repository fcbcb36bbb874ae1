//! The simulator alone: `cargo run -p cloud-sim --example simulator -- 127.0.0.1:8099 http://127.0.0.1:8080/hook`.
//! Prints what it provisioned as one line of JSON.

use cloud_sim::{Profile, Provision, SimConfig, Simulator};
use poem::Server;
use poem::listener::TcpListener;

#[expect(clippy::disallowed_methods, reason = "an example is its own composition root")]
fn http() -> Result<reqwest::Client, reqwest::Error> {
    // Only the first caller installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8099".into());
    let config = SimConfig {
        public_url: format!("http://{address}"),
        ..SimConfig::profile(Profile::Fast)
    };
    let simulator = Simulator::new(config.with_http(http()?));
    let account = simulator.provision(&Provision {
        callback_url: arguments.next(),
        ..Provision::default()
    })?;
    println!("{}", serde_json::to_string(&account)?);
    Server::new(TcpListener::bind(address))
        .run(simulator.routes())
        .await?;
    simulator.shutdown().await;
    Ok(())
}
