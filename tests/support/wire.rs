//! HTTP by hand: a server whose answers a test decides, and requests that no library would send.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longer than anything here takes, so that a test which waits in vain fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request and what was answered to it, with their headers.
#[derive(Clone)]
pub struct Exchange {
    pub request: String,
    pub answer: String,
}

/// Answers every request as a function says, and remembers both. Ends with the test's process.
pub struct Server {
    address: SocketAddr,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let exchanges = Arc::new(Mutex::new(Vec::new()));
        let (answer, kept) = (Arc::new(answer), Arc::clone(&exchanges));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, kept) = (Arc::clone(&answer), Arc::clone(&kept));
                std::thread::spawn(move || serve(stream, &*answer, &kept));
            }
        });
        Self { address, exchanges }
    }

    /// One that hands every request to the server at `url` (of the form `http://host:port`).
    pub fn forwarding(url: &str) -> Self {
        let to = url.strip_prefix("http://").expect("an http URL").to_owned();
        Self::start(move |request| send(&to, request))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().expect("the exchanges").clone()
    }

    /// The first line of each request.
    pub fn request_lines(&self) -> Vec<String> {
        let first = |exchange: &Exchange| exchange.request.lines().next().unwrap_or_default().to_owned();
        self.exchanges().iter().map(first).collect()
    }
}

fn serve(stream: TcpStream, answer: &(impl Fn(&str) -> String + ?Sized), kept: &Mutex<Vec<Exchange>>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_message(&mut reader) {
        let answer = answer(&request);
        // Kept first: whoever has the answer may look for it at once.
        kept.lock().expect("the exchanges").push(Exchange { request, answer: answer.clone() });
        if reader.get_mut().write_all(answer.as_bytes()).is_err() || !is_whole(&answer) {
            return;
        }
    }
}

/// Whether an answer has the body that it announces.
fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| length.parse() == Ok(body.len()))
}

/// A message with its body, or as much of it as comes; none when the other side ends before one.
pub fn read_message(reader: &mut impl BufRead) -> Option<String> {
    let (mut message, mut length) = (String::new(), 0);
    loop {
        let start = message.len();
        if reader.read_line(&mut message).ok()? == 0 {
            return None;
        }
        let line = message[start..].trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = Vec::new();
    let _ = reader.take(length).read_to_end(&mut body);
    message.push_str(&String::from_utf8_lossy(&body));
    Some(message)
}

/// Sends bytes to `host:port`; the answer, or nothing where the other side hangs up.
pub fn send(to: &str, request: &str) -> String {
    let mut stream = connect(to);
    stream.write_all(request.as_bytes()).expect("the request is sent");
    read_message(&mut BufReader::new(stream)).unwrap_or_default()
}

/// A connection that does not wait for ever.
pub fn connect(to: &str) -> TcpStream {
    let stream = TcpStream::connect(to).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

/// Fetches a URL as a browser would, without following redirects.
pub fn get(url: &str) -> String {
    let (host, path) = split(url);
    send(&host, &format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n"))
}

/// The status of an answer; 0 for none.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// Where an answer redirects to.
pub fn location(answer: &str) -> String {
    let line = answer.lines().find_map(|line| line.strip_prefix("location: "));
    line.unwrap_or_else(|| panic!("no redirect: {answer}")).to_owned()
}

/// `host:port` of a URL, and the rest of it.
pub fn split(url: &str) -> (String, String) {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("no http URL: {url}"));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    (host.to_owned(), if path.starts_with('/') { path.to_owned() } else { format!("/{path}") })
}

/// An answer with a body.
pub fn answer(status: &str, content_type: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// An address at which nobody listens: connections are refused.
pub fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("its address"))
}
