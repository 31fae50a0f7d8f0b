// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"runtime"
	"runtime/debug"

	socketio "github.com/googollee/go-socket.io"
	"github.com/gorilla/context"
	"github.com/gorilla/mux"
)

func answer(w http.ResponseWriter, body interface{}) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func push(sockets *socketio.Server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var order struct {
			User, Event string
			Data        interface{}
		}
		if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		sockets.BroadcastTo(order.User, order.Event, order.Data)
		answer(w, struct{}{})
	}
}

func showMemory(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	answer(w, map[string]uint64{
		"heap_alloc": m.HeapAlloc, "heap_objects": m.HeapObjects, "heap_inuse": m.HeapInuse, "heap_sys": m.HeapSys,
		"heap_released": m.HeapReleased, "gc_sys": m.GCSys, "other_sys": m.OtherSys, "stack_sys": m.StackSys,
	})
}

// Collects garbage and gives the system back what is free.
func collect(w http.ResponseWriter, r *http.Request) {
	debug.FreeOSMemory()
	showMemory(w, r)
}

// Forgets the contexts of all requests, of sockets that are there too. How many there were besides this one's own.
func purge(w http.ResponseWriter, r *http.Request) {
	context.Clear(r)
	answer(w, map[string]int{"contexts": context.Purge(0)})
}

func newAPI(sockets *socketio.Server) http.Handler {
	router := mux.NewRouter() // clears what it has set, as it does unless told otherwise
	router.HandleFunc("/push", push(sockets)).Methods("POST")
	router.HandleFunc("/debug/memory", showMemory).Methods("GET")
	router.HandleFunc("/debug/collect", collect).Methods("POST")
	router.HandleFunc("/debug/purge", purge).Methods("POST")
	router.PathPrefix("/debug/pprof/").HandlerFunc(pprof.Index)
	return router
}
