//! The sentences that the platform says to people, each under a word that stays: the API sends the word beside the English
//! sentence, and the portal says it in its reader's language (`web/src/i18n/terms.*.json`, a test compares).

use serde::{Deserialize, Serialize};

/// The list: word and English. `{{until}}` is a blank that a parameter of this name fills.
macro_rules! terms {
    ($($name:ident = $english:literal;)*) => {
        /// Which sentence it is. A word never changes its meaning; there may be more of them one day.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, poem_openapi::Enum)]
        #[serde(rename_all = "snake_case")]
        #[oai(rename_all = "snake_case")]
        pub enum Term {
            $(#[doc = $english] $name,)*
        }

        impl Term {
            /// All of them.
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The English sentence, with its blanks.
            pub const fn english(self) -> &'static str {
                match self {
                    $(Self::$name => $english,)*
                }
            }
        }
    };
}

terms! {
    // What every part of the platform may say.
    Code = "{{code}}";
    Refused = "(WhatsApp said: {{said}}, code {{code}})";
    NamedCode = "(code {{code}})";
    Said = "{{said}}";
    Unreachable = "{{error}}. Check the address and the network, then try again.";
    OwnError = "{{error}}";

    // What became of an account.
    AccountDeleted = "The WhatsApp Business Account was deleted";
    NumbersNeedAnotherAccount = "Its numbers cannot send any more. Connect them under another account.";
    AccountRestricted = "WhatsApp restricts the account";
    MayNotWriteFirst = "It may not write to people first.";
    MayNotWriteFirstUntil = "It may not write to people first until {{until}}.";
    MayNotAnswer = "It may not answer people.";
    MayNotAnswerUntil = "It may not answer people until {{until}}.";
    MayNotAddNumbers = "It may not get more numbers.";
    MayNotAddNumbersUntil = "It may not get more numbers until {{until}}.";
    SomethingNotAllowed = "Something is not allowed.";
    SomethingNotAllowedUntil = "Something is not allowed until {{until}}.";
    ReviewInManager = "Look at it in WhatsApp Manager, where you can ask for a review.";
    AppDisconnected = "The phone app disconnected the number";
    ConnectInApp = "Nothing can be sent by this platform until it is connected again in the WhatsApp Business app.";
    AppReconnected = "The number is connected to this platform again";
    RuleBroken = "WhatsApp says the account broke its rules: {{rule}}";
    RuleBrokenUnnamed = "WhatsApp says the account broke its rules: a rule that is not named";
    StopBreaking = "Stop what breaks the rule: a repetition leads to restrictions.";
    AccountDisabled = "WhatsApp disabled the account";
    NumbersCannotSend = "Its numbers cannot send. Ask for a review in WhatsApp Manager (Business Support Home).";
    AccountReinstated = "The account may send again";
    AccountToBeDisabledOn = "WhatsApp will disable the account on {{date}}";
    AccountToBeDisabled = "WhatsApp will disable the account soon";
    ReviewBefore = "Ask for a review in WhatsApp Manager (Business Support Home) before it does.";
    BanChanged = "Something about a ban of the account changed";
    LookInManager = "Look at it in WhatsApp Manager.";
    BusinessVerified = "The business is verified";
    PartnerAdded = "A partner has access to the account";
    PartnerAppAdded = "A partner's app has access to the account";
    PartnerRemoved = "A partner lost access to the account";
    PartnerAppRemoved = "A partner's app lost access to the account";
    Reason = "Reason: {{reason}}.";
    DoneBy = "By: {{who}}.";
    Certification = "A client's certification: {{status}}";
    AdAccountLinked = "An advertising account was linked";
    MarketingTermsAccepted = "The terms of the Marketing Messages API were accepted";
    AuthAbroadPriced = "Authentication messages abroad will have a price of their own";
    FromDay = "From {{date}} on.";
    PrimaryCountry = "The business's primary country is {{country}}";
    VolumeTier = "A new volume tier for {{category}} messages: {{tier}}";
    VolumeTierWhere = "Market {{market}}, month {{month}}.";
    AccountTold = "WhatsApp told of the account: {{event}}";
    AccountApproved = "WhatsApp approved the account";
    AccountRefused = "WhatsApp refused the account";
    NumbersCannotSendAnotherReview = "Its numbers cannot send. Ask for another review in WhatsApp Manager (Business Support Home).";
    AccountDecidedLater = "WhatsApp will decide later about the account";
    AccountReviewed = "WhatsApp reviews the account";

    // Why a number sends nothing, or may only answer.
    HeldDeleted = "The WhatsApp Business Account was deleted. Connect the number under another account.";
    HeldDisabled = "WhatsApp disabled the account. Ask for a review in WhatsApp Manager (Business Support Home).";
    HeldRefused = "WhatsApp refused the account. Ask for another review in WhatsApp Manager (Business Support Home).";
    HeldDisconnected = "The phone app disconnected the number. Connect it again in the WhatsApp Business app.";
    HeldLost = "Another account has since verified this number and now receives its messages. If it is yours, run the connection test again: the most recent passed test decides. Otherwise remove that account's access in Meta Business settings.";
    RestrictedNow = "WhatsApp restricts the account.";
    ManagerSaysWhy = "WhatsApp Manager (Business Support Home) says why, and takes a request for a review.";
    LimitReached = "The daily messaging limit is reached: WhatsApp lets this business write first to {{limit}} people in 24 hours. What waits goes on by itself; replies within the 24-hour window are not affected. The limit grows with use and good quality, and with the verification of the business.";

    // What became of a number.
    NumberLost = "The number {{number}} is connected to another account now";
    MessagingLimit = "Messaging limit: {{limit}}";
    LimitsChanged = "The account's limits changed";
    NumbersAllowed = "The account may have {{count}} numbers.";
    ThroughputRose = "The number may send 1000 messages a second";
    NumberReady = "The number is ready";
    NumberReadyLimit = "The number is ready: {{limit}}";
    LimitRose = "The messaging limit rose";
    LimitRoseTo = "The messaging limit rose: {{limit}}";
    LimitFell = "The messaging limit fell";
    LimitFellTo = "The messaging limit fell: {{limit}}";
    QualityLow = "The number's quality is low";
    WriteLess = "People block or report its messages. Write less often, only to people who asked for it, and with content they expect.";
    QualityBetter = "The number's quality is better again";
    NumberLimitsChanged = "The number's limits changed";
    NumberLimitsChangedTo = "The number's limits changed: {{limit}}";
    MessagingLimitNow = "Messaging limit: {{limit}}.";
    NameApproved = "Customers see the name “{{name}}” now";
    NameRefused = "WhatsApp refused the name “{{name}}”";
    AnotherName = "Reason: {{reason}}. Ask for another name in WhatsApp Manager.";
    AnotherNameUntold = "Reason: not told. Ask for another name in WhatsApp Manager.";
    NameDecidedLater = "WhatsApp will decide later about the name “{{name}}”";
    NameReviewed = "WhatsApp looks at the name “{{name}}”";
    OfficialApproved = "The official business account was approved";
    OfficialRefused = "The official business account was refused";
    PictureLost = "The profile picture is lost: upload it again";
    Alert = "WhatsApp alert: {{kind}}";
    PinChanged = "The two-step verification PIN of the number was changed";
    PinChangedByOthers = "If nobody of you did this, set a new PIN in WhatsApp Manager.";
    PinOffAsked = "Somebody asked to switch two-step verification off";
    PinOffAskedByOthers = "If nobody of you did this, cancel it in WhatsApp Manager and look at who has access to the business.";
    PinOff = "Two-step verification of the number is off";
    PinOffByOthers = "If nobody of you did this, set a PIN in WhatsApp Manager at once: without it the number can be taken over.";
    SecurityChanged = "Something about the number's security changed";

    // What became of forms, people and the phone app's own data.
    FlowIs = "Flow {{flow}} is {{status}} now";
    FlowOver = "Flow {{flow}}: {{event}} is over";
    FlowTold = "Flow {{flow}}: {{event}}";
    MarketingStopped = "{{person}} wants no more marketing";
    MarketingResumed = "{{person}} wants marketing again";
    MarketingSignedUp = "{{person}} signed up for marketing";
    PreferenceChanged = "{{person}} changed a preference";
    NewUserId = "{{person}} has a new WhatsApp user id";
    AndMore = "(and {{count}} more)";
    AppContacts = "Contacts taken over from the phone's address book: {{count}}";
    HistoryDeclined = "The business did not share its chat history";
    HistoryCame = "Messages of the phone's history that came: {{count}}";
    HistoryProgress = "{{percent}} % of the history are here.";
    ErrorReported = "WhatsApp reports an error: {{title}}";
    ErrorReportedUnnamed = "WhatsApp reports an error: Unknown error";
    FieldTold = "WhatsApp told of {{field}}";

    // What became of templates.
    TemplateApproved = "Template {{template}} can be sent";
    TemplateRefused = "Template {{template}} was refused";
    TemplatePending = "Template {{template}} is being looked at";
    TemplateBack = "Template {{template}} can be sent again";
    TemplatePaused = "Template {{template}} is paused";
    TemplateDisabled = "Template {{template}} is disabled for good";
    MakeAnotherTemplate = "Too many people blocked or reported it. Make another one.";
    TemplateFlagged = "Template {{template}} has low quality";
    TemplateWillBeDisabled = "WhatsApp will disable it if that stays so.";
    TemplateInAppeal = "Template {{template}} is being looked at again";
    TemplateBeingDeleted = "Template {{template}} is being deleted";
    TemplateDeleted = "Template {{template}} is deleted";
    TemplateNameLocked = "Its name cannot be used for 30 days.";
    TemplatesFull = "Template {{template}} could not be made: the account has too many";
    DeleteTemplates = "Delete templates that are no longer used.";
    TemplateLocked = "Template {{template}} is locked and cannot be edited";
    TemplateArchived = "Template {{template}} was put away, since nobody sent it for long";
    TemplateNewState = "Template {{template}} has a new state";
    TemplateQuality = "Quality of template {{template}}: {{quality}}";
    TemplateQualityFell = "It was {{previous}}. People block or report it: send it less often, or only to those who expect it, before WhatsApp pauses it.";
    TemplateContentChanged = "The content of template {{template}} was changed";
    LookBeforeSending = "Look at it before it is sent again.";
    TemplateWillBeFiled = "Template {{template}} will become {{category}}";
    TemplateFiledNow = "It is filed under {{category}} now. Prices follow the category. Ask WhatsApp for a review if you disagree.";
    TemplateFiled = "Template {{template}} is {{category}} now";
    TemplateWasFiled = "It was {{category}}. Prices follow the category.";
    TemplateMisfiled = "WhatsApp holds template {{template}} to be {{category}}";
    CorrectCategory = "It is filed under {{category}}. Too many wrong categories limit the account: correct it.";
    TemplateChanged = "Template {{template}} changed";

    // Why a message did not leave, for a reason of our own.
    NotReached = "{{error}}";
    NumberRemoved = "The number this message was to leave from has been removed.";
    NoAddress = "This contact has neither a phone number nor a WhatsApp user id any more.";
    PairLimit = "WhatsApp takes one message in six seconds for the same person.";
    ContentUnreadable = "The message's content could not be read back.";
    FileGone = "The file of this message is not there any more.";
    WindowClosed = "The 24-hour window closed before the message could leave.";
    PhoneNeeded = "An authentication template needs a phone number, and this contact's is not known.";
    MarketingNotWanted = "This contact asked for no more marketing.";
    NoReasonTold = "WhatsApp gave no reason.";

    // Why a received file is not there.
    NoFileNamed = "WhatsApp named no file.";
    FileNumberRemoved = "The number it was sent to has been removed.";
    FileAddressForeign = "WhatsApp named a download address that is not WhatsApp's.";
    FileDiffers = "The bytes that came are not the file that WhatsApp announced (SHA-256).";
    FileAddressDead = "WhatsApp's download address did not work.";
    FileBrokeOff = "The download broke off: {{error}}.";
    StoreAway = "The file store is out of reach.";
    FileTooLarge = "The file is larger than {{limit}} bytes.";

    // What a connection test finds.
    TokenValid = "The access token is valid.";
    NumberIs = "{{number}}, {{name}}.";
    NumberIsUnnamed = "{{number}}, no verified name yet.";
    AccountIs = "WhatsApp Business Account {{name}}.";
    CopyAccountId = "Copy the WhatsApp Business Account ID from Meta's WhatsApp Manager, and give the token's system user access to it.";
    NoWebAddress = "{{url}} is not an address.";
    SetPublicUrl = "Set the platform's public address (WAPRO_PUBLIC_URL).";
    WebhookWorks = "WhatsApp sends this account's messages and statuses to {{url}}.";
    WebhookUnreachable = "WhatsApp could not reach {{url}}. The address must be public, with a valid certificate. Or enter it with the verify token under Configuration of your Meta app, and subscribe to the field `messages`.";
    EndsAt = "It ends by itself at {{until}}.";
    EndsByWhatsapp = "WhatsApp tells when it has lifted this, and the number goes on by itself then. If you know that it is over, let it send again by hand.";
    NewToken = "Create a new token for a system user with the permissions whatsapp_business_messaging and whatsapp_business_management.";
    CopyNumberId = "Copy the Phone number ID (not the number itself) from API Setup of your Meta app, and give the token access to it.";
    CheckNetwork = "WhatsApp could not be reached from this server. Check its network.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    type Words = serde_json::Map<String, serde_json::Value>;

    fn words(language: &str) -> Words {
        let file = format!(
            "{}/../../web/src/i18n/terms.{language}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap()
    }

    fn blanks(sentence: &str) -> BTreeSet<String> {
        let after = sentence.split("{{").skip(1);
        after
            .filter_map(|rest| Some(rest.split_once("}}")?.0.to_owned()))
            .collect()
    }

    /// A term that the server says and the portal does not know would reach an Arabic reader in English.
    #[test]
    fn every_term_has_words_in_both_languages() {
        let arabic = |text: &str| text.chars().any(|c| ('\u{0600}'..='\u{06ff}').contains(&c));
        for language in ["en", "ar"] {
            let words = words(language);
            for term in Term::ALL {
                let name = serde_json::to_value(term).unwrap();
                let name = name.as_str().unwrap();
                let said = words.get(name).and_then(|said| said.as_str());
                let said = said.unwrap_or_else(|| panic!("{name} is not in terms.{language}.json"));
                let unknown: Vec<_> = blanks(said)
                    .difference(&blanks(term.english()))
                    .cloned()
                    .collect();
                assert!(
                    unknown.is_empty(),
                    "{language}: {name} has blanks that nobody fills: {unknown:?}"
                );
                let without = blanks(said).iter().fold(said.to_owned(), |text, blank| {
                    text.replace(&format!("{{{{{blank}}}}}"), "")
                });
                let empty = !without.chars().any(char::is_alphabetic);
                assert!(
                    empty || (language == "ar") == arabic(&without),
                    "{language}: {name}"
                );
            }
            assert_eq!(words.len(), Term::ALL.len(), "{language}: words that no term has");
        }
    }
}
