// SPDX-License-Identifier: MIT
// Requests on the Engine.IO path: what is read out of them, the order of the checks, and the exact error replies.
#include "engineio/request.hpp"

#include "codec_support.hpp"
#include "engineio/session.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace encke::engineio {
namespace {

http::request get(std::string_view query) {
  http::request request;
  request.method = "GET";
  request.target = "/socket.io/?";
  request.target += query;
  return request;
}

http::request websocket_request(std::string_view query) {
  auto request = get(query);
  request.upgrade = true;
  request.headers.push_back({"Upgrade", "WebSocket"});
  return request;
}

http::request with_method(std::string_view method, http::request request) {
  request.method = method;
  return request;
}

http::request with_origin(std::string_view origin, http::request request) {
  http::header field{"origin", {}};
  field.value = origin;
  request.headers.push_back(field);
  return request;
}

/// The number of the error, or -1.
int code_of(const http::request& request, const settings& s = {}) {
  const auto info = parse_request(request, s);
  return info ? -1 : static_cast<int>(info.error());
}

constexpr int fine = -1, transport_unknown = 0, bad_method = 2, bad_request = 3, bad_version = 5;

class requests : public codec {};

TEST_F(requests, for_a_polling_handshake_pass) {
  const auto info = parse_request(get("EIO=4&transport=polling&t=PXhi2Xa"), {});
  ASSERT_TRUE(info);
  EXPECT_EQ(info->rev, revision::v4);
  EXPECT_EQ(info->to, transport::polling);
  EXPECT_TRUE(info->sid.empty());
  EXPECT_FALSE(info->upgrade || info->base64 || info->jsonp);
}

TEST_F(requests, for_a_websocket_handshake_pass) {
  const auto info = parse_request(websocket_request("EIO=4&transport=websocket"), {});
  ASSERT_TRUE(info);
  EXPECT_EQ(info->to, transport::websocket);
  EXPECT_TRUE(info->upgrade);
}

TEST_F(requests, keep_the_sid) {
  EXPECT_EQ(parse_request(get("EIO=4&transport=polling&sid=a%2Db&sid=last"), {})->sid, "last");
  EXPECT_EQ(parse_request(get("EIO=4&transport=polling&sid="), {})->sid, "");
}

TEST_F(requests, say_that_the_client_wants_base64) {
  EXPECT_TRUE(parse_request(get("EIO=4&transport=polling&b64=1"), {})->base64);
  EXPECT_TRUE(parse_request(get("EIO=4&transport=polling&b64=0"), {})->base64);
  EXPECT_FALSE(parse_request(get("EIO=4&transport=polling&b64="), {})->base64);
}

TEST_F(requests, for_jsonp_imply_base64_and_keep_the_digits) {
  const auto info = parse_request(get("EIO=4&transport=polling&j=a1);2"), {});
  EXPECT_EQ(info->jsonp, "12");
  EXPECT_TRUE(info->base64);
  EXPECT_EQ(parse_request(get("EIO=4&transport=polling&j="), {})->jsonp, "");
  EXPECT_EQ(code_of(get("EIO=4&transport=polling&j=123456789012345678901")), bad_request);
}

TEST_F(requests, for_jsonp_are_bad_where_it_is_off) {
  for (const auto* query :
       {"EIO=4&transport=polling&j=0", "EIO=4&transport=polling&j=", "EIO=4&transport=polling&j=0&sid=x"})
    EXPECT_EQ(code_of(get(query), {.jsonp = false}), bad_request) << query;
  EXPECT_EQ(code_of(get("EIO=4&transport=polling"), {.jsonp = false}), fine);
  EXPECT_EQ(code_of(websocket_request("EIO=4&transport=websocket&j=0"), {.jsonp = false}), fine);
}

TEST_F(requests, need_a_known_and_enabled_transport) {
  EXPECT_EQ(code_of(get("EIO=4")), transport_unknown);
  EXPECT_EQ(code_of(get("EIO=4&transport=webtransport")), transport_unknown);
  EXPECT_EQ(code_of(get("EIO=4&transport=POLLING")), transport_unknown);
  EXPECT_EQ(code_of(get("EIO=4&transport=polling"), {.polling = false}), transport_unknown);
  EXPECT_EQ(code_of(websocket_request("EIO=4&transport=websocket"), {.websocket = false}), transport_unknown);
}

TEST_F(requests, of_revision_3_are_those_whose_eio_is_not_exactly_4) {
  for (const auto* query : {"transport=polling", "EIO=3&transport=polling", "EIO=04&transport=polling",
                            "EIO=4x&transport=polling", "EIO=4&EIO=5&transport=polling"}) {
    EXPECT_EQ(code_of(get(query)), bad_version) << query;
    EXPECT_EQ(parse_request(get(query), {.allow_eio3 = true})->rev, revision::v3) << query;
  }
}

TEST_F(requests, with_a_control_character_in_the_origin_are_bad) {
  EXPECT_EQ(code_of(with_origin("http://a\x01", get("EIO=4&transport=polling"))), bad_request);
  EXPECT_EQ(code_of(with_origin("http://a\x7f", get("EIO=4&transport=polling&sid=x"))), bad_request);
  EXPECT_EQ(code_of(with_origin("http://a\t\xc3\xa9", get("EIO=4&transport=polling"))), fine);
}

TEST_F(requests, without_sid_have_to_be_gets) {
  for (const auto* method : {"POST", "PUT", "DELETE", "get"})
    EXPECT_EQ(code_of(with_method(method, get("EIO=4&transport=polling"))), bad_method) << method;
  EXPECT_EQ(code_of(with_method("POST", get("EIO=4&transport=polling&sid=x"))), fine);
}

TEST_F(requests, by_head_are_checked_as_gets) {
  EXPECT_EQ(code_of(with_method("HEAD", get("EIO=4&transport=polling"))), fine);
  EXPECT_EQ(code_of(with_method("HEAD", get("EIO=4&transport=websocket"))), bad_request);
}

TEST_F(requests, use_the_transport_they_name) {
  EXPECT_EQ(code_of(get("EIO=4&transport=websocket")), bad_request);
  EXPECT_EQ(code_of(websocket_request("EIO=4&transport=polling")), bad_request);
}

TEST_F(requests, that_offer_another_protocol_than_websocket_are_plain_ones) {
  auto request = get("EIO=4&transport=polling");
  request.upgrade = true;
  request.headers.push_back({"upgrade", "h2c"});
  EXPECT_EQ(code_of(request), fine);
}

TEST_F(requests, are_checked_in_the_protocols_order) {
  EXPECT_EQ(code_of(with_method("POST", with_origin("\x01", get("EIO=3&transport=x")))), transport_unknown);
  EXPECT_EQ(code_of(with_method("POST", with_origin("\x01", get("EIO=3&transport=websocket")))), bad_request);
  EXPECT_EQ(code_of(with_method("POST", get("EIO=3&transport=websocket"))), bad_method);
  EXPECT_EQ(code_of(get("EIO=3&transport=websocket")), bad_request);
  EXPECT_EQ(code_of(get("EIO=3&transport=polling")), bad_version);
}

struct session_case {
  const char* query;
  bool upgrade;
  transport on;
  revision rev;
  std::optional<request_error> failed;
};

TEST_F(requests, with_a_sid_have_to_fit_their_session) {
  using enum transport;
  using enum revision;
  const auto bad = request_error::bad_request;
  const session_case cases[] = {
      {"EIO=4&transport=polling&sid=x", false, polling, v4, {}},
      {"EIO=3&transport=polling&sid=x", false, polling, v3, {}},
      {"EIO=4&transport=websocket&sid=x", true, polling, v4, {}},
      {"EIO=4&transport=websocket&sid=x", true, websocket, v4, {}},  // 101, then closed: on_probe
      {"EIO=4&transport=polling&sid=x", false, websocket, v4, bad},
      {"EIO=4&transport=websocket&sid=x", false, websocket, v4, bad},
      {"EIO=4&transport=websocket&sid=x", false, polling, v4, bad},
      {"EIO=4&transport=polling&sid=x", true, polling, v4, bad},
      {"EIO=3&transport=polling&sid=x", false, polling, v4, bad},
      {"transport=websocket&sid=x", true, polling, v4, bad},
      {"EIO=4&transport=polling&sid=x", false, polling, v3, bad},
  };
  const settings s;
  for (const auto& c : cases) {
    const session known{s, c.rev, c.on, {}};
    const auto info = parse_request(c.upgrade ? websocket_request(c.query) : get(c.query), s);
    ASSERT_TRUE(info) << c.query;
    EXPECT_EQ(check_session(*info, &known), c.failed) << c.query << (c.upgrade ? " upgrade" : "");
    EXPECT_EQ(check_session(*info, nullptr), request_error::unknown_sid);
  }
}

TEST_F(requests, that_fail_are_answered_as_the_vectors_say) {
  auto vectors = test::load_vectors("engineio");
  std::erase_if(vectors, [](const auto& v) { return !v.has("code"); });
  for (const auto& v : vectors) {
    SCOPED_TRACE(v.where);
    const auto e = static_cast<request_error>(std::stoi(v.get("code")));
    const auto response = error_response(e, v.get("message"));
    EXPECT_EQ(std::to_string(response.status), v.get("status"));
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_TRUE(response.headers.empty());
    EXPECT_EQ(response.body, test::unescape(v.get("body")));
    std::string upgrade = "before";
    append_upgrade_error(upgrade, e, v.get("message"));
    EXPECT_EQ(upgrade, "before" + test::unescape(v.get("upgrade")));
  }
  EXPECT_EQ(vectors.size(), 7U);
}

TEST_F(requests, are_opened_with_exactly_five_keys) {
  EXPECT_EQ(
      open_packet_json("lIUtcq5m1sdmGhxxAAAA", transport::polling, {}),
      R"({"sid":"lIUtcq5m1sdmGhxxAAAA","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
  using namespace std::chrono_literals;
  const settings s{.ping_interval = 300ms, .ping_timeout = 200ms, .max_payload = 1024};
  EXPECT_EQ(open_packet_json("x", transport::websocket, s),
            R"({"sid":"x","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1024})");
}

TEST_F(requests, are_offered_only_upgrades_that_would_be_accepted) {
  const auto none = R"({"sid":"x","upgrades":[],)";
  EXPECT_TRUE(open_packet_json("x", transport::polling, {.allow_upgrades = false}).starts_with(none));
  EXPECT_TRUE(open_packet_json("x", transport::polling, {.websocket = false}).starts_with(none));
}

}  // namespace
}  // namespace encke::engineio
