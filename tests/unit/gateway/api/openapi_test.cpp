// SPDX-License-Identifier: MIT
// docs/openapi.yaml against the tables from which the routes are registered: the same paths and methods, the same
// members of bodies, the same query parameters; and against a running server, which must know every one of them.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "gateway/api/routes.hpp"
#include "support/source_dir.hpp"
#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using names = std::set<std::string>;

// The lines of the document that say something, with their indentation.
struct line {
  std::size_t indent = 0;
  std::string text;
};

std::vector<line> lines_of_document() {
  std::ifstream file{ENCKE_SOURCE_DIR "/docs/openapi.yaml"};
  std::vector<line> lines;
  for (std::string text; std::getline(file, text);) {
    const auto indent = text.find_first_not_of(' ');
    if (indent != std::string::npos && text[indent] != '#') lines.push_back({indent, text.substr(indent)});
  }
  return lines;
}

std::string key_of(const line& one) {
  return one.text.substr(0, one.text.find(':'));
}

// The lines below the key at the end of `path`, each key of which is indented by two more than the one before.
std::vector<line> below(const std::vector<line>& lines, const std::vector<std::string>& path) {
  auto from = lines.begin(), to = lines.end();
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    from = std::find_if(from, to, [&](const line& l) { return l.indent == 2 * depth && key_of(l) == path[depth]; });
    if (from == to) return {};
    to = std::find_if(++from, to, [&](const line& l) { return l.indent <= 2 * depth; });
  }
  return {from, to};
}

names keys_below(const std::vector<line>& lines, const std::vector<std::string>& path) {
  names keys;
  for (const auto& one : below(lines, path))
    if (one.indent == 2 * path.size()) keys.insert(key_of(one));
  return keys;
}

names described_operations(const std::vector<line>& lines) {
  names all;
  for (const auto& path : keys_below(lines, {"paths"}))
    for (auto method : keys_below(lines, {"paths", path})) {
      std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::toupper(c); });
      all.insert(method + " " + path);
    }
  return all;
}

std::vector<api_operation> registered_operations() {
  auto all = api_operations();
  const auto more = debug_operations();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// The last part of the $ref of an operation's request body.
std::string body_schema(const std::vector<line>& lines, std::string_view path) {
  const auto body =
      below(lines, {"paths", std::string{path}, "post", "requestBody", "content", "application/json", "schema"});
  return body.size() == 1
             ? body[0].text.substr(body[0].text.rfind('/') + 1, body[0].text.size() - 2 - body[0].text.rfind('/'))
             : std::string{};
}

names described_query(const std::vector<line>& lines, std::string_view path) {
  names all;
  std::string name;
  for (const auto& one : below(lines, {"paths", std::string{path}, "get", "parameters"})) {
    if (one.text.starts_with("- name: ")) name = one.text.substr(8);
    if (one.text == "in: query") all.insert(name);
  }
  return all;
}

TEST(api_openapi, describes_the_operations_that_are_registered) {
  names registered;
  for (const auto& [method, pattern] : registered_operations())
    EXPECT_TRUE(registered.insert(std::string{method} + " " + std::string{pattern}).second) << pattern;
  EXPECT_EQ(described_operations(lines_of_document()), registered);
}

TEST(api_openapi, describes_the_members_of_each_body) {
  const auto lines = lines_of_document();
  std::size_t posts = 0;
  for (const auto& [method, pattern] : api_operations()) posts += method == "POST";
  EXPECT_EQ(names_in_bodies().size(), posts);
  for (const auto& [pattern, known] : names_in_bodies()) {
    const auto described = keys_below(lines, {"components", "schemas", body_schema(lines, pattern), "properties"});
    EXPECT_EQ(described, names(known.begin(), known.end())) << pattern;
  }
}

TEST(api_openapi, describes_the_parameters_of_each_query) {
  const auto lines = lines_of_document();
  for (const auto& [pattern, known] : names_in_queries())
    EXPECT_EQ(described_query(lines, pattern), names(known.begin(), known.end())) << pattern;
}

class api_openapi_server : public api_test {};

TEST_F(api_openapi_server, answers_a_batch_as_it_is_described) {
  start();
  const auto lines = lines_of_document();
  const auto type = "Content-Type: application/x-ndjson\r\n";
  EXPECT_FALSE(below(lines, {"paths", "/v1/emit", "post", "requestBody", "content", "application/x-ndjson"}).empty());
  const auto said = call("POST", "/v1/emit", "{}\n", type);
  const auto keys_of = [](const boost::json::object& object) {
    names keys;
    for (const auto& one : object) keys.emplace(one.key());
    return keys;
  };
  const std::vector<std::string> result{"components", "schemas", "BatchResult", "properties"};
  EXPECT_EQ(keys_of(said.body.as_object()), keys_below(lines, result));
  auto error = result;
  for (const auto* step : {"errors", "items", "properties"}) error.emplace_back(step);
  EXPECT_EQ(keys_of(said.body.at("errors").at(0).as_object()), keys_below(lines, error));
}

TEST_F(api_openapi_server, knows_every_operation_that_is_described_and_no_other_method) {
  start({}, true);
  const auto all = described_operations(lines_of_document());
  for (const auto& described : all) {
    const auto method = described.substr(0, described.find(' '));
    auto path = described.substr(described.find(' ') + 1);
    const auto pattern = path;
    if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, "somebody");
    if (path.ends_with("/profile")) path += "?seconds=0";
    if (const auto at = path.find("{file}"); at != std::string::npos) path.replace(at, 6, "page.js");
    const auto said = call(method, path);
    const bool is_known = said.status != 405 && (said.status != 404 || said.body.at("code") != "not_found");
    EXPECT_TRUE(is_known) << described << ": " << said.status;
    for (const std::string other : {"GET", "POST", "PUT", "DELETE", "PATCH"})
      EXPECT_EQ(call(other, path).status == 405, !all.contains(other + ' ' + pattern)) << other << ' ' << path;
  }
}

}  // namespace
}  // namespace encke::gateway::test
