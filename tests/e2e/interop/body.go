// SPDX-License-Identifier: MIT

// What encoding/json of Go makes of the body that interop.test.js sends in every language.
package main

import (
	"encoding/json"
	"os"
)

func main() {
	body := map[string]any{"users": []int{42}, "event": "order", "args": []any{
		"<b> & €😀\u2028\x00/", 1e21, 0.1, nil, map[string]any{"deep": []any{true, map[string]any{}}}}}
	if err := json.NewEncoder(os.Stdout).Encode(body); err != nil {
		panic(err)
	}
}
