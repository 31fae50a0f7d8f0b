// SPDX-License-Identifier: MIT
//! The benchmark application on socketioxide with axum and hyper: what every server of these benchmarks does, see
//! ../README.md.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use clap::Parser;
use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{json, Value};
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::SocketIo;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Flags {
    #[arg(long, default_value_t = 0)]
    port: u16,
    #[arg(long)]
    secret: String,
    #[arg(long, default_value_t = 1)]
    workers: usize,
    #[arg(long, default_value_t = 25000)]
    ping_interval: u64,
    #[arg(long, default_value_t = 20000)]
    ping_timeout: u64,
}

#[derive(Clone)]
struct User(String);

#[derive(Deserialize)]
struct Claims {
    uid: String,
}

#[derive(Deserialize)]
struct Order {
    room: String,
    event: String,
    data: Value,
}

#[derive(Clone)]
struct Door {
    key: DecodingKey,
    rules: Validation,
}

impl Door {
    fn new(secret: &str) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = 0;
        Door { key: DecodingKey::from_secret(secret.as_bytes()), rules }
    }

    fn user_of(&self, query: &str) -> Option<User> {
        let (_, token) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token")?;
        let claims = decode::<Claims>(token.as_bytes(), &self.key, &self.rules).ok()?.claims;
        (!claims.uid.is_empty()).then_some(User(claims.uid))
    }
}

/// Lets handshakes with a good token through, and everything that belongs to a session.
async fn authenticated(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/socket.io/") {
        let query = request.uri().query().unwrap_or("");
        if !url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "sid") {
            match door.user_of(query) {
                Some(user) => request.extensions_mut().insert(user),
                None => return StatusCode::UNAUTHORIZED.into_response(),
            };
        }
    }
    next.run(request).await
}

async fn on_connect(socket: SocketRef) {
    if let Some(User(user)) = socket.req_parts().extensions.get::<User>().cloned() {
        socket.join(user);
    }
    socket.join("house");
    socket.on("echo-ack", async |Data::<Value>(data), ack: AckSender| {
        ack.send(&data).ok();
    });
    socket.on("echo", async |socket: SocketRef, Data::<Value>(data)| {
        socket.emit("echo", &data).ok();
    });
    socket.on("shout", async |io: SocketIo, Data::<Value>(data)| {
        io.to("house").emit("shout", &data).await.ok();
    });
    socket.on("tell", async |io: SocketIo, Data::<(String, Value)>((room, data))| {
        io.to(room).emit("tell", &data).await.ok();
    });
}

async fn publish(State(io): State<SocketIo>, Json(order): Json<Order>) -> Json<Value> {
    io.to(order.room).emit(order.event, &order.data).await.ok();
    Json(json!({}))
}

async fn serve(flags: Flags) -> std::io::Result<()> {
    let (layer, io) = SocketIo::builder()
        .ping_interval(Duration::from_millis(flags.ping_interval))
        .ping_timeout(Duration::from_millis(flags.ping_timeout))
        .build_layer();
    io.ns("/", on_connect);
    let app = Router::new()
        .route("/publish", post(publish))
        .with_state(io)
        .layer(layer)
        .layer(middleware::from_fn_with_state(Door::new(&flags.secret), authenticated));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", flags.port)).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app).await
}

fn main() -> std::io::Result<()> {
    let flags = Flags::parse();
    let mut builder = match flags.workers {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.worker_threads(flags.workers).enable_all().build()?.block_on(serve(flags))
}
