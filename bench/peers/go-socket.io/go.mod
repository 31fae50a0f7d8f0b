module encke.invalid/bench/peers/go-socket.io

go 1.21

require (
	github.com/auth0/go-jwt-middleware v0.0.0-20201030150249-d783b5c46b39
	github.com/dgrijalva/jwt-go v3.2.0+incompatible
	github.com/googollee/go-socket.io v1.7.0
	github.com/gorilla/mux v1.8.0
)

require (
	github.com/gofrs/uuid v4.0.0+incompatible // indirect
	github.com/gomodule/redigo v1.8.4 // indirect
	github.com/gorilla/websocket v1.4.2 // indirect
)
