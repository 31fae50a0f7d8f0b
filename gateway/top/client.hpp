// SPDX-License-Identifier: MIT
// A client of the gateway's own API for `encke top`: HTTP/1.1 without TLS, one connection that is kept. What goes wrong
// is said in words for the one who typed the command.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <encke/task.hpp>
#include <memory>
#include <stdexcept>
#include <string>

#include "gateway/top/url.hpp"

namespace encke::gateway {

/// The API was not reached, or refused; `what()` is the whole sentence.
struct api_failure : std::runtime_error {
  using runtime_error::runtime_error;
};

class top_client {
 public:
  /// An empty key is not sent. `patience` bounds each step: connect, send, answer.
  top_client(boost::asio::any_io_executor, api_url, std::string key,
             std::chrono::milliseconds patience = std::chrono::seconds{5});
  ~top_client();

  /// The body of an answer with a status of 2xx; throws `api_failure`. One call at a time.
  task<std::string> call(std::string method, std::string path);

 private:
  struct connection;
  task<std::string> attempt(const std::string& method, const std::string& path);

  boost::asio::any_io_executor executor_;
  api_url url_;
  std::string key_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<connection> connection_;
};

}  // namespace encke::gateway
