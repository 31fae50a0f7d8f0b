// SPDX-License-Identifier: MIT

// The benchmark application on googollee/go-socket.io, as a push service of 2020 had it: gorilla's router and WebSocket,
// a JWT middleware that takes the token from query, cookie or header, Engine.IO protocol 3. See ../README.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	jwtmiddleware "github.com/auth0/go-jwt-middleware"
	"github.com/dgrijalva/jwt-go"
	socketio "github.com/googollee/go-socket.io"
	"github.com/googollee/go-socket.io/engineio"
	"github.com/googollee/go-socket.io/engineio/transport"
	"github.com/googollee/go-socket.io/engineio/transport/polling"
	"github.com/googollee/go-socket.io/engineio/transport/websocket"
	"github.com/gorilla/mux"
)

const userHeader = "X-User" // how a socket's handlers learn what the middleware found

var (
	port         = flag.Int("port", 0, "port on 127.0.0.1; 0 picks a free one")
	secret       = flag.String("secret", "", "HS256 key of the tokens")
	pingInterval = flag.Int("ping-interval", 25000, "milliseconds")
	pingTimeout  = flag.Int("ping-timeout", 20000, "milliseconds")
)

func fromCookie(r *http.Request) (string, error) {
	cookie, err := r.Cookie("token")
	if err != nil {
		return "", nil
	}
	return cookie.Value, nil
}

func newMiddleware() *jwtmiddleware.JWTMiddleware {
	return jwtmiddleware.New(jwtmiddleware.Options{
		Extractor:           jwtmiddleware.FromFirst(jwtmiddleware.FromParameter("token"), fromCookie, jwtmiddleware.FromAuthHeader),
		SigningMethod:       jwt.SigningMethodHS256,
		ValidationKeyGetter: func(*jwt.Token) (interface{}, error) { return []byte(*secret), nil },
	})
}

// authenticated lets handshakes with a good token through, and everything that belongs to a session.
func authenticated(next http.Handler) http.Handler {
	middleware := newMiddleware()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("sid") == "" {
			if middleware.CheckJWT(w, r) != nil {
				return
			}
			claims := r.Context().Value("user").(*jwt.Token).Claims.(jwt.MapClaims)
			user, _ := claims["uid"].(string)
			if user == "" {
				http.Error(w, "no user", http.StatusUnauthorized)
				return
			}
			r.Header.Set(userHeader, user)
		}
		next.ServeHTTP(w, r)
	})
}

func newServer() *socketio.Server {
	anyOrigin := func(*http.Request) bool { return true }
	return socketio.NewServer(&engineio.Options{
		PingInterval: time.Duration(*pingInterval) * time.Millisecond,
		PingTimeout:  time.Duration(*pingTimeout) * time.Millisecond,
		Transports: []transport.Transport{
			&polling.Transport{CheckOrigin: anyOrigin},
			&websocket.Transport{CheckOrigin: anyOrigin},
		},
	})
}

func addEvents(server *socketio.Server) {
	server.OnConnect("/", func(s socketio.Conn) error {
		s.Join(s.RemoteHeader().Get(userHeader))
		s.Join("house")
		return nil
	})
	server.OnDisconnect("/", func(socketio.Conn, string) {})
	server.OnError("/", func(socketio.Conn, error) {})
	server.OnEvent("/", "echo-ack", func(_ socketio.Conn, data interface{}) interface{} { return data })
	server.OnEvent("/", "echo", func(s socketio.Conn, data interface{}) { s.Emit("echo", data) })
	server.OnEvent("/", "shout", func(_ socketio.Conn, data interface{}) {
		server.BroadcastToRoom("/", "house", "shout", data)
	})
	server.OnEvent("/", "tell", func(_ socketio.Conn, room string, data interface{}) {
		server.BroadcastToRoom("/", room, "tell", data)
	})
}

func publish(server *socketio.Server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var order struct {
			Room, Event string
			Data        interface{}
		}
		if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		server.BroadcastToRoom("/", order.Room, order.Event, order.Data)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
	}
}

func main() {
	flag.Parse()
	log.SetOutput(io.Discard)
	server := newServer()
	addEvents(server)
	go server.Serve()

	router := mux.NewRouter()
	router.PathPrefix("/socket.io/").Handler(authenticated(server))
	router.HandleFunc("/publish", publish(server)).Methods("POST")
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	panic(http.Serve(listener, router))
}
