// SPDX-License-Identifier: MIT
// The headers of msgpack-cxx, without what they need of Boost. Included by the files of this layer only.
#pragma once

#define MSGPACK_NO_BOOST
#include <msgpack.hpp>
