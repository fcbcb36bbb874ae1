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
    let refused_with = |status, has_live| {
        let known = KnownTemplate {
            category: Some(Category::Utility),
            status,
            has_live,
        };
        template(Some(&address), Some(known)).map(|why| why.refused())
    };
    let refused = |status| refused_with(status, false);
    for status in [
        Submitting,
        Pending,
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
    for status in [Approved, InAppeal, LimitExceeded, Unknown] {
        assert!(refused(status).is_none(), "{status:?}");
    }
    // The version before can be sent while a change is in review.
    assert!(refused_with(Pending, true).is_none());
    assert!(template(Some(&address), None).is_none());
}
