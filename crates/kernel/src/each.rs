//! A different value for each row, in one statement.

use sea_orm::{
    ExprTrait, Value,
    sea_query::{CaseStatement, Expr, IntoColumnRef, SimpleExpr},
};

/// Pairs that are simply looked through; beyond, the half that a key is in is chosen first.
const FEW: usize = 2;

/// The value that stands beside the key of the row, `otherwise` where no key is the row's.
///
/// A database walks a CASE from its begin for every row, so that one with a branch for each key costs the square of their
/// number. This is a tree of them: a row passes as many as the number of keys has binary digits. Keys are in ascending order, as
/// the database compares them; one that stands there twice has the same value both times.
pub fn each<K: Clone + Into<Value>, V: Clone + Into<Value>>(
    key: impl IntoColumnRef,
    pairs: &[(K, V)],
    otherwise: impl IntoColumnRef,
) -> SimpleExpr {
    tree(&Expr::col(key), pairs, &Expr::col(otherwise))
}

fn tree<K: Clone + Into<Value>, V: Clone + Into<Value>>(
    key: &SimpleExpr,
    pairs: &[(K, V)],
    otherwise: &SimpleExpr,
) -> SimpleExpr {
    if pairs.len() <= FEW {
        let case = pairs.iter().fold(CaseStatement::new(), |case, (is, value)| {
            case.case(
                key.clone().eq(Expr::value(is.clone())),
                Expr::value(value.clone()),
            )
        });
        return case.finally(otherwise.clone()).into();
    }
    let (low, high) = pairs.split_at(pairs.len() / 2);
    let first_of_high = Expr::value(high[0].0.clone());
    CaseStatement::new()
        .case(key.clone().lt(first_of_high), tree(key, low, otherwise))
        .finally(tree(key, high, otherwise))
        .into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::{
        ConnectionTrait, Database,
        sea_query::{Alias, Query},
    };

    use super::*;

    /// What the expression is for rows with these keys.
    async fn read(pairs: &[(i64, i64)], rows: &[i64]) -> Vec<i64> {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        db.execute_unprepared("CREATE TABLE t (k INTEGER, v INTEGER)")
            .await
            .unwrap();
        let mut values = Vec::new();
        for row in rows {
            db.execute_unprepared(&format!("INSERT INTO t VALUES ({row}, -1)"))
                .await
                .unwrap();
            let (k, v, t) = (Alias::new("k"), Alias::new("v"), Alias::new("t"));
            let value = each(k.clone(), pairs, v);
            let query = Query::select()
                .expr_as(value, Alias::new("value"))
                .from(t)
                .and_where(Expr::col(k).eq(*row))
                .to_owned();
            let found = db.query_one(&query).await.unwrap().unwrap();
            values.push(found.try_get::<i64>("", "value").unwrap());
        }
        values
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_key_has_its_own_value(keys in prop::collection::btree_set(0_i64..1_000, 0..40), twice in any::<bool>()) {
            let mut pairs: Vec<(i64, i64)> = keys.iter().map(|key| (*key, key * 10)).collect();
            if let (true, Some(last)) = (twice, pairs.last().copied()) {
                pairs.extend([last; 5]);
            }
            let rows: Vec<i64> = keys.iter().flat_map(|key| [*key, key + 1_000]).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let found = runtime.block_on(read(&pairs, &rows));
            let wanted: Vec<i64> = rows.iter().map(|row| if *row < 1_000 { row * 10 } else { -1 }).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
