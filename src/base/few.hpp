// SPDX-License-Identifier: MIT
// Few: a vector whose first entries lie in place, for lists that have that many nearly always. More are charged to
// purpose P.
#pragma once

#include <boost/container/small_vector.hpp>
#include <encke/ledger.hpp>

namespace encke {

template <class T, std::size_t InPlace, ledger::purpose P>
using few = boost::container::small_vector<T, InPlace, ledger::allocator<T, P>>;

}  // namespace encke
