//! The sentences that the platform says to people, each under a term that stays: the API sends the term beside the English
//! sentence, and the portal says it in its reader's language. This is the only place of the English: `web/src/i18n/terms.en.json` is
//! generated from it (`make openapi`), and a test compares. `terms.ar.json` is written by hand.

use serde::{Deserialize, Serialize};

/// The list: term and English. `{{until}}` is a blank that a parameter of this name fills. A second text is what the portal says, where
/// the first has details for developers.
macro_rules! terms {
    ($($name:ident = $english:literal $(| $shown:literal)?;)*) => {
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

            /// What the portal says in English: the same with typographic quotes, without details for developers.
            #[cfg(test)]
            fn in_portal(self) -> String {
                let own = match self {
                    $(Self::$name => [$($shown,)? $english][0],)*
                };
                own.replace('\'', "’")
            }
        }
    };
}

terms! {
    // What every part of the platform may say.
    Code = "{{code}}";
    Refused = "WhatsApp says: “{{said}}” (code {{code}})";
    NamedCode = "Error code {{code}}";
    Said = "{{said}}";
    Unreachable = "{{error}}. Check the address and the network, then try again."
        | "WhatsApp could not be reached. Check the address and the network, then try again.";
    OwnError = "{{error}}"
        | "Something went wrong on our side. If it happens again, show the details to support.";

    // What became of an account.
    AccountDeleted = "The WhatsApp Business Account was deleted";
    NumbersNeedAnotherAccount = "Its numbers can no longer send. Connect them under another account.";
    AccountRestricted = "WhatsApp restricts the account";
    MayNotWriteFirst = "It cannot start conversations.";
    MayNotWriteFirstUntil = "It cannot start conversations until {{until}}.";
    MayNotAnswer = "It cannot reply to people.";
    MayNotAnswerUntil = "It cannot reply to people until {{until}}.";
    MayNotAddNumbers = "It cannot add more numbers.";
    MayNotAddNumbersUntil = "It cannot add more numbers until {{until}}.";
    SomethingNotAllowed = "Some actions are not allowed.";
    SomethingNotAllowedUntil = "Some actions are not allowed until {{until}}.";
    ReviewInManager = "See WhatsApp Manager for details and to request a review.";
    AppDisconnected = "The phone app disconnected the number";
    ConnectInApp = "This platform cannot send until the number is connected again in the WhatsApp Business app.";
    AppReconnected = "The number is connected to this platform again";
    RuleBroken = "WhatsApp says the account broke its rules: {{rule}}";
    RuleBrokenUnnamed = "WhatsApp says the account broke its rules (no rule named)";
    StopBreaking = "Stop what breaks the rule: repeating it leads to restrictions.";
    AccountDisabled = "WhatsApp disabled the account";
    NumbersCannotSend = "Its numbers cannot send. Request a review in WhatsApp Manager (Business Support Home).";
    AccountReinstated = "The account can send again";
    AccountToBeDisabledOn = "WhatsApp will disable the account on {{date}}";
    AccountToBeDisabled = "WhatsApp will disable the account soon";
    ReviewBefore = "Request a review in WhatsApp Manager (Business Support Home) before then.";
    BanChanged = "The account's ban status changed";
    LookInManager = "See WhatsApp Manager for details.";
    BusinessVerified = "The business is verified";
    PartnerAdded = "A partner has access to the account";
    PartnerAppAdded = "A partner's app has access to the account";
    PartnerRemoved = "A partner lost access to the account";
    PartnerAppRemoved = "A partner's app lost access to the account";
    Reason = "Reason: {{reason}}.";
    DoneBy = "By: {{who}}.";
    Certification = "A client's certification: {{status}}";
    AdAccountLinked = "An advertising account was linked";
    MarketingTermsAccepted = "Marketing Messages API terms accepted";
    AuthAbroadPriced = "International authentication messages get their own price";
    FromDay = "From {{date}}.";
    PrimaryCountry = "The business's primary country is {{country}}";
    VolumeTier = "A new volume tier for {{category}} messages: {{tier}}";
    VolumeTierWhere = "Market {{market}}, month {{month}}.";
    AccountTold = "Account update from WhatsApp: {{event}}";
    AccountApproved = "WhatsApp approved the account";
    AccountRefused = "WhatsApp refused the account";
    NumbersCannotSendAnotherReview = "Its numbers cannot send. Request another review in WhatsApp Manager (Business Support Home).";
    AccountDecidedLater = "WhatsApp postponed its decision about the account";
    AccountReviewed = "WhatsApp is reviewing the account";

    // Why a number sends nothing, or may only answer.
    HeldDeleted = "The WhatsApp Business Account was deleted. Connect the number under another account.";
    HeldDisabled = "WhatsApp disabled the account. Request a review in WhatsApp Manager (Business Support Home).";
    HeldRefused = "WhatsApp refused the account. Request another review in WhatsApp Manager (Business Support Home).";
    HeldDisconnected = "The phone app disconnected the number. Connect it again in the WhatsApp Business app.";
    HeldLost = "Another account has since verified this number and now receives its messages. If it is yours, run the connection test again: the most recent passed test decides. Otherwise remove that account's access in Meta Business settings.";
    RestrictedNow = "WhatsApp restricts the account.";
    ManagerSaysWhy = "See WhatsApp Manager (Business Support Home) for the reason and to request a review.";
    LimitReached = "Daily messaging limit reached: WhatsApp lets this business start conversations with {{limit}} people in 24 hours. Queued messages are sent automatically later; replies within the 24-hour window are not affected. The limit grows with use, good quality and business verification.";

    // What became of a number.
    NumberLost = "The number {{number}} is connected to another account now";
    MessagingLimit = "Messaging limit: {{limit}}";
    LimitsChanged = "The account's limits changed";
    NumbersAllowed = "The account can have {{count}} numbers.";
    ThroughputRose = "The number can send 1000 messages per second";
    NumberReady = "The number is ready";
    NumberReadyLimit = "The number is ready: {{limit}}";
    LimitRose = "The messaging limit rose";
    LimitRoseTo = "The messaging limit rose: {{limit}}";
    LimitFell = "The messaging limit fell";
    LimitFellTo = "The messaging limit fell: {{limit}}";
    QualityLow = "The number's quality is low";
    WriteLess = "People block or report its messages. Send less often, only to people who opted in, and with content they expect.";
    QualityBetter = "The number's quality is better again";
    NumberLimitsChanged = "The number's limits changed";
    NumberLimitsChangedTo = "The number's limits changed: {{limit}}";
    MessagingLimitNow = "Messaging limit: {{limit}}.";
    NameApproved = "Customers now see the name “{{name}}”";
    NameRefused = "WhatsApp refused the name “{{name}}”";
    AnotherName = "Reason: {{reason}}. Request another name in WhatsApp Manager.";
    AnotherNameUntold = "No reason given. Request another name in WhatsApp Manager.";
    NameDecidedLater = "WhatsApp postponed its decision about the name “{{name}}”";
    NameReviewed = "WhatsApp is reviewing the name “{{name}}”";
    OfficialApproved = "The official business account was approved";
    OfficialRefused = "The official business account was refused";
    PictureLost = "The profile picture was lost. Upload it again.";
    Alert = "WhatsApp alert: {{kind}}";
    PinChanged = "The two-step verification PIN of the number was changed";
    PinChangedByOthers = "If this was not your team, set a new PIN in WhatsApp Manager.";
    PinOffAsked = "Someone asked to turn off two-step verification";
    PinOffAskedByOthers = "If this was not your team, cancel it in WhatsApp Manager and check who has access to the business.";
    PinOff = "Two-step verification of the number is off";
    PinOffByOthers = "If this was not your team, set a PIN in WhatsApp Manager now: without it, the number can be taken over.";
    SecurityChanged = "The number's security settings changed";

    // What became of forms, people and the phone app's own data.
    FlowIs = "Flow {{flow}} is now {{status}}";
    FlowOver = "Flow {{flow}}: {{event}} is over";
    FlowTold = "Flow {{flow}}: {{event}}";
    MarketingStopped = "{{person}} opted out of marketing";
    MarketingResumed = "{{person}} opted in to marketing again";
    MarketingSignedUp = "{{person}} signed up for marketing";
    PreferenceChanged = "{{person}} changed a preference";
    NewUserId = "{{person}} has a new WhatsApp user ID";
    AndMore = "(and {{count}} more)";
    AppContacts = "Contacts imported from the phone's address book: {{count}}";
    HistoryDeclined = "The business did not share its chat history";
    HistoryCame = "Messages imported from the phone's history: {{count}}";
    HistoryProgress = "{{percent}}% of the history is imported.";
    ErrorReported = "WhatsApp reports an error: {{title}}";
    ErrorReportedUnnamed = "WhatsApp reports an unknown error";
    FieldTold = "Update from WhatsApp: {{field}}";

    // What became of templates.
    TemplateApproved = "Template {{template}} can be sent";
    TemplateRefused = "Template {{template}} was refused";
    TemplatePending = "Template {{template}} is in review";
    TemplateBack = "Template {{template}} can be sent again";
    TemplatePaused = "Template {{template}} is paused";
    TemplateDisabled = "Template {{template}} is permanently disabled";
    MakeAnotherTemplate = "Too many people blocked or reported it. Create another one.";
    TemplateFlagged = "Template {{template}} has low quality";
    TemplateWillBeDisabled = "WhatsApp will disable it if this does not improve.";
    TemplateInAppeal = "Template {{template}} is being reviewed again";
    TemplateBeingDeleted = "Template {{template}} is being deleted";
    TemplateDeleted = "Template {{template}} is deleted";
    TemplateNameLocked = "Its name cannot be used for 30 days.";
    TemplatesFull = "Template {{template}} could not be created: the account has too many";
    DeleteTemplates = "Delete templates that are no longer used.";
    TemplateLocked = "Template {{template}} is locked and cannot be edited";
    TemplateArchived = "Template {{template}} was archived because it was not used for a long time";
    TemplateNewState = "Template {{template}} has a new state";
    TemplateQuality = "Quality of template {{template}}: {{quality}}";
    TemplateQualityFell = "It was {{previous}}. People block or report it: send it less often, or only to people who expect it, before WhatsApp pauses it.";
    TemplateContentChanged = "The content of template {{template}} was changed";
    LookBeforeSending = "Check it before it is sent again.";
    TemplateWillBeFiled = "Template {{template}} will become {{category}}";
    TemplateFiledNow = "Its category is {{category}} for now. Prices depend on the category. Ask WhatsApp for a review if you disagree.";
    TemplateFiled = "Template {{template}} is now {{category}}";
    TemplateWasFiled = "It was {{category}}. Prices depend on the category.";
    TemplateMisfiled = "WhatsApp considers template {{template}} to be {{category}}";
    CorrectCategory = "Its category is {{category}}. Too many wrong categories limit the account, so correct it.";
    TemplateChanged = "Template {{template}} changed";
    TemplateFound = "Template {{template}} was found in the WhatsApp account";
    TemplateGone = "Template {{template}} is no longer in the WhatsApp account";
    TemplateVariablesChanged = "Its variables are others now: messages that fill the old ones are refused.";
    TemplateFiledUntil = "Its category is {{category}} until {{date}}. Prices depend on the category. Ask WhatsApp for a review if you disagree.";
    TemplateStaysFiled = "Template {{template}} stays {{category}}";
    PausedThreeHours = "It is paused for 3 hours because people blocked or reported it. Afterwards it can be sent again automatically.";
    PausedSixHours = "It is paused for 6 hours because people blocked or reported it again. After the next time WhatsApp disables it permanently.";
    PausedForPacing = "It is paused because the first people who received it blocked or reported it. It stays paused until somebody ends the pause.";
    PausedForFeedback = "It is paused because people blocked or reported it. Usually it can be sent again after some hours.";

    // Why a template cannot be sent.
    StoppedSubmitting = "This template was not handed in to WhatsApp yet. It can be sent once WhatsApp has approved it.";
    StoppedPending = "WhatsApp is reviewing this template. It can be sent once WhatsApp has approved it.";
    StoppedPaused = "WhatsApp has paused this template because people blocked or reported it. Send another one until the pause ends.";
    StoppedDisabled = "WhatsApp has permanently disabled this template. Send another one.";
    StoppedRejected = "WhatsApp refused this template. Correct and submit it again, or send another one.";
    StoppedDeleted = "This template was deleted. Send another one.";
    StoppedArchived = "WhatsApp archived this template because it was not used for a long time. Restore it in WhatsApp Manager, or send another one.";
    StoppedLocked = "WhatsApp locked this template. See WhatsApp Manager for the reason, or send another one.";

    // Why the list of templates may be out of date.
    TemplatesNotRead = "The templates of this account could not be read from WhatsApp.";
    TriedAgain = "This is tried again automatically.";
    TryAgainWhenMended = "Try again when this is corrected.";

    // Why a message did not leave, for a reason of our own.
    NotReached = "{{error}}"
        | "WhatsApp could not be reached. Check the server's network, then send it again.";
    NumberRemoved = "The number that this message was to be sent from has been removed.";
    NoAddress = "This contact no longer has a phone number or a WhatsApp user ID.";
    PairLimit = "WhatsApp accepts one message per six seconds for the same person.";
    ContentUnreadable = "The stored message could not be read.";
    FileGone = "The file of this message no longer exists.";
    WindowClosed = "The 24-hour window closed before the message was sent.";
    PhoneNeeded = "An authentication template needs a phone number, and this contact's is not known.";
    MarketingNotWanted = "This contact has opted out of marketing.";
    NoReasonTold = "WhatsApp gave no reason.";

    // What became of a template's submission.
    TemplateSubmitted = "Template {{template}} was submitted";
    TemplateEdited = "Template {{template}} was changed and submitted again";
    TemplateSubmissionRefused = "WhatsApp did not accept the submission of template {{template}}";
    TemplateGivenUp = "The submission of template {{template}} was given up";
    TemplateDeletedHere = "Template {{template}} was deleted at WhatsApp";
    TemplateUnpaused = "The pause of template {{template}} was ended";
    TemplateAnswerLost = "WhatsApp's answer was lost. Whether WhatsApp has it is looked up before it is submitted again.";
    TemplateNoNumber = "No connected number belongs to this template's WhatsApp Business Account. Connect one, then try again.";
    TemplateInReview = "A template in review cannot be changed. Wait for WhatsApp's decision.";
    TemplateBeingSubmitted = "It is being submitted. Wait for WhatsApp's answer.";
    TemplateNotEditable = "Only approved, rejected and paused templates can be changed.";
    TemplateEditedToday = "An approved template can be changed once in 24 hours. The next time is {{at}}.";
    TemplateEditedOften = "An approved template can be changed {{limit}} times in 30 days. The next time is {{at}}.";

    // Why a received file is not there.
    NoFileNamed = "WhatsApp named no file.";
    FileNumberRemoved = "The number it was sent to has been removed.";
    FileAddressForeign = "WhatsApp gave a download address that is not its own.";
    FileDiffers = "The downloaded file is not the one WhatsApp announced (SHA-256).";
    FileAddressDead = "WhatsApp's download address did not work.";
    FileBrokeOff = "The download broke off: {{error}}."
        | "The download was interrupted.";
    StoreAway = "The file store cannot be reached.";
    FileTooLarge = "The file is larger than WhatsApp accepts ({{limit}} bytes).";

    // What a connection test finds.
    TokenValid = "The access token is valid.";
    NumberIs = "{{number}}, {{name}}.";
    NumberIsUnnamed = "{{number}}, no verified name yet.";
    AccountIs = "WhatsApp Business Account {{name}}.";
    CopyAccountId = "Copy the WhatsApp Business Account ID from Meta's WhatsApp Manager, and give the token's system user access to it.";
    NoWebAddress = "{{url}} is not a valid address.";
    SetPublicUrl = "Set the platform's public address (WAPRO_PUBLIC_URL).";
    WebhookWorks = "WhatsApp sends this account's messages and statuses to {{url}}.";
    WebhookUnreachable = "WhatsApp could not reach {{url}}. The address must be public, with a valid certificate. Or enter it with the verify token under Configuration of your Meta app, and subscribe to the field `messages`.";
    EndsAt = "It ends automatically at {{until}}.";
    EndsByWhatsapp = "When WhatsApp lifts this, sending resumes automatically. If you know that it is over, resume manually.";
    NewToken = "Create a new token for a system user with the permissions whatsapp_business_messaging and whatsapp_business_management.";
    CopyNumberId = "Copy the Phone number ID (not the number itself) from API Setup of your Meta app, and give the token access to it.";
    CheckNetwork = "WhatsApp could not be reached from this server. Check its network.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    type Words = serde_json::Map<String, serde_json::Value>;

    fn file(language: &str) -> String {
        format!(
            "{}/../../web/src/i18n/terms.{language}.json",
            env!("CARGO_MANIFEST_DIR")
        )
    }

    fn words(language: &str) -> Words {
        serde_json::from_slice(&std::fs::read(file(language)).unwrap()).unwrap()
    }

    fn blanks(sentence: &str) -> BTreeSet<String> {
        let after = sentence.split("{{").skip(1);
        after
            .filter_map(|rest| Some(rest.split_once("}}")?.0.to_owned()))
            .collect()
    }

    /// With `WRITE_TERMS` set, writes the file instead.
    #[test]
    fn the_portals_english_is_generated() {
        let line = |term: &Term| {
            let said = serde_json::Value::from(term.in_portal());
            format!("  {}: {said}", serde_json::to_value(term).unwrap())
        };
        let lines: Vec<String> = Term::ALL.iter().map(line).collect();
        let generated = format!("{{\n{}\n}}\n", lines.join(",\n"));
        if std::env::var_os("WRITE_TERMS").is_some() {
            std::fs::write(file("en"), generated).unwrap();
            return;
        }
        let committed = std::fs::read_to_string(file("en")).unwrap();
        assert!(
            committed == generated,
            "terms.en.json is not what term.rs says: run `make openapi`"
        );
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
