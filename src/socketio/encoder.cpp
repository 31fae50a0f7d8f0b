// SPDX-License-Identifier: MIT
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

void append_binary_head(std::string& out, packet_type type, std::size_t attachments) {
  append_type(out, type);
  append_number(out, attachments);
  out.push_back('-');
}

void append_array(std::string& out, std::string_view inner) {
  out.push_back('[');
  out.append(inner);
  out.push_back(']');
}

}  // namespace

void append_event(std::string& out, std::string_view nsp, std::optional<std::uint64_t> id, std::string_view args_json,
                  std::size_t attachments) {
  if (attachments == 0) append_type(out, packet_type::event);
  if (attachments != 0) append_binary_head(out, packet_type::binary_event, attachments);
  append_nsp(out, nsp);
  if (id) append_number(out, *id);
  append_array(out, args_json);
}

void append_ack(std::string& out, std::string_view nsp, std::uint64_t id, std::string_view args_json,
                std::size_t attachments) {
  if (attachments == 0) append_type(out, packet_type::ack);
  if (attachments != 0) append_binary_head(out, packet_type::binary_ack, attachments);
  append_nsp(out, nsp);
  append_number(out, id);
  append_array(out, args_json);
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
