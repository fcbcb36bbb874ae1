//! Tells that a number has changed.

use contracts::channels::{ChannelChange, ChannelId, ChannelsChanged};
use kernel::{Result, TenantTx};

pub(super) fn publish(tx: &mut TenantTx, channel_id: ChannelId) -> Result<()> {
    tx.publish(&ChannelsChanged {
        items: vec![ChannelChange { channel_id }],
    })
}
