//! What the platform does about an error automatically (Cloud API: error code table).

/// What a platform does about an error by itself, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Sends again with backoff, at most a few times.
    Retry,
    /// Waits as long as the details say, then allows another try.
    Wait,
    /// Slows everything of the app down.
    SlowDownApp,
    /// Slows management calls of the account down.
    SlowDownAccount,
    /// Slows the number down and sends again.
    SlowDownNumber,
    /// Slows messages to this person down and sends again.
    SlowDownContact,
    /// Sends again after a day at the earliest, at most twice.
    SendTomorrow,
    /// Stops the number for a few minutes.
    PauseNumber,
    /// Stops campaigns of the portfolio for an hour or more.
    PauseCampaigns,
    /// Stops templates of the account until WhatsApp lifts the limit.
    PauseTemplates,
    /// Stops this template.
    PauseTemplate,
    /// Stops everything of the connection until its token or permissions are mended.
    HoldConnection,
    /// Stops the number until somebody has acted.
    HoldNumber,
    /// Stops the account until somebody has acted or WhatsApp lifts the block.
    HoldAccount,
    /// Notes that the business has blocked this person.
    BlockContact,
    /// Notes that the person wants no marketing.
    StopMarketing,
    /// Counts towards the person being unreachable.
    CountUndeliverable,
    /// Leaves this person out; the message itself is fine.
    SkipContact,
    /// Leaves the person's country out.
    SkipCountry,
    /// Sends again once, with the file uploaded instead of linked.
    UploadAgain,
    /// Shows the customer's message as one that could not be passed on.
    ShowPlaceholder,
    /// Nothing: it is as good as done.
    Ignore,
    /// Fails this message.
    Fail,
}

impl Action {
    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Wait => "wait",
            Self::SlowDownApp => "slow_down_app",
            Self::SlowDownAccount => "slow_down_account",
            Self::SlowDownNumber => "slow_down_number",
            Self::SlowDownContact => "slow_down_contact",
            Self::SendTomorrow => "send_tomorrow",
            Self::PauseNumber => "pause_number",
            Self::PauseCampaigns => "pause_campaigns",
            Self::PauseTemplates => "pause_templates",
            Self::PauseTemplate => "pause_template",
            Self::HoldConnection => "hold_connection",
            Self::HoldNumber => "hold_number",
            Self::HoldAccount => "hold_account",
            Self::BlockContact => "block_contact",
            Self::StopMarketing => "stop_marketing",
            Self::CountUndeliverable => "count_undeliverable",
            Self::SkipContact => "skip_contact",
            Self::SkipCountry => "skip_country",
            Self::UploadAgain => "upload_again",
            Self::ShowPlaceholder => "show_placeholder",
            Self::Ignore => "ignore",
            Self::Fail => "fail",
        }
    }
}
