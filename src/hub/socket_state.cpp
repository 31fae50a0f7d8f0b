// SPDX-License-Identifier: MIT
#include <hub/socket_state.hpp>

#include <hub/nsp_core.hpp>

namespace encke::hub {

void intrusive_ptr_add_ref(const socket_state* one) noexcept {
  one->holders.add();
}

void intrusive_ptr_release(const socket_state* one) noexcept {
  if (one->holders.drop()) delete one;
}

socket_state::socket_state(std::string_view socket_id, nsp_core& in, shard& at, client& of)
    : id{socket_id}, nsp{in}, home{at}, owner{&of}, is_in_child{in.is_child()} {
  nsp_ptr{&in}.detach();
}

socket_state::~socket_state() {
  if (is_in_child) nsp_ptr::adopt(&nsp);
}

}  // namespace encke::hub
