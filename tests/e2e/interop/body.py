# SPDX-License-Identifier: MIT
"""What the json module of Python makes of the body that interop.test.js sends in every language."""
import json

print(json.dumps({"users": [42], "event": "order", "args": [
    "<b> & €😀\u2028\0/", 1e21, 0.1, None, {"deep": [True, {}]}]}))
