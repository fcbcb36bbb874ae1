//! The files that a content names: in plain messages, headers and cards.

use super::{
    Content, MediaSource,
    interactive::{Action, CardHeader, Header},
    template::{Component, HeaderParameter},
};
use crate::media::MediaKind;

/// A file that a content names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedFile<'a> {
    /// The kind it is sent as.
    pub kind: MediaKind,
    /// Where it is.
    pub source: &'a MediaSource,
    /// The name under which a document is shown; `None` where a file has no name on the wire.
    pub filename: Option<&'a Option<String>>,
}

impl<'a> NamedFile<'a> {
    fn bare(kind: MediaKind, source: &'a MediaSource) -> Self {
        Self {
            kind,
            source,
            filename: None,
        }
    }

    fn named(source: &'a MediaSource, filename: &'a Option<String>) -> Self {
        Self {
            kind: MediaKind::Document,
            source,
            filename: Some(filename),
        }
    }
}

/// As [`NamedFile`], to be changed.
#[derive(Debug, PartialEq, Eq)]
pub struct NamedFileMut<'a> {
    /// The kind it is sent as.
    pub kind: MediaKind,
    /// Where it is.
    pub source: &'a mut MediaSource,
    /// The name under which a document is shown; `None` where a file has no name on the wire.
    pub filename: Option<&'a mut Option<String>>,
}

impl<'a> NamedFileMut<'a> {
    fn bare(kind: MediaKind, source: &'a mut MediaSource) -> Self {
        Self {
            kind,
            source,
            filename: None,
        }
    }

    fn named(source: &'a mut MediaSource, filename: &'a mut Option<String>) -> Self {
        Self {
            kind: MediaKind::Document,
            source,
            filename: Some(filename),
        }
    }
}

/// The same walk for looking and for changing.
macro_rules! walk {
    ($(#[$meta:meta])* $files:ident $File:ident $of_header:ident $of_parameter:ident $($mut:ident)?) => {
        impl Content {
            $(#[$meta])*
            pub fn $files(&$($mut)? self) -> Vec<$File<'_>> {
                let mut found = Vec::new();
                match self {
                    Self::Image { source, .. } => found.push($File::bare(MediaKind::Image, source)),
                    Self::Video { source, .. } => found.push($File::bare(MediaKind::Video, source)),
                    Self::Audio { source, .. } => found.push($File::bare(MediaKind::Audio, source)),
                    Self::Document { source, filename, .. } => found.push($File::named(source, filename)),
                    Self::Sticker { source } => found.push($File::bare(MediaKind::Sticker, source)),
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
                                    Some(CardHeader::Image(source)) => found.push($File::bare(MediaKind::Image, source)),
                                    Some(CardHeader::Video(source)) => found.push($File::bare(MediaKind::Video, source)),
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

        fn $of_header(header: &$($mut)? Header) -> Option<$File<'_>> {
            Some(match header {
                Header::Text(_) => return None,
                Header::Image(source) => $File::bare(MediaKind::Image, source),
                Header::Video(source) => $File::bare(MediaKind::Video, source),
                Header::Document(file) => $File::named(&$($mut)? file.source, &$($mut)? file.filename),
            })
        }

        fn $of_parameter(header: &$($mut)? HeaderParameter) -> Option<$File<'_>> {
            Some(match header {
                HeaderParameter::Image(source) => $File::bare(MediaKind::Image, source),
                // An animated picture is an mp4 on the wire.
                HeaderParameter::Video(source) | HeaderParameter::Gif(source) => $File::bare(MediaKind::Video, source),
                HeaderParameter::Document(file) => $File::named(&$($mut)? file.source, &$($mut)? file.filename),
                HeaderParameter::Text(_) | HeaderParameter::Location(_) | HeaderParameter::Product(_) => return None,
            })
        }
    };
}

walk!(
    /// Every file it names, in the order in which it shows them.
    files NamedFile header_file parameter_file
);
walk!(
    /// As [`Self::files`], to put others in their places.
    files_mut NamedFileMut header_file_mut parameter_file_mut mut
);
