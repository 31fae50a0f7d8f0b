// SPDX-License-Identifier: MIT
// Mistakes that the compiler finds, each below the sentence that it is to say about it, and nothing else.
#include <boost/describe.hpp>
#include <encke/encke.hpp>
#include <map>

namespace {

using namespace std::chrono_literals;

struct note {
  std::string title;
};
struct draft {
  std::string title;
};
enum class colour { red };
class hidden {
  int value_ = 0;
  BOOST_DESCRIBE_CLASS(hidden, (), (), (), (value_))
};
struct page {
  std::vector<draft> notes;
};
BOOST_DESCRIBE_STRUCT(page, (), (notes))

template <int>
struct other {};

[[maybe_unused]] void mistakes(encke::server& io, encke::nsp& chat, const encke::socket& s) {
  // says: a handler's first parameter is encke::socket
  chat.on("x", [] {});
  // says: a handler's first parameter is encke::socket
  chat.on("x", [](int) {});
  // says: a handler has one signature, with types: (encke::socket, arguments...), not `auto`
  chat.on("x", [](auto) {});
  // says: a handler has one signature, with types: (encke::socket, arguments...), not `auto`
  io.on("x", [](const encke::socket&, const auto&) {});
  // says: a handler has one signature, with types: (encke::socket, arguments...), not `auto`
  chat.on("x", 5);
  // says: a handler takes its parameters by value or by reference to const
  chat.on("x", [](encke::socket, std::string&) {});
  // says: a handler takes its parameters by value or by reference to const
  chat.on("x", [](encke::socket&) {});
  // says: a handler is not `mutable`
  chat.on("x", [n = 0](encke::socket) mutable { ++n; });
  // says: what a handler returns is the ack: it is given no callback
  chat.on("x", [](encke::socket, int, std::function<void(int)>) {});
  // says: the reason of a disconnect is told to `on_disconnect`
  chat.on("x", [](encke::socket, encke::reason) {});
  // says: `arguments` stands alone
  chat.on("x", [](encke::socket, int, encke::arguments) {});
  // says: `rest` is the last parameter
  chat.on("x", [](encke::socket, encke::rest<int>, int) {});

  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  chat.on("x", [](encke::socket, note) {});
  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  chat.on("x", [](encke::socket, std::map<std::string, std::optional<other<1>>>) {});
  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  chat.on("x", [](encke::socket, page) {});
  // says: describe it: BOOST_DESCRIBE_ENUM(T, values...)
  chat.on("x", [](encke::socket, colour) {});
  // says: a view would outlive what it looks at
  chat.on("x", [](encke::socket, std::string_view) {});
  // says: a view would outlive what it looks at
  chat.on("x", [](encke::socket, std::span<const std::byte>) {});

  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  chat.on("x", [](encke::socket) { return other<2>{}; });
  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  chat.on("x", [](encke::socket) -> encke::task<other<3>> { co_return other<3>{}; });
  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  chat.on("x", [](encke::socket) { return std::tuple{1, other<4>{}}; });

  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  s.emit("x", other<5>{});
  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  chat.to("room").emit("x", std::vector<other<6>>{});
  // says: described with members that are not public
  chat.emit("x", hidden{});
  // says: a pointer does not travel
  chat.emit("x", &io);
  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  (void)s.timeout(1s).emit_with_ack<other<7>>("x");
  // says: describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))
  (void)chat.everyone().timeout(1s).emit_with_ack<std::tuple<int, other<8>>>("x");

  // says: handlers belong to the namespace
  s.on("x", [] {});
  // says: a middleware takes encke::socket and returns encke::admission
  chat.use([](encke::socket) {});
  // says: a middleware takes encke::socket and returns encke::admission
  io.use([] { return encke::admit; });
  // says: a middleware of events takes encke::socket and encke::event
  chat.use_event([](encke::socket) { return encke::admit; });
  // says: takes encke::socket and returns nothing, or encke::task<void>
  io.on_connect([](encke::socket) -> encke::task<int> { co_return 1; });
  // says: takes encke::socket and returns nothing, or encke::task<void>
  chat.on_connect([] {});
  // says: a route's handler takes const encke::http_request&
  io.route("GET", "/", [](const encke::http_request&) { return "text"; });
}

}  // namespace
