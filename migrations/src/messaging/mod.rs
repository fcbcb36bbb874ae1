//! Channels, conversations, messages, the durable inbox.

use sea_orm_migration::prelude::*;

mod m20261122_000004_channels;
mod m20261122_000005_conversations_messages;
mod m20261122_000006_inbox;
mod m20261123_000030_idempotency;
mod m20261124_000030_media;
mod m20261125_000050_channel_holds;
mod m20261125_000052_chunk_marks;
mod m20261125_000054_openings;
mod m20261125_000060_account_events;
mod m20261125_000061_amendments;
mod m20261125_000062_edited_messages;
mod m20261125_000063_number_states;
mod m20261125_000064_waiting_and_released;
mod m20261125_000074_channel_restrictions;
mod m20261125_000080_channel_sentences;
mod m20261125_000081_account_event_sentences;
mod m20261125_000082_media_sentences;
mod m20261130_000100_inbox_tries;
mod m20261130_000101_window_phones;
mod m20261130_000102_joined_contacts;
mod m20261130_000121_channel_claims;
mod m20261130_000122_routes_of_simulated_numbers;
mod m20261130_000130_origins;
mod m20261130_000150_no_drain_inbox;
mod m20261130_000160_opening_messages;
mod m20261130_000210_conversation_work;
mod m20261130_000211_repair_conversations;
mod m20261130_000221_figures;
mod m20261201_000020_template_texts;
mod m20261201_000110_chunk_figures;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261122_000004_channels::Migration),
        Box::new(m20261122_000005_conversations_messages::Migration),
        Box::new(m20261122_000006_inbox::Migration),
        Box::new(m20261123_000030_idempotency::Migration),
        Box::new(m20261124_000030_media::Migration),
        Box::new(m20261125_000050_channel_holds::Migration),
        Box::new(m20261125_000052_chunk_marks::Migration),
        Box::new(m20261125_000054_openings::Migration),
        Box::new(m20261125_000060_account_events::Migration),
        Box::new(m20261125_000061_amendments::Migration),
        Box::new(m20261125_000062_edited_messages::Migration),
        Box::new(m20261125_000063_number_states::Migration),
        Box::new(m20261125_000064_waiting_and_released::Migration),
        Box::new(m20261125_000074_channel_restrictions::Migration),
        Box::new(m20261125_000080_channel_sentences::Migration),
        Box::new(m20261125_000081_account_event_sentences::Migration),
        Box::new(m20261125_000082_media_sentences::Migration),
        Box::new(m20261130_000121_channel_claims::Migration),
        Box::new(m20261130_000122_routes_of_simulated_numbers::Migration),
        Box::new(m20261130_000100_inbox_tries::Migration),
        Box::new(m20261130_000101_window_phones::Migration),
        Box::new(m20261130_000102_joined_contacts::Migration),
        Box::new(m20261130_000130_origins::Migration),
        Box::new(m20261130_000150_no_drain_inbox::Migration),
        Box::new(m20261130_000160_opening_messages::Migration),
        Box::new(m20261130_000210_conversation_work::Migration),
        Box::new(m20261130_000211_repair_conversations::Migration),
        Box::new(m20261130_000221_figures::Migration),
        Box::new(m20261201_000020_template_texts::Migration),
        Box::new(m20261201_000110_chunk_figures::Migration),
    ]
}
