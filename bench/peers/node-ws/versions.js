// SPDX-License-Identifier: MIT
// Prints which Node this is and the versions of packages: versions.js FOLDER NAME...

const path = require('node:path');

const [folder, ...names] = process.argv.slice(2);
const version = (name) => require(path.resolve(folder, 'node_modules', name, 'package.json')).version;
console.log([`Node ${process.versions.node}`, ...names.map((name) => `${name} ${version(name)}`)].join(', '));
