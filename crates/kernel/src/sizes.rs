//! Few sizes of statements. A database prepares a statement once for each number of values it may have, and for hundreds of
//! rows that is dearer than running it; so lists are filled up to the next of a few sizes by repeating their last value.

/// The list, its last value repeated up to the next number of which only the three highest bits are set: 9 values become 10, 100
/// become 112. For lists in which a value more changes nothing: of `IN`, of rows that are inserted unless they are there.
#[must_use]
pub fn padded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    let size = padded_size(values.len());
    if let Some(last) = values.last().cloned() {
        values.resize(size, last);
    }
    values
}

fn padded_size(count: usize) -> usize {
    let low = (usize::BITS - count.leading_zeros()).saturating_sub(3);
    count.div_ceil(1 << low) << low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_few_sizes_and_little_is_repeated() {
        let sizes: std::collections::BTreeSet<usize> = (1..=500).map(padded_size).collect();
        assert!(sizes.len() <= 32, "{sizes:?}");
        assert!(
            (1..=500).all(|count| padded_size(count) >= count && padded_size(count) * 4 <= count * 5 + 4)
        );
        assert_eq!(
            [0, 1, 8, 9, 100, 256, 500].map(padded_size),
            [0, 1, 8, 10, 112, 256, 512]
        );
        assert_eq!(padded(["a", "b", "c", "d", "e", "f", "g", "h", "i"]).len(), 10);
        assert!(padded(Vec::<u8>::new()).is_empty());
    }
}
