# SPDX-License-Identifier: MIT
# What the json library of Ruby makes of the body that interop.test.js sends in every language.
require 'json'

puts JSON.generate({ users: [42], event: 'order', args: ["<b> & €😀\u2028\0/", 1e21, 0.1, nil, { deep: [true, {}] }] })
