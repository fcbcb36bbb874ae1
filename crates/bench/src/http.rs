//! Posts webhooks over kept-alive connections with hyper's bare client: posting must be cheap, because it shares the machine
//! with what is measured.

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One webhook, signed and ready to be posted.
#[derive(Clone, Debug)]
pub struct Event {
    /// Path of the receiver.
    pub path: String,
    /// The body.
    pub body: Bytes,
    /// `X-Hub-Signature-256`.
    pub signature: String,
    /// Whether it brings a message; else it is a status.
    pub message: bool,
}

/// One connection.
#[derive(Debug)]
pub struct Poster {
    sender: SendRequest<Full<Bytes>>,
    address: String,
}

impl Poster {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("nobody answers at {address}"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            address: address.to_owned(),
        })
    }

    /// Posts one webhook and reads the whole answer; its HTTP status.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn post(&mut self, event: &Event) -> anyhow::Result<u16> {
        let signature = ("x-hub-signature-256", event.signature.as_str());
        self.send(&event.path, signature, event.body.clone()).await
    }

    /// Posts JSON with one header more and reads the whole answer; its HTTP status.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn send(&mut self, path: &str, header: (&str, &str), body: Bytes) -> anyhow::Result<u16> {
        let request = Request::post(path)
            .header(HOST, &self.address)
            .header(CONTENT_TYPE, "application/json")
            .header(header.0, header.1)
            .body(Full::new(body))?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status().as_u16();
        answer.into_body().collect().await?;
        Ok(status)
    }
}

/// `host:port` of an `http://` address.
pub fn address(base: &str) -> &str {
    base.trim_start_matches("http://").trim_end_matches('/')
}
