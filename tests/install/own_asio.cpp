// SPDX-License-Identifier: MIT
// Asio compiled by the program itself, with definitions of its own choice: it must not clash with what libencke holds.
#include <boost/asio/impl/src.hpp>
