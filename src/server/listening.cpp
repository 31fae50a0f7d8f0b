// SPDX-License-Identifier: MIT
#include <server/listening.hpp>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <http/text.hpp>
#include <sstream>

namespace encke {

namespace {

namespace ip = boost::asio::ip;

constexpr std::uint16_t first_free_port = 1024;  // net.ipv4.ip_unprivileged_port_start, unless it was changed

// Says what it is given: std::system_error would put the system's words behind the remedy.
class listen_error final : public std::system_error {
 public:
  listen_error(std::error_code why, std::string words) : std::system_error{why}, words_{std::move(words)} {}
  [[nodiscard]] const char* what() const noexcept override { return words_.c_str(); }

 private:
  std::string words_;
};

std::string in_words(const bind_address& address) {
  std::ostringstream words;
  words << address;
  return words.str();
}

std::string reason_and_remedy(std::error_code why, std::uint16_t port) {
  if (why == std::errc::address_in_use)
    return "the port is in use: stop the program that has it (`ss -ltnp sport = :" + std::to_string(port) +
           "` names it), or take another port";
  if (why == std::errc::address_not_available)
    return "this machine has no such address: 0.0.0.0 and [::] listen on all that it has";
  if (why == std::errc::permission_denied && port < first_free_port)
    return "permission denied: ports below 1024 need root or CAP_NET_BIND_SERVICE (in a systemd unit, "
           "AmbientCapabilities=CAP_NET_BIND_SERVICE)";
  if (why == std::errc::permission_denied)
    return "permission denied: a rule of the system (SELinux, AppArmor) forbids it";
  if (why == std::errc::address_family_not_supported) return "this machine has no IPv6";
  return why.message();
}

std::string without_brackets(const std::string& address) {
  const bool has_them = address.size() > 2 && address.front() == '[' && address.back() == ']';
  return has_them ? address.substr(1, address.size() - 2) : address;
}

bool is_localhost(std::string_view name) {
  return http::iequals(name, "localhost") || http::iequals(name, "localhost.");
}

}  // namespace

std::vector<bind_address> addresses_of(boost::asio::io_context& loop, const std::string& address, std::uint16_t port) {
  boost::system::error_code failed;
  const auto plain = ip::make_address(without_brackets(address), failed);
  if (!failed) return {{plain, port}};
  if (is_localhost(address)) return {{ip::address_v4::loopback(), port}, {ip::address_v6::loopback(), port}};
  if (address.empty() || address.front() == '[')
    throw listen_error{std::make_error_code(std::errc::invalid_argument),
                       "cannot listen on \"" + address + "\": it is no address; 0.0.0.0 listens on all"};
  std::vector<bind_address> all;
  ip::tcp::resolver resolver{loop};
  for (const auto& found : resolver.resolve(address, std::to_string(port), ip::resolver_base::passive, failed))
    if (std::find(all.begin(), all.end(), found.endpoint()) == all.end()) all.push_back(found.endpoint());
  if (all.empty())
    throw listen_error{failed, "cannot listen on \"" + address +
                                   "\": it is no IP address, and no address is known for " +
                                   "it as a name: " + failed.message()};
  return all;
}

void throw_cannot_listen(std::error_code why, const bind_address& address, const std::string& given) {
  boost::system::error_code is_name;
  (void)ip::make_address(without_brackets(given), is_name);
  throw listen_error{why, "cannot listen on " + in_words(address) + (is_name ? " (" + given + ")" : "") + ": " +
                              reason_and_remedy(why, address.port())};
}

}  // namespace encke
