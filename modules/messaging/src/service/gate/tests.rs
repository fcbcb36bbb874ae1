use contracts::templates::TemplateStatus;

use super::*;

fn address(phone: bool, bsuid: bool, stopped: bool) -> ContactAddress {
    ContactAddress {
        id: kernel::Clock::system().new_id(),
        phone: phone.then(|| "+447700900001".to_owned()),
        bsuid: bsuid.then(|| "GB.1".to_owned()),
        marketing_stopped: stopped,
    }
}

#[test]
fn a_template_goes_to_whom_it_may() {
    use Category::{Authentication, Marketing, Utility};
    use RefusalCode::{MarketingStopped, NoAddress, PhoneNeeded};
    for (phone, bsuid, stopped, category, expected) in [
        (true, false, false, None, None),
        (true, false, true, None, Some(MarketingStopped)),
        (true, false, true, Some(Marketing), Some(MarketingStopped)),
        (true, false, true, Some(Utility), None),
        (true, false, true, Some(Authentication), None),
        (false, true, false, Some(Authentication), Some(PhoneNeeded)),
        (false, true, false, Some(Utility), None),
        (false, true, false, None, None),
        (false, true, true, None, Some(MarketingStopped)),
        (false, false, false, Some(Utility), Some(NoAddress)),
    ] {
        let address = address(phone, bsuid, stopped);
        let code = person(Some(&address), category).map(|why| why.refused().code);
        assert_eq!(code, expected, "{address:?} {category:?}");
    }
    assert_eq!(person(None, None).map(|why| why.refused().code), Some(NoAddress));
}

#[test]
fn a_template_that_whatsapp_stopped_does_not_leave() {
    use TemplateStatus::{
        Approved, Archived, Deleted, Disabled, InAppeal, LimitExceeded, Locked, Paused, Pending,
        PendingDeletion, Rejected, Submitting, Unknown,
    };
    let address = address(true, false, false);
    let refused = |status| {
        let known = KnownTemplate {
            category: Some(Category::Utility),
            status,
        };
        template(Some(&address), Some(known)).map(|why| why.refused())
    };
    for status in [
        Paused,
        Disabled,
        Rejected,
        PendingDeletion,
        Deleted,
        Archived,
        Locked,
    ] {
        let refused = refused(status).unwrap();
        assert_eq!(refused.code, RefusalCode::TemplateStopped, "{status:?}");
        assert_eq!(refused.error.code(), "template_stopped");
    }
    // A version before may be sendable, or nobody knows.
    let tried = [Submitting, Pending, Approved, InAppeal, LimitExceeded, Unknown];
    for status in tried {
        assert!(refused(status).is_none(), "{status:?}");
    }
    assert!(template(Some(&address), None).is_none());
}
