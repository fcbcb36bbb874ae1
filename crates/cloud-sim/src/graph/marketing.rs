//! The rules of the Marketing Messages API (Cloud API: Marketing Messages API and Direct Send).

use serde_json::{Map, Value};

use super::Refusal;
use crate::core::Core;
use crate::entities::{Template, Waba};

/// A template is known to the Marketing Messages API this long after its last change, virtual ms.
const SYNCING_MS: i64 = 600_000;

/// Checks before the template is looked up: the account is enrolled, the body has the right shape.
pub(super) fn check_body(
    core: &Core,
    waba_id: &str,
    kind: &str,
    body: &Map<String, Value>,
) -> Result<(), Refusal> {
    if kind != "template" {
        return Err(Refusal::parameter("Message must be a template message."));
    }
    let onboarded = |w: &Waba| w.marketing_onboarding == "ONBOARDED";
    if let Some(waba) = core.world.wabas.get(waba_id).filter(|w| !onboarded(w)) {
        return Err(Refusal::of(
            131_055,
            Some(format!(
                "The account is not onboarded to the Marketing Messages API: its status is {}.",
                waba.marketing_onboarding
            )),
        ));
    }
    let policy = body.get("product_policy");
    if policy.is_some_and(|p| !matches!(p.as_str(), Some("CLOUD_API_FALLBACK" | "STRICT"))) {
        return Err(Refusal::of(
            132_018,
            Some("product_policy must be one of {CLOUD_API_FALLBACK, STRICT}".into()),
        ));
    }
    if body
        .get("message_activity_sharing")
        .is_some_and(|v| !v.is_boolean())
    {
        return Err(Refusal::of(
            132_018,
            Some("message_activity_sharing must be a boolean".into()),
        ));
    }
    Ok(())
}

/// Checks the template. `sim_mm_unavailable` in its name makes it unavailable.
pub(super) fn check_template(core: &Core, template: &Template) -> Result<(), Refusal> {
    if template.category != "MARKETING" {
        return Err(Refusal::of(
            134_100,
            Some(format!(
                "Only marketing templates can be sent this way; {} is {}.",
                template.name, template.category
            )),
        ));
    }
    if template.name.contains("sim_mm_unavailable") {
        return Err(Refusal::of(
            134_102,
            Some(format!("Template {} is unavailable.", template.name)),
        ));
    }
    if template.updated_at > core.now() - SYNCING_MS {
        return Err(Refusal::of(
            134_101,
            Some(format!(
                "Template {} is being synced: try again in 10 minutes.",
                template.name
            )),
        ));
    }
    Ok(())
}

/// The normal endpoint may be closed for marketing templates.
pub(super) fn check_normal(core: &Core, waba_id: &str, template: &Template) -> Result<(), Refusal> {
    let closed = core
        .world
        .wabas
        .get(waba_id)
        .is_some_and(|w| w.disable_marketing_messages_on_cloud_api);
    match closed && template.category == "MARKETING" {
        true => Err(Refusal::of(131_063, None)),
        false => Ok(()),
    }
}
