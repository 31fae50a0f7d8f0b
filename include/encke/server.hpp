// SPDX-License-Identifier: MIT
// The server: namespaces, listeners, plain HTTP routes, and the threads that run them.
#pragma once

#include <chrono>
#include <cstdint>
#include <encke/admission.hpp>
#include <encke/engine_hooks.hpp>
#include <encke/export.hpp>
#include <encke/fault.hpp>
#include <encke/handshake.hpp>
#include <encke/http.hpp>
#include <encke/nsp.hpp>
#include <encke/options.hpp>
#include <encke/stats.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace boost::asio {
class io_context;
}

namespace encke {

/// Certificate chain and key of a listener, both PEM files.
struct tls_options {
  std::string certificate;
  std::string key;
};

/// Loads certificate and key as `listen` would, whether they fit each other included, and forgets them. Gives what an
/// operator should know although they can be used (the certificate expired), or "". Throws std::runtime_error that
/// names the file and what is wrong with it.
ENCKE_API std::string try_certificate(const tls_options&);

/// Where a server listens.
struct endpoint {
  /// An IPv4 or IPv6 address, or a name, which stands for all its addresses: "localhost" for 127.0.0.1 and ::1, others
  /// for what the resolver has.
  std::string address = "0.0.0.0";
  std::uint16_t port = 0;  ///< 0: any free port
  bool internal = false;   ///< answers internal routes only, and no Socket.IO
  std::optional<tls_options> tls{};
};

/// A Socket.IO server: namespaces, listeners, plain HTTP routes, and the threads that run them.
class ENCKE_API server {
 public:
  /// Throws std::invalid_argument naming what is wrong with the options.
  explicit server(options = {});
  /// Lives on a loop of yours, as one worker (`options::threads` means nothing), served by `start`. One thread at a
  /// time runs the loop. Destroy the server once it has stopped (`start`), or while its loop does not run; the loop
  /// outlives it, and may run on. Handles and targets that are left then may be destroyed, and not used.
  explicit server(boost::asio::io_context& loop, options = {});
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// The namespace of this name, made on first use. A name without "/" in front gets one. The reference stays valid.
  nsp& of(std::string_view name);
  /// A parent of namespaces that come with their first client and go with the last: each name that the pattern matches,
  /// in which `*` stands for any text, or that the predicate accepts. Middleware and handlers of the parent are its
  /// children's. The predicate is asked for every client that joins, on its worker; what it throws is a no. A name that
  /// `of` has made is not asked for. Emitting to a parent, and joining, leaving and disconnecting, reach all its
  /// children.
  nsp& of_matching(std::string pattern);
  nsp& of_matching(namespace_predicate accepts);
  /// Called with the name of each namespace that a parent gets, before its first client joins, on that client's worker.
  void on_new_namespace(std::function<void(std::string_view name)> hook);
  /// Everybody in a namespace, one that came by its parent among them; nobody if there is none of this name. Any
  /// thread.
  [[nodiscard]] target everyone_in(std::string_view nsp) const;
  /// Everybody in "/".
  [[nodiscard]] target everyone() { return of("/").everyone(); }
  [[nodiscard]] target except(std::string_view room) { return of("/").except(room); }
  /// Adds a middleware to every namespace, those made later included; runs before their own.
  template <class F>
  server& use(F check) {
    add_middleware(make_middleware(std::move(check)));
    return *this;
  }
  /// Told whatever goes wrong around handlers; see fault.hpp. One hook; a second throws std::logic_error.
  void on_error(error_hook hook);
  /// Asked before a session is opened, on the worker that got the request; it may set `handshake::identity`. A refusal
  /// is answered by HTTP, before any upgrade, and leaves nothing behind. `admission(handshake&)`, or a coroutine of it,
  /// whose handshake stays until it ends. While it waits nothing else of this client is looked at. It goes on when the
  /// client goes away, unless it asks to be told as a route may (http_handler); so it does when it has not decided
  /// within `options::head_timeout`, which is answered with 503 and reported as a fault. One hook; a second throws
  /// std::logic_error.
  template <class F>
  void allow_request(F hook) {
    constexpr bool is_good = detail::answers_with<admission, F, handshake&>;
    static_assert(is_good, "allow_request takes encke::handshake& and returns encke::admission, or encke::task of it");
    if constexpr (is_good) {
      if constexpr (detail::is_task<std::invoke_result_t<F, handshake&>>)
        set_request_check({.now = {}, .later = std::move(hook)});
      else
        set_request_check({.now = std::move(hook), .later = {}});
    }
  }

  /// Sees refused requests and adds to the headers of answers. Throws std::logic_error once the server runs.
  void engine(engine_hooks hooks);

  /// Called on any worker where the server itself refuses a plain HTTP request, which has no body otherwise. What
  /// Engine.IO and routes answer is not shown. One hook; a second throws std::logic_error, and so does one while
  /// serving.
  void on_http_refusal(http_refusal_hook hook);

  /// A plain HTTP route. HEAD is answered by GET, OPTIONS by the methods that there are. A path is also found with
  /// doubled slashes, and with or without its last one.
  /// In `pattern`, `{name}` matches one path segment and a last `{name*}` the rest.
  /// `handler`: http_response(const http_request&) or task<http_response>(http_request).
  template <class F>
  void route(std::string_view method, std::string_view pattern, F handler, route_options options = {}) {
    add_route(method, pattern, make_http_handler(std::move(handler)), options);
  }

  /// Binds at once and returns the port; serving starts with `run`. Throws std::system_error, which says what could not
  /// be bound, why, and what helps.
  std::uint16_t listen(const endpoint&);
  /// Loads the certificates of all TLS listeners again; new connections use them. Throws std::runtime_error and changes
  /// nothing if one cannot be loaded. Any thread.
  void reload_certificates();
  /// The same from other files, for all TLS listeners; later reloads are of these.
  void reload_certificates(const tls_options& files);

  /// Takes over a connection that another HTTP server of yours has accepted, once it sees a request for
  /// `options::path`: from then on all its requests are this server's. `descriptor`: a connected TCP socket, which this
  /// server closes; `received`: all that was read of it, the request's head included. TLS is for listeners only. Throws
  /// std::system_error if it is none. Any thread, while serving.
  void adopt(int descriptor, std::string received = {});

  /// Serves until stopped; the calling thread is the first worker. Once. Throws std::logic_error on a loop of yours,
  /// and std::system_error if there are no more threads to be had; then it has ended.
  void run();
  /// Begins to serve on your loop and returns; `stopped` is called on it when `stop` is through. Once. Throws
  /// std::logic_error without a loop of yours.
  void start(std::function<void()> stopped = {});
  /// Stops accepting, closes the sessions as the protocol says, and ends `run` when all are gone or `drain` is over.
  /// Then another server may listen where this one did. Calling again with a shorter time hurries. Any thread.
  void stop(std::chrono::milliseconds drain = std::chrono::milliseconds{2000});

  /// Starts a coroutine on the first worker; before `run` it waits for that. What it throws is reported as a fault of
  /// "spawn". It ends with the server at the latest, like coroutines of handlers and routes: not a line of them runs
  /// after that. Any thread.
  void spawn(task<void> work);

  /// Emits to everybody in "/".
  template <class... Args>
  void emit(std::string_view event, const Args&... args) {
    of("/").emit(event, args...);
  }
  [[nodiscard]] target to(std::string_view room) { return of("/").to(room); }
  [[nodiscard]] target in(std::string_view room) { return of("/").to(room); }
  /// Registers with "/": as its `on`, `on_connect`, `on_disconnecting` and `on_disconnect`.
  template <class F>
  nsp& on(std::string_view event, F handler) {
    return of("/").on(event, std::move(handler));
  }
  template <class F>
  nsp& on_connect(F handler) {
    return of("/").on_connect(std::move(handler));
  }
  nsp& on_disconnecting(std::function<void(const socket&, reason)> handler) {
    return of("/").on_disconnecting(std::move(handler));
  }
  nsp& on_disconnect(std::function<void(const socket&, reason)> handler) {
    return of("/").on_disconnect(std::move(handler));
  }

  /// Names of all namespaces, those that came by a parent included. Any thread.
  [[nodiscard]] std::vector<std::string> namespaces() const;
  /// True if there is one of this name, which begins with "/". Any thread.
  [[nodiscard]] bool has_namespace(std::string_view name) const;
  /// Any thread.
  [[nodiscard]] encke::stats stats() const;
  /// Gives back to the system, soon and on every worker, what is kept free for its next use (`memory_options::purge`).
  /// Any thread.
  void purge();
  /// How it stands with `options::memory`. Any thread.
  [[nodiscard]] memory_state memory() const;
  [[nodiscard]] unsigned threads() const;

 private:
  void add_middleware(middleware);
  void set_request_check(request_check);
  void add_route(std::string_view method, std::string_view pattern, http_handler, route_options);

  struct implementation;
  std::unique_ptr<implementation> impl_;
};

}  // namespace encke
