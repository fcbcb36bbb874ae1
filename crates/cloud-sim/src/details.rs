//! Titles and details of errors as sent on the wire (Cloud API: small reference data).

/// The title of a code.
pub fn title(code: i64) -> &'static str {
    match code {
        130_403 => "Business blocked the user",
        131_009 => "Parameter value is not valid",
        131_048 => "Spam rate limit hit",
        131_049 => "This message was not delivered to maintain healthy ecosystem engagement",
        131_050 => "User has stopped receiving marketing messages",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        132_000 => "Number of parameters does not match the expected number of params",
        132_001 => "Template name does not exist in the translation",
        132_012 => "Template parameter format mismatch",
        100 => "Invalid parameter",
        code => cloud_api::codes::advice(code).title,
    }
}

/// The details of a code where clients match on them.
pub fn of(code: i64) -> Option<&'static str> {
    Some(match code {
        130_429 => "Cloud API message throughput has been reached.",
        130_472 => "Failed to send message because this user's phone number is part of an experiment",
        131_021 => "Recipient phone number cannot be the sender phone number.",
        131_026 => "Message Undeliverable.",
        131_030 => "Recipient phone number not in allowed list",
        131_031 => "Business account has been locked.",
        131_042 => {
            "Message failed to send because there were one or more errors related to your payment method."
        }
        131_047 => {
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
        }
        131_048 => {
            "Message failed to send because there are restrictions on how many messages can be sent from this phone \
             number. This may be because too many previous messages were blocked or flagged as spam."
        }
        131_049 => "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        131_050 => {
            "Unable to deliver the message. The recipient has chosen to stop receiving marketing messages."
        }
        131_053 => "Downloading media from weblink failed with http code 403, status message Forbidden",
        131_056 => {
            "Message failed to send because there were too many messages sent from this phone number to the same phone \
             number in a short period of time."
        }
        131_062 => "Authentication templates cannot be sent to a business-scoped user id.",
        133_010 => "The account is not registered.",
        _ => return None,
    })
}
