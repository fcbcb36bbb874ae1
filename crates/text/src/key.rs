//! Text as it is compared: search, tags, keywords.
