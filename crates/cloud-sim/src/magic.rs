//! Recipients whose number decides the outcome of a message (Cloud API: simulator, magic recipients):
//! `999` + three digits of family + six digits of argument, or `ZZ.SIM` and the same nine digits.

use crate::world::Plan;

/// What a magic recipient forces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Magic {
    /// `999000…`: failed with this code.
    Fail(i64),
    /// `999001…`: refused at once with this code.
    Refuse(i64),
    /// `999002…`: sent, then failed with this code.
    FailAfterSent(i64),
    /// `999003…`: the behaviour of this number.
    Behave(u32),
}

/// Parses a recipient; `None` for any other.
pub fn parse(recipient: &str) -> Option<Magic> {
    let digits = recipient
        .strip_prefix("ZZ.SIM")
        .or_else(|| recipient.strip_prefix("999"))?;
    if digits.len() != 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (family, argument) = digits.split_at(3);
    let argument: u32 = argument.parse().ok()?;
    match family {
        "000" => Some(Magic::Fail(argument.into())),
        "001" => Some(Magic::Refuse(argument.into())),
        "002" => Some(Magic::FailAfterSent(argument.into())),
        "003" => Some(Magic::Behave(argument)),
        _ => None,
    }
}

/// Its effect on the statuses of one message.
pub fn plan(magic: Option<Magic>) -> Plan {
    let mut plan = Plan::default();
    match magic {
        Some(Magic::Fail(code)) => plan.fail = Some(code),
        Some(Magic::FailAfterSent(code)) => plan.fail_after_sent = Some(code),
        Some(Magic::Behave(1)) => plan.skip_delivered = true,
        Some(Magic::Behave(2)) => plan.stop_at_sent = true,
        Some(Magic::Behave(3)) => plan.stop_at_delivered = true,
        Some(Magic::Behave(4)) => plan.twice = true,
        Some(Magic::Behave(5)) => plan.reversed = true,
        Some(Magic::Behave(6)) => plan.early = true,
        Some(Magic::Behave(n @ (10..=12 | 15 | 16))) => plan.reaction = Some(n),
        Some(Magic::Refuse(_) | Magic::Behave(_)) | None => {}
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        assert_eq!(parse("999000131026"), Some(Magic::Fail(131_026)));
        assert_eq!(parse("999001000190"), Some(Magic::Refuse(190)));
        assert_eq!(parse("ZZ.SIM002131053"), Some(Magic::FailAfterSent(131_053)));
        assert_eq!(parse("999003000016"), Some(Magic::Behave(16)));
        for other in [
            "447700900123",
            "999004000001",
            "9990001310266",
            "ZZ.SIM1",
            "99900013102x",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
