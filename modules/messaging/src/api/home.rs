//! Figures of the day.

use kernel::{Can, Result};
use poem_openapi::{Object, OpenApi, payload::Json};

use super::Tag;
use crate::{
    permission::ReadMessages,
    service::{Service, figures::Day},
};

/// What the business's first page shows.
#[derive(Object)]
#[oai(rename = "Home")]
pub struct HomeOut {
    /// Today in the business's time zone: `YYYY-MM-DD`.
    pub day: String,
    /// The time zone in which the day begins and ends.
    pub time_zone: String,
    /// Messages that wait to be sent now.
    pub waiting: i64,
    /// Messages that WhatsApp sent today.
    pub sent: i64,
    /// Messages that reached a phone today.
    pub delivered: i64,
    /// Messages that failed today.
    pub failed: i64,
}

/// Operations of the first page.
pub struct HomeApi {
    /// The verbs.
    pub service: Service,
}

#[OpenApi(tag = "Tag::Home")]
impl HomeApi {
    /// Show today's figures
    ///
    /// They are kept up to date as messages move, a moment behind them. Everybody who is signed in is told live of changes
    /// (`figures_changed`), at most once a second.
    #[oai(path = "/home", method = "get", operation_id = "get_home")]
    async fn get_home(&self, can: Can<ReadMessages>) -> Result<Json<HomeOut>> {
        let Day {
            day,
            time_zone,
            figures,
        } = self.service.today(can.db()).await?;
        Ok(Json(HomeOut {
            day,
            time_zone: time_zone.name().to_owned(),
            waiting: figures.waiting,
            sent: figures.sent,
            delivered: figures.delivered,
            failed: figures.failed,
        }))
    }
}
