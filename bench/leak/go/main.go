// SPDX-License-Identifier: MIT

// A push service as a team would have built it before Go's requests had a context of their own: go-socket.io for the
// clients, gorilla's router before it, a JWT middleware at the door, pushes by HTTP at a second address.
// What it keeps of a refused client, and why, is in ../README.md.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
)

var (
	listen    = flag.String("listen", "127.0.0.1:0", "address for clients")
	apiListen = flag.String("api-listen", "127.0.0.1:0", "address for pushes and the debug pages")
	secret    = flag.String("secret", "", "HS256 key of the tokens")
	repaired  = flag.Bool("repaired", false, "with the line that was missing: clear what a refused request has")
)

func mustListen(address string) net.Listener {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		panic(err)
	}
	return listener
}

func main() {
	flag.Parse()
	log.SetOutput(io.Discard)
	sockets := newSockets()
	clients, api := mustListen(*listen), mustListen(*apiListen)
	fmt.Printf("listening on http://%s\n", clients.Addr())
	fmt.Printf("api on http://%s\n", api.Addr())
	go func() { panic(http.Serve(api, newAPI(sockets))) }()
	panic(http.Serve(clients, newRouter(sockets)))
}
