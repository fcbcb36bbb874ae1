//! Upgrades an HTTP request to a WebSocket. The framework's own upgrade hides why reading failed, which decides the close code.

use poem::{
    OnUpgrade, Request, Response, Upgraded,
    error::WebSocketError,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::derive_accept_key,
        protocol::{Role, WebSocketConfig},
    },
};
use tokio_util::task::TaskTracker;

/// The connection after the upgrade.
pub(super) type Stream = WebSocketStream<Upgraded>;

/// The longest message a client may send, in bytes. None is expected.
const MAX_MESSAGE: usize = 16 << 10;

/// A request for a WebSocket (RFC 6455, 4.2.1).
pub(super) struct Handshake {
    accept: HeaderValue,
    upgrade: OnUpgrade,
}

impl Handshake {
    /// Checks the request.
    ///
    /// # Errors
    /// When it is no WebSocket handshake of version 13 over HTTP/1.1.
    pub(super) fn of(request: &Request) -> Result<Self, WebSocketError> {
        let headers = request.headers();
        let version = headers.get(header::SEC_WEBSOCKET_VERSION);
        let key = headers.get(header::SEC_WEBSOCKET_KEY);
        let (Some(key), true) = (
            key,
            *request.method() == Method::GET
                && lists(headers, &header::UPGRADE, "websocket")
                && lists(headers, &header::CONNECTION, "upgrade")
                && version.is_some_and(|version| version == "13"),
        ) else {
            return Err(WebSocketError::InvalidProtocol);
        };
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
        Ok(Self {
            accept: accept.map_err(|_| WebSocketError::InvalidProtocol)?,
            upgrade: request
                .take_upgrade()
                .map_err(|_| WebSocketError::InvalidProtocol)?,
        })
    }

    /// The answer. Once it has been sent, `serve` gets the connection, in its own task in `tasks`.
    pub(super) fn accept<F, Fut>(self, tasks: &TaskTracker, serve: F) -> Response
    where
        F: FnOnce(Stream) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let upgrade = self.upgrade;
        tasks.spawn(async move {
            // The client has disconnected before the response reached it.
            if let Ok(raw) = upgrade.await {
                serve(WebSocketStream::from_raw_socket(raw, Role::Server, Some(buffers())).await).await;
            }
        });
        Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_ACCEPT, self.accept)
            .finish()
    }
}

/// Whether a list header contains this token, ignoring case.
fn lists(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(word))
}

/// Small buffers: thousands of sockets are open, each receives frames of a few hundred bytes and sends almost nothing.
fn buffers() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(2 << 10)
        .write_buffer_size(2 << 10)
        .max_write_buffer_size(1 << 20)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
}
