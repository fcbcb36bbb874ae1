//! How a live connection ends: the closing handshake of RFC 6455, with a code that says why.

use std::{io, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{
    Error, Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use super::upgrade::Stream;

/// Timeout of the client's part of the closing handshake.
const REPLY: Duration = Duration::from_secs(2);
/// Bytes and time for draining the client's data after our Close frame. A connection dropped with unread bytes is reset, and the
/// client may lose the Close frame.
const DRAIN: (usize, Duration) = (64 << 10, Duration::from_secs(1));

/// Why a connection ends.
#[derive(Debug)]
pub(super) enum Ending {
    /// The connection is broken; no Close frame can be sent.
    Lost,
    /// The client has sent a Close frame, which is answered with its own code.
    ByClient,
    /// The client violated the protocol; code and reason.
    Violation(CloseCode, &'static str),
    /// The server ends it; code and reason.
    ByServer(CloseCode, &'static str),
}

impl Ending {
    /// What a failed read means.
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::Capacity(_) => Self::Violation(CloseCode::Size, "the message is longer than 16 kB"),
            Error::Utf8(_) => Self::Violation(CloseCode::Invalid, "the text is not UTF-8"),
            Error::Protocol(error) if !lost(error) => {
                Self::Violation(CloseCode::Protocol, "this is not the WebSocket protocol")
            }
            _ => Self::Lost,
        }
    }

    /// The process stops.
    pub(super) fn stopping() -> Self {
        Self::ByServer(CloseCode::Away, "the server is stopping; connect again")
    }

    /// The credentials are no longer valid for the connection's events.
    pub(super) fn signed_out() -> Self {
        Self::ByServer(
            CloseCode::Policy,
            "the session has ended or its permissions have changed",
        )
    }

    /// The event stream has ended.
    pub(super) fn broken() -> Self {
        Self::ByServer(CloseCode::Error, "the events cannot be read; connect again")
    }

    /// Closes the connection. Takes a few seconds at most, whatever the client does.
    pub(super) async fn carry_out(self, mut stream: Stream) {
        match self {
            Self::Lost => return,
            Self::ByClient => {
                // The reply waits in the stream's buffer.
                let _ = tokio::time::timeout(REPLY, stream.flush()).await;
            }
            Self::Violation(code, reason) => {
                let _ = tokio::time::timeout(REPLY, say(&mut stream, code, reason)).await;
            }
            Self::ByServer(code, reason) => {
                let told = tokio::time::timeout(REPLY, async {
                    say(&mut stream, code, reason).await?;
                    // Until the client has answered or disconnected.
                    while let Some(Ok(message)) = stream.next().await
                        && !message.is_close()
                    {}
                    Ok::<_, Error>(())
                });
                let _ = told.await;
            }
        }
        let _ = tokio::time::timeout(DRAIN.1, drain(&mut stream)).await;
    }
}

/// Whether the error only means that the connection is broken.
fn lost(error: &tokio_tungstenite::tungstenite::error::ProtocolError) -> bool {
    use tokio_tungstenite::tungstenite::error::ProtocolError;
    matches!(
        error,
        ProtocolError::ResetWithoutClosingHandshake | ProtocolError::SendAfterClosing
    )
}

async fn say(stream: &mut Stream, code: CloseCode, reason: &'static str) -> Result<(), Error> {
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    stream.send(Message::Close(Some(frame))).await
}

/// Ends our half of the connection and reads what is left of the other.
async fn drain(stream: &mut Stream) -> io::Result<()> {
    let raw = stream.get_mut();
    raw.shutdown().await?;
    let (mut buffer, mut left) = ([0; 2 << 10], DRAIN.0);
    while left > 0 {
        match raw.read(&mut buffer).await? {
            0 => break,
            read => left = left.saturating_sub(read),
        }
    }
    Ok(())
}
