// SPDX-License-Identifier: MIT
// Runs cells of the matrix. Where the server notices at once they go one after another, on a server that stays, each
// with the ledger and the descriptors looked at behind it. Where it takes a deadline or the server's end, all of them
// wait together; should anything be left, each is run again alone to find out whose it is.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exits/matrix_visitor.hpp"

namespace encke::test::matrix {

class runner {
 public:
  static runner& instance();

  /// What went wrong; "" if nothing did. Failed expectations besides are those of the current test. `company`: the
  /// cells that are to be run in this process.
  [[nodiscard]] std::string run(const cell&, const std::vector<cell>& company);
  /// Ends the servers that stayed.
  void finish() { kept_.clear(); }

 private:
  struct together;
  std::string run_promptly(const cell&);
  void run_together(scene, const std::vector<cell>&);
  std::map<std::string, std::string> outcomes_;  // of those that ran together
  std::map<bool, std::unique_ptr<matrix_server>> kept_;
};

}  // namespace encke::test::matrix
