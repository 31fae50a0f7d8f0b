// SPDX-License-Identifier: MIT
// Errors as values: what a peer or a late answer can cause is returned, never thrown.
// Used by every layer; each protocol has an error enum of its own and uses result<T, its_error>.
#pragma once

#include <boost/system/result.hpp>
#include <encke/export.hpp>
#include <string_view>

namespace encke {

/// What can go wrong in a call of the public API. Mistakes of the programmer are exceptions instead.
enum class errc {
  timed_out,      ///< not everyone answered in time
  not_connected,  ///< the client has left
  wrong_type,     ///< an answer arrived that does not convert to the type asked for
  queue_full,     ///< the overflow policy refused the message
  stopped,        ///< the server is shutting down
};

/// A value of type T, or an error. Test it like a pointer; `error()` says why there is none.
template <class T, class E = errc>
using result = boost::system::result<T, E>;

/// The name of an error in words, e.g. "timed out".
ENCKE_API std::string_view to_string(errc) noexcept;

/// Called by `result::value()` when there is no value.
[[noreturn]] ENCKE_API void throw_exception_from_error(errc, const boost::source_location&);

}  // namespace encke
