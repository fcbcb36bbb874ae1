//! Tells that a number has changed.

use contracts::channels::{ChannelChange, ChannelId, ChannelsChanged};
use kernel::{Result, TenantTx};

/// Something of it that is no matter of its connection.
pub(super) fn publish(tx: &mut TenantTx, channel_id: ChannelId) -> Result<()> {
    tell(tx, channel_id, false)
}

/// It may be connected otherwise than before, if `connection`.
pub(super) fn tell(tx: &mut TenantTx, channel_id: ChannelId, connection: bool) -> Result<()> {
    let item = ChannelChange {
        channel_id,
        connection,
    };
    tx.publish(&ChannelsChanged { items: vec![item] })
}
