//! A client of the live stream.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

/// How long a test waits for a frame.
const TIMEOUT: Duration = Duration::from_secs(20);

/// One WebSocket to `/api/v1/live`.
#[derive(Debug)]
pub struct LiveSocket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Of the last frame read.
    pub cursor: i64,
    /// The first frame.
    pub hello: Value,
}

impl LiveSocket {
    /// Opens it and reads `hello`.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn open(base: &str, key: &str, cursor: Option<i64>) -> Result<Self, Error> {
        let cursor = cursor.map(|cursor| format!("cursor={cursor}"));
        Self::open_with(base, key, &cursor.unwrap_or_default()).await
    }

    /// Opens it with parameters and reads `hello`.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn open_with(base: &str, key: &str, query: &str) -> Result<Self, Error> {
        let address = format!("{}/api/v1/live?{query}", base.replacen("http", "ws", 1));
        let mut request = address.into_client_request()?;
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {key}").parse().unwrap());
        let (stream, _) = tokio_tungstenite::connect_async(request).await?;
        let mut socket = Self {
            stream,
            cursor: 0,
            hello: Value::Null,
        };
        socket.hello = socket.frame().await;
        assert_eq!(socket.hello["type"], "hello");
        socket.cursor = socket.hello["cursor"].as_i64().unwrap();
        Ok(socket)
    }

    /// The next frame that is not a ping.
    ///
    /// # Panics
    /// When none comes, or the server closes.
    pub async fn frame(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(TIMEOUT, self.stream.next())
                .await
                .expect("a frame in time");
            let Message::Text(text) = message.expect("an open stream").unwrap() else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["type"] != "ping" {
                return frame;
            }
        }
    }

    /// Resolves when the server has closed the stream.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn closed(&mut self) {
        let closing = async {
            while let Some(Ok(message)) = self.stream.next().await
                && !message.is_close()
            {}
        };
        tokio::time::timeout(TIMEOUT, closing)
            .await
            .expect("the server closes the stream in time");
    }

    /// The next event of this name.
    ///
    /// # Panics
    /// When it does not come in time, whatever else comes.
    pub async fn event(&mut self, name: &str) -> Value {
        let wanted = async {
            loop {
                let frame = self.frame().await;
                self.cursor = frame["seq"].as_i64().unwrap_or(self.cursor);
                if frame["name"] == name {
                    return frame["payload"].clone();
                }
            }
        };
        tokio::time::timeout(TIMEOUT, wanted)
            .await
            .unwrap_or_else(|_| panic!("no {name} in time"))
    }
}
