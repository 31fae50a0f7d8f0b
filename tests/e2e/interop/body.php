<?php
// SPDX-License-Identifier: MIT
// What json_encode of PHP makes of the body that interop.test.js sends in every language.
echo json_encode(['users' => [42], 'event' => 'order', 'args' => [
    "<b> & €😀\u{2028}\0/", 1e21, 0.1, null, ['deep' => [true, new stdClass()]]]], JSON_PRETTY_PRINT);
