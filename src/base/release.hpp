// SPDX-License-Identifier: MIT
// Giving the memory of a container back. `c = {}` does not: it assigns an empty list and keeps the capacity.
#pragma once

namespace encke {

/// Empties a container and frees what it holds, buckets and spare room included.
template <class Container>
void release(Container& c) {
  Container{}.swap(c);
}

}  // namespace encke
