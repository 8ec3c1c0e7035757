//! A request as the services see it, and their answer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_LENGTH, HeaderValue};
use hyper::{HeaderMap, Method, Response, StatusCode, Uri};
use serde::Serialize;
use tokio::time::Sleep;

// Long enough for the first half to leave before the connection goes.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Call {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
    fields: Vec<(String, String)>,
}

impl Call {
    pub fn new(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Self {
        let mut fields = parse(uri.query().unwrap_or_default().as_bytes());
        let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if content_type.starts_with("application/x-www-form-urlencoded") {
            fields.extend(parse(&body));
        }
        Self { method, uri, headers, body, fields }
    }

    /// A parameter of the query or of the form in the body.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn parse(form: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(form).into_owned().collect()
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.into())], body: body.into() }
    }

    pub fn json(status: u16, body: &impl Serialize) -> Self {
        Self::new(status, "application/json", serde_json::to_vec(body).unwrap_or_default())
    }

    pub fn xml(status: u16, body: String) -> Self {
        Self::new(status, "text/xml", body)
    }

    pub fn html(status: u16, body: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub fn redirect(location: &url::Url) -> Self {
        let mut reply = Self::html(302, String::new());
        reply.headers.push(("location", location.as_str().into()));
        reply
    }

    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn into_response(self) -> Response<Answer> {
        let Self { status, headers, body } = self;
        respond(status, headers, Answer::Whole(Some(body.into())))
    }

    /// Promises the whole body and sends half of it.
    pub fn into_truncated(self) -> Response<Answer> {
        let Self { status, headers, mut body } = self;
        let promised = body.len().max(2);
        body.truncate(promised / 2);
        let half = Answer::Half(Some(body.into()), Box::pin(tokio::time::sleep(PAUSE)));
        let mut response = respond(status, headers, half);
        response.headers_mut().insert(CONTENT_LENGTH, promised.into());
        response
    }
}

fn respond(status: u16, headers: Vec<(&'static str, String)>, body: Answer) -> Response<Answer> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The body of an answer.
pub(crate) enum Answer {
    Whole(Option<Bytes>),
    /// Of unknown length to the server, which would otherwise notice that the promise is false.
    Half(Option<Bytes>, Pin<Box<Sleep>>),
}

impl Body for Answer {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Self::Whole(data) => Poll::Ready(data.take().map(|data| Ok(Frame::data(data)))),
            Self::Half(data, pause) => match data.take() {
                Some(data) => Poll::Ready(Some(Ok(Frame::data(data)))),
                None => pause.as_mut().poll(cx).map(|()| Some(Err(std::io::ErrorKind::BrokenPipe.into()))),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(data) => SizeHint::with_exact(data.as_ref().map_or(0, |data| data.len() as u64)),
            Self::Half(..) => SizeHint::default(),
        }
    }
}
