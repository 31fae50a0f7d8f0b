// SPDX-License-Identifier: MIT
// The whole public API but its optional components (jwt.hpp).
#pragma once

#include <encke/admission.hpp>
#include <encke/base64.hpp>
#include <encke/control_group.hpp>
#include <encke/engine_hooks.hpp>
#include <encke/error.hpp>
#include <encke/event_names.hpp>
#include <encke/fault.hpp>
#include <encke/handshake.hpp>
#include <encke/hash.hpp>
#include <encke/http.hpp>
#include <encke/json_walk.hpp>
#include <encke/kind.hpp>
#include <encke/largest.hpp>
#include <encke/ledger.hpp>
#include <encke/log.hpp>
#include <encke/memory.hpp>
#include <encke/nsp.hpp>
#include <encke/options.hpp>
#include <encke/parser.hpp>
#include <encke/read.hpp>
#include <encke/reason.hpp>
#include <encke/server.hpp>
#include <encke/slow.hpp>
#include <encke/socket.hpp>
#include <encke/stats.hpp>
#include <encke/target.hpp>
#include <encke/task.hpp>
#include <encke/transport.hpp>
#include <encke/value.hpp>
#include <encke/write.hpp>
