//! Lists that people ask for: bounded in time; and searches, bounded in number as well.
//!
//! A search for text inside of text cannot use an index, so it reads every row of the tenant. Two limits keep one tenant's
//! searches from taking the database away from the others: each statement of a list ends after [`LIST_LIMIT`], and a tenant has
//! [`SEARCHES`] searches at a time in a process.
//!
//! The limit belongs to one statement and not to its connection: MariaDB has `SET STATEMENT … FOR`, MySQL an optimizer hint, and
//! on SQLite a progress handler is set and taken off around the statement. The statement runs in its own task. A caller that
//! goes away neither leaves a connection with an answer that nobody reads nor makes room for a further search before this one
//! has ended.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, FromQueryResult, QueryResult,
    QuerySelect, QueryTrait, RuntimeErr, Statement,
    sea_query::{Expr, IntoCondition, SelectStatement},
    sqlx,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{SystemDb, TenantEntity, TenantSelect};
use crate::{Error, PageQuery, Result, TenantId};

/// How long one statement of a list may take, unless [`SystemDb::with_list_limit`] says otherwise.
pub const LIST_LIMIT: Duration = Duration::from_millis(500);
/// Searches of one tenant that run at the same time in a process.
pub const SEARCHES: usize = 2;
/// Searches of one tenant that may wait for those; one more is refused at once.
const WAITING: usize = 8;
/// Steps of SQLite's virtual machine between two looks at the clock: some tens of microseconds.
const STEPS: i32 = 1_000;
/// Tenants without a search that may stay in the table of seats.
const IDLE_TENANTS: usize = 1_000;

/// What a connection pool knows about its lists. Cloning shares it.
#[derive(Clone)]
pub(super) struct Lists {
    limit: Duration,
    server: Arc<OnceLock<Server>>,
    seats: Arc<Mutex<HashMap<TenantId, Weak<Seats>>>>,
    watch: Option<Watch>,
}

/// Is shown each statement of a list.
type Watch = Arc<dyn Fn(&Statement) + Send + Sync>;

impl Default for Lists {
    fn default() -> Self {
        Self {
            limit: LIST_LIMIT,
            server: Arc::default(),
            seats: Arc::default(),
            watch: None,
        }
    }
}

impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lists({:?})", self.limit)
    }
}

/// How a statement is told when to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Sqlite,
    MariaDb,
    MySql,
}

/// A tenant's searches.
struct Seats {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// One of a tenant's searches, as long as it runs.
struct Seat {
    _running: OwnedSemaphorePermit,
    _seats: Arc<Seats>,
}

impl SystemDb {
    /// The same door with another limit for statements of lists.
    #[must_use]
    pub fn with_list_limit(mut self, limit: Duration) -> Self {
        self.lists.limit = limit;
        self
    }

    /// The same door; `watch` is shown each statement of a list before it runs. For tests that look at plans.
    #[must_use]
    pub fn with_list_watch(mut self, watch: impl Fn(&Statement) + Send + Sync + 'static) -> Self {
        self.lists.watch = Some(Arc::new(watch));
        self
    }

    /// Asks which server this is, so that the first list need not. Without it the first lists ask by themselves.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn learn_server(&self) -> Result<()> {
        self.lists.server(&self.connection).await?;
        Ok(())
    }
}

impl Lists {
    /// Waits for one of the tenant's search slots, at most twice the statement limit.
    async fn seat(&self, tenant: TenantId) -> Result<Seat> {
        let seats = self.seats_of(tenant);
        let busy = || {
            let sentence = format!(
                "This account already has {SEARCHES} searches running and more waiting. Try again in a moment."
            );
            Error::too_many(sentence, 1)
        };
        let Ok(_in_line) = seats.waiting.clone().try_acquire_owned() else {
            return Err(busy());
        };
        let running = tokio::time::timeout(2 * self.limit, seats.running.clone().acquire_owned()).await;
        Ok(Seat {
            _running: running.map_err(|_| busy())?.map_err(Error::internal)?,
            _seats: seats,
        })
    }

    fn seats_of(&self, tenant: TenantId) -> Arc<Seats> {
        let mut table = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seats) = table.get(&tenant).and_then(Weak::upgrade) {
            return seats;
        }
        if table.len() >= IDLE_TENANTS {
            table.retain(|_, seats| seats.strong_count() > 0);
        }
        let seats = Arc::new(Seats {
            running: Arc::new(Semaphore::new(SEARCHES)),
            waiting: Arc::new(Semaphore::new(SEARCHES + WAITING)),
        });
        table.insert(tenant, Arc::downgrade(&seats));
        seats
    }

    /// Runs a statement that ends when the limit is reached.
    async fn run(
        &self,
        connection: DatabaseConnection,
        statement: Statement,
        seat: Option<Seat>,
    ) -> Result<Vec<QueryResult>> {
        if let Some(watch) = &self.watch {
            watch(&statement);
        }
        let lists = self.clone();
        let run = tokio::spawn(async move {
            let _until_it_has_ended = seat;
            let server = lists.server(&connection).await?;
            match server {
                Server::Sqlite => on_sqlite(&connection, statement, lists.limit).await,
                _ => {
                    let limited = limited(server, statement, lists.limit);
                    connection.query_all_raw(limited).await
                }
            }
        });
        match run.await.map_err(Error::internal)? {
            Err(error) if is_timeout(&error) => {
                tracing::warn!(limit = ?self.limit, "a list took too long and was stopped");
                Err(Error::search_too_slow().because(error))
            }
            rows => Ok(rows?),
        }
    }

    /// Asked once a pool. Callers do not wait for each other's question: a pool without a free connection must refuse them all
    /// at the same time, and not one after the other.
    async fn server(&self, connection: &DatabaseConnection) -> Result<Server, DbErr> {
        if let Some(known) = self.server.get() {
            return Ok(*known);
        }
        let server = which(connection).await?;
        Ok(*self.server.get_or_init(|| server))
    }
}

async fn which(connection: &DatabaseConnection) -> Result<Server, DbErr> {
    if connection.get_database_backend() == DbBackend::Sqlite {
        return Ok(Server::Sqlite);
    }
    let version = Statement::from_string(DbBackend::MySql, "SELECT VERSION()");
    let row = connection.query_one_raw(version).await?;
    let version: String = row.map_or(Ok(String::new()), |row| row.try_get_by_index(0))?;
    Ok(match version.to_ascii_lowercase().contains("mariadb") {
        true => Server::MariaDb,
        false => Server::MySql,
    })
}

/// The statement with its limit in it: nothing is set on the connection.
fn limited(server: Server, mut statement: Statement, limit: Duration) -> Statement {
    statement.sql = match server {
        Server::MariaDb => {
            // Zero would be no limit at all.
            let seconds = limit.as_secs_f64().max(0.000_001);
            format!(
                "SET STATEMENT max_statement_time={seconds:.6} FOR {}",
                statement.sql
            )
        }
        Server::MySql => {
            let hint = format!("SELECT /*+ MAX_EXECUTION_TIME({}) */", limit.as_millis().max(1));
            statement.sql.replacen("SELECT", &hint, 1)
        }
        Server::Sqlite => statement.sql,
    };
    statement
}

async fn on_sqlite(
    connection: &DatabaseConnection,
    statement: Statement,
    limit: Duration,
) -> Result<Vec<QueryResult>, DbErr> {
    let failed = |error: sqlx::Error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)));
    let acquired = connection.get_sqlite_connection_pool().acquire().await;
    let mut connection = acquired.map_err(|error| match error {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        other => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(other))),
    })?;
    let end = Instant::now() + limit;
    let in_time = move || Instant::now() < end;
    connection
        .lock_handle()
        .await
        .map_err(failed)?
        .set_progress_handler(STEPS, in_time);
    let values = sea_query_sqlx::SqlxValues(statement.values.unwrap_or(sea_orm::Values(Vec::new())));
    let rows = sqlx::query_with(sqlx::AssertSqlSafe(statement.sql), values)
        .fetch_all(&mut *connection)
        .await;
    let handle = connection.lock_handle().await;
    if handle.map(|mut handle| handle.remove_progress_handler()).is_err() {
        // Its next user would be interrupted.
        drop(connection.detach());
    }
    Ok(rows.map_err(failed)?.into_iter().map(QueryResult::from).collect())
}

/// MariaDB's 1969, MySQL's 3024, SQLite's SQLITE_INTERRUPT.
fn is_timeout(error: &DbErr) -> bool {
    let DbErr::Query(RuntimeErr::SqlxError(cause)) = error else {
        return false;
    };
    let Some(error) = cause.as_database_error() else {
        return false;
    };
    let said = error.to_string();
    error.code().is_some_and(|code| code == "9") || said.starts_with("1969 ") || said.starts_with("3024 ")
}

/// Ids of one tenant's rows, not read yet: a condition for another list ([`TenantSelect::among`]). It carries the tenant with it.
#[derive(Clone, Debug)]
pub struct TenantIds {
    query: SelectStatement,
    /// Whether it looks for text within text.
    search: bool,
}

impl<E: TenantEntity> TenantSelect<'_, E> {
    /// Adds a condition that no index answers, such as text within text. The list counts as one of the tenant's searches:
    /// [`SEARCHES`] at a time in a process, a few more wait for at most two limits, further ones are 429.
    #[must_use]
    pub fn search_some<C: IntoCondition>(mut self, condition: Option<C>) -> Self {
        self.search |= condition.is_some();
        self.filter_some(condition)
    }

    /// Only rows whose `column` is among these.
    #[must_use]
    pub fn among(mut self, column: E::Column, ids: TenantIds) -> Self {
        use sea_orm::ColumnTrait;
        self.search |= ids.search;
        self.filter(column.in_subquery(ids.query))
    }

    /// The values of `column` as a condition for another list. Nothing is read.
    #[must_use]
    pub fn into_ids(self, column: E::Column) -> TenantIds {
        TenantIds {
            query: self.select.select_only().column(column).into_query(),
            search: self.search,
        }
    }

    /// A page of a list that somebody asked for: [`PageQuery::fetch`] rows at most, within the limit of time for lists. Every list
    /// of the API is read by this.
    ///
    /// # Errors
    /// 503 `search_too_slow` when the limit was reached, 429 when too many searches of the tenant run already.
    pub async fn page(self, query: &PageQuery) -> Result<Vec<E::Model>> {
        let select = self.select.clone().limit(query.fetch());
        self.read(select).await
    }

    /// As [`TenantSelect::page`], for rows whose text in `large` may be long: only as many as have `bytes` of it together, one at least.
    /// Also answers whether there are more.
    ///
    /// # Errors
    /// As [`TenantSelect::page`].
    pub async fn page_within(
        self,
        query: &PageQuery,
        large: E::Column,
        bytes: i64,
    ) -> Result<(Vec<E::Model>, bool)> {
        // SQLite counts characters of a text and bytes of a blob.
        let length = match self.on.get_database_backend() {
            DbBackend::Sqlite => "LENGTH(CAST(? AS BLOB))",
            _ => "CAST(LENGTH(?) AS SIGNED)",
        };
        let size = Expr::cust_with_expr(length, Expr::col((E::default(), large)));
        let sizes = self.select.clone().select_only().expr_as(size, "size");
        let sizes: Vec<Size> = self.read(sizes.limit(query.fetch())).await?;
        let (mut fit, mut taken) = (0, 0);
        for Size { size } in sizes
            .iter()
            .take(usize::try_from(query.limit).unwrap_or(usize::MAX))
        {
            taken += size;
            if fit > 0 && taken > bytes {
                break;
            }
            fit += 1;
        }
        let rows = match fit {
            0 => Vec::new(),
            fit => self.read(self.select.clone().limit(fit)).await?,
        };
        Ok((rows, sizes.len() as u64 > fit))
    }

    async fn read<R: FromQueryResult + Send>(&self, select: sea_orm::Select<E>) -> Result<Vec<R>> {
        let Some((lists, connection, tenant)) = self.lists else {
            return Ok(select.into_model::<R>().all(&self.on).await?);
        };
        let seat = match self.search {
            true => Some(lists.seat(tenant).await?),
            false => None,
        };
        let statement = select.build(connection.get_database_backend());
        let rows = lists.run(connection.clone(), statement, seat).await?;
        let rows = rows.iter().map(|row| R::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Bytes of a row's long text.
#[derive(Debug, FromQueryResult)]
struct Size {
    size: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    #[test]
    fn the_limit_stands_in_the_statement() {
        let statement = || Statement::from_string(DbBackend::MySql, "SELECT `a` FROM (SELECT 1) t");
        let half = Duration::from_millis(500);
        assert_eq!(
            limited(Server::MariaDb, statement(), half).sql,
            "SET STATEMENT max_statement_time=0.500000 FOR SELECT `a` FROM (SELECT 1) t"
        );
        assert_eq!(
            limited(Server::MySql, statement(), half).sql,
            "SELECT /*+ MAX_EXECUTION_TIME(500) */ `a` FROM (SELECT 1) t"
        );
        let none = limited(Server::MariaDb, statement(), Duration::ZERO).sql;
        assert!(none.starts_with("SET STATEMENT max_statement_time=0.000001 FOR "));
    }

    #[tokio::test(start_paused = true)]
    async fn a_third_search_waits_and_others_are_served_meanwhile() {
        let lists = Lists::default();
        let (busy, other) = (
            TenantId::from_uuid(uuid::Uuid::from_u128(1)),
            TenantId::from_uuid(uuid::Uuid::from_u128(2)),
        );
        let first = lists.seat(busy).await.unwrap();
        let second = lists.seat(busy).await.unwrap();
        let refused = lists.seat(busy).await.err().unwrap();
        assert_eq!(
            (refused.status().as_u16(), refused.code()),
            (429, "too_many_requests")
        );
        lists.seat(other).await.unwrap();
        let (third, ()) = tokio::join!(lists.seat(busy), async { drop(first) });
        drop((second, third.unwrap()));
        assert!(
            lists
                .seats
                .lock()
                .unwrap()
                .values()
                .all(|seats| seats.strong_count() == 0)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_few_wait() {
        let lists = Lists::default();
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(1));
        let running = (
            lists.seat(tenant).await.unwrap(),
            lists.seat(tenant).await.unwrap(),
        );
        let all = futures_util::future::join_all((0..100).map(|_| lists.seat(tenant)));
        let at_once = tokio::time::Instant::now();
        assert!(all.await.iter().all(Result::is_err));
        assert_eq!(at_once.elapsed(), 2 * LIST_LIMIT);
        drop(running);
        assert!(lists.seat(tenant).await.is_ok());
    }
}
