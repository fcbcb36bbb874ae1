//! What can go wrong here, in one place.

use kernel::Error;
use poem::http::StatusCode;

/// One variant a reason.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The tenant has connected the number already.
    #[error("the number is connected already")]
    NumberTaken,
    /// Another tenant's connection test has passed later.
    #[error("the number is another tenant's now")]
    NumberLost,
    /// Simulated numbers need the simulator.
    #[error("no simulator runs here")]
    NoSimulator,
    /// Graph refused, or did not answer.
    #[error(transparent)]
    WhatsApp(#[from] cloud_api::error::Error),
}

impl From<ChannelError> for Error {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::NumberTaken => Self::conflict(
                "number_taken",
                "You have connected this phone number id already. A number can be connected only once.",
            ),
            ChannelError::NumberLost => Self::conflict(
                "number_lost",
                "Another account has since verified this number. If it is yours, run the connection test again: the most recent passed test decides.",
            ),
            ChannelError::NoSimulator => Self::invalid(
                "kind",
                "simulated numbers need the built-in simulator, which does not run here",
            ),
            ChannelError::WhatsApp(error) => Self::new(
                StatusCode::BAD_GATEWAY,
                "whatsapp_refused",
                sentences::explain(&error).to_string(),
            ),
        }
    }
}
