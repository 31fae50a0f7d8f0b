// SPDX-License-Identifier: MIT
#include <charconv>
#include <socketio/encoder.hpp>
#include <socketio/json_write.hpp>

namespace encke::socketio {

namespace {

void append_type(std::string& out, packet_type type) {
  out.push_back(static_cast<char>('0' + static_cast<int>(type)));
}

void append_nsp(std::string& out, std::string_view nsp) {
  if (nsp.empty() || nsp == "/") return;
  out.append(nsp);
  out.push_back(',');
}

packet_type with_attachments(packet_type type) {
  return type == packet_type::ack ? packet_type::binary_ack : packet_type::binary_event;
}

}  // namespace

packet_pieces::packet_pieces(packet_type type, std::string_view nsp, std::optional<std::uint64_t> id,
                             std::string_view args_json, std::size_t attachments, char before) {
  char* at = written_.data();
  char* const end = at + written_.size();
  const auto add_written = [&](char* to) {
    add({at, to});
    at = to;
  };
  char* to = at;
  if (before != '\0') *to++ = before;
  *to++ = static_cast<char>('0' + static_cast<int>(attachments == 0 ? type : with_attachments(type)));
  if (attachments != 0) {
    to = std::to_chars(to, end, attachments).ptr;
    *to++ = '-';
  }
  if (!nsp.empty() && nsp != "/") {
    add_written(to);
    add(nsp);
    *to++ = ',';
  }
  if (id) to = std::to_chars(to, end, *id).ptr;
  *to++ = '[';
  add_written(to);
  add(args_json);
  add("]");
}

void append_event(std::string& out, std::string_view nsp, std::optional<std::uint64_t> id, std::string_view args_json,
                  std::size_t attachments) {
  const packet_pieces pieces{packet_type::event, nsp, id, args_json, attachments};
  for (const auto piece : pieces.all()) out.append(piece);
}

void append_ack(std::string& out, std::string_view nsp, std::uint64_t id, std::string_view args_json,
                std::size_t attachments) {
  const packet_pieces pieces{packet_type::ack, nsp, id, args_json, attachments};
  for (const auto piece : pieces.all()) out.append(piece);
}

void append_connect(std::string& out, dialect d, std::string_view nsp, std::string_view sid, std::string_view pid) {
  append_type(out, packet_type::connect);
  append_nsp(out, nsp);
  if (d == dialect::v4) return;
  out.append(R"({"sid":)");
  append_string(out, sid);
  if (!pid.empty()) {
    out.append(R"(,"pid":)");
    append_string(out, pid);
  }
  out.push_back('}');
}

void append_connect_error(std::string& out, dialect d, std::string_view nsp, std::string_view message,
                          std::string_view data_json) {
  append_type(out, packet_type::connect_error);
  append_nsp(out, nsp);
  if (d == dialect::v4) {
    if (data_json.empty()) return append_string(out, message);
    out.append(data_json);
    return;
  }
  out.append(R"({"message":)");
  append_string(out, message);
  if (!data_json.empty()) {
    out.append(R"(,"data":)");
    out.append(data_json);
  }
  out.push_back('}');
}

void append_disconnect(std::string& out, std::string_view nsp) {
  append_type(out, packet_type::disconnect);
  append_nsp(out, nsp);
}

}  // namespace encke::socketio
