//! The files that a content names, wherever they stand: in plain messages, headers and cards.

use super::{
    Content, MediaSource,
    interactive::{Action, CardHeader, Header},
    template::{Component, HeaderParameter},
};
use crate::media::MediaKind;

/// The same walk for looking and for changing.
macro_rules! walk {
    ($(#[$meta:meta])* $files:ident $of_header:ident $of_parameter:ident $($mut:ident)?) => {
        impl Content {
            $(#[$meta])*
            pub fn $files(&$($mut)? self) -> Vec<(MediaKind, &$($mut)? MediaSource)> {
                let mut found = Vec::new();
                match self {
                    Self::Image { source, .. } => found.push((MediaKind::Image, source)),
                    Self::Video { source, .. } => found.push((MediaKind::Video, source)),
                    Self::Audio { source, .. } => found.push((MediaKind::Audio, source)),
                    Self::Document { source, .. } => found.push((MediaKind::Document, source)),
                    Self::Sticker { source } => found.push((MediaKind::Sticker, source)),
                    Self::Template(template) => {
                        for component in &$($mut)? template.components {
                            match component {
                                Component::Header(header) => found.extend($of_parameter(header)),
                                Component::Carousel(cards) => {
                                    for card in cards {
                                        if let Some(header) = &$($mut)? card.header {
                                            found.extend($of_parameter(header));
                                        }
                                    }
                                }
                                _ => {}
                            }
                        }
                    }
                    Self::Interactive(interactive) => {
                        let interactive = &$($mut)? **interactive;
                        if let Some(header) = &$($mut)? interactive.header {
                            found.extend($of_header(header));
                        }
                        if let Action::Carousel(cards) = &$($mut)? interactive.action {
                            for card in cards {
                                match &$($mut)? card.header {
                                    Some(CardHeader::Image(source)) => found.push((MediaKind::Image, source)),
                                    Some(CardHeader::Video(source)) => found.push((MediaKind::Video, source)),
                                    None => {}
                                }
                            }
                        }
                    }
                    Self::Text { .. } | Self::Location { .. } | Self::Reaction { .. } | Self::Contacts(_) => {}
                }
                found
            }
        }

        fn $of_header(header: &$($mut)? Header) -> Option<(MediaKind, &$($mut)? MediaSource)> {
            Some(match header {
                Header::Text(_) => return None,
                Header::Image(source) => (MediaKind::Image, source),
                Header::Video(source) => (MediaKind::Video, source),
                Header::Document(file) => (MediaKind::Document, &$($mut)? file.source),
            })
        }

        fn $of_parameter(header: &$($mut)? HeaderParameter) -> Option<(MediaKind, &$($mut)? MediaSource)> {
            Some(match header {
                HeaderParameter::Image(source) => (MediaKind::Image, source),
                // An animated picture is an mp4 on the wire.
                HeaderParameter::Video(source) | HeaderParameter::Gif(source) => (MediaKind::Video, source),
                HeaderParameter::Document(file) => (MediaKind::Document, &$($mut)? file.source),
                HeaderParameter::Text(_) | HeaderParameter::Location(_) | HeaderParameter::Product(_) => return None,
            })
        }
    };
}

walk!(
    /// Every file it names, with the kind it is sent as.
    files header_file parameter_file
);
walk!(
    /// As [`Self::files`], to put others in their places.
    files_mut header_file_mut parameter_file_mut mut
);
