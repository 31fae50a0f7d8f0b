// SPDX-License-Identifier: MIT

package main

import (
	"net/http"

	socketio "github.com/googollee/go-socket.io"
	"github.com/gorilla/context"
	"github.com/gorilla/mux"
)

const mostSockets = 100000

// What go-socket.io knows of who is there is the request that the socket came with.
func userOf(s socketio.Socket) string {
	user, _ := context.Get(s.Request(), userKey).(string)
	return user
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func newSockets() *socketio.Server {
	sockets, err := socketio.NewServer(nil)
	must(err)
	sockets.SetMaxConnection(mostSockets)
	must(sockets.On("connection", func(s socketio.Socket) {
		must(s.Join(userOf(s)))
	}))
	must(sockets.On("whoami", func(s socketio.Socket) string { return userOf(s) }))
	must(sockets.On("disconnection", func(s socketio.Socket) { context.Clear(s.Request()) }))
	return sockets
}

func newRouter(sockets http.Handler) http.Handler {
	router := mux.NewRouter()
	// Sockets live longer than the request they came with, and their callbacks look up the user in its context.
	router.KeepContext = true
	router.PathPrefix("/socket.io/").Handler(admit(sockets))
	return router
}
