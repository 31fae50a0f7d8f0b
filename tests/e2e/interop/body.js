// SPDX-License-Identifier: MIT
// What JSON.stringify of JavaScript makes of the body that interop.test.js sends in every language.
const args = ['<b> & €😀\u2028\0/', 1e21, 0.1, null, { deep: [true, {}] }];
console.log(JSON.stringify({ users: [42], event: 'order', args }));
