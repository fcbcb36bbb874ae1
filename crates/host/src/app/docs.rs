//! The API's description and the page that shows it.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use poem::{
    EndpointExt, IntoResponse, Request, Response, Route, endpoint::make, get, handler, http::StatusCode,
    web::Data,
};

use super::PublicConfig;
use crate::{assets, openapi::Document};

pub(super) fn documentation(document: &Document, config: PublicConfig) -> Route {
    let spec = serde_json::to_string_pretty(&document.value).unwrap_or_default();
    let swagger = Arc::new(
        utoipa_swagger_ui::Config::from("/api/openapi.json")
            .try_it_out_enabled(true)
            // A key that is tried out stays in the page: the browser's storage would keep it for the browser's next user.
            .persist_authorization(false)
            // It would send the document's address to an external server.
            .validator_url("none"),
    );
    let config = serde_json::to_string(&config).unwrap_or_default();
    let json = |text: String| {
        // All answers share one copy.
        let text = Bytes::from(text);
        get(make(move |_| {
            let response = Response::builder()
                .content_type("application/json")
                .body(text.clone());
            async move { Ok::<_, poem::Error>(response) }
        }))
    };
    Route::new()
        .at("/openapi.json", json(spec))
        .at("/config", json(config))
        .at(
            "/docs",
            get(make(|_| async {
                Ok::<_, poem::Error>(poem::web::Redirect::see_other("/api/docs/").into_response())
            })),
        )
        .at("/docs/", get(swagger_page).data(swagger.clone()))
        .at("/docs/*tail", get(swagger_page).data(swagger))
        .at(
            "/*path",
            make(|_| async { Err::<Response, poem::Error>(poem::error::NotFoundError.into()) }),
        )
}

#[handler]
fn swagger_page(request: &Request, config: Data<&Arc<utoipa_swagger_ui::Config<'static>>>) -> Response {
    let tail: String = request.raw_path_param("tail").unwrap_or_default().to_owned();
    match utoipa_swagger_ui::serve(&tail, config.0.clone()) {
        Ok(Some(file)) => Response::builder()
            .content_type(&file.content_type)
            .body(with_way_back(&tail, file.bytes)),
        Ok(None) => StatusCode::NOT_FOUND.into(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into(),
    }
}

/// The page of the description with a link to the portal, which it has not by itself.
fn with_way_back(tail: &str, bytes: Cow<'static, [u8]>) -> Bytes {
    const PAGE: &str = "<div id=\"swagger-ui\">";
    const LINK: &str = "<p style=\"margin:0;padding:12px 20px;font:14px sans-serif\"><a href=\"/\">Back to the portal</a></p>";
    let page = matches!(tail, "" | "/" | "index.html").then(|| std::str::from_utf8(&bytes));
    match page {
        Some(Ok(page)) => Bytes::from(page.replacen(PAGE, &format!("{LINK}{PAGE}"), 1)),
        _ => assets::uncopied(bytes),
    }
}
