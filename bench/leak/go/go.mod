module encke.invalid/bench/leak/go

go 1.21

require (
	github.com/auth0/go-jwt-middleware v0.0.0-20170425171159-5493cabe49f7
	github.com/dgrijalva/jwt-go v3.2.0+incompatible
	github.com/googollee/go-socket.io v1.0.1
	github.com/gorilla/context v1.1.1
	github.com/gorilla/mux v0.0.0-20160317213430-0eeaf8392f5b
)

require (
	github.com/codegangsta/negroni v1.0.0 // indirect
	github.com/googollee/go-engine.io v1.0.1 // indirect
	github.com/gorilla/websocket v1.4.0 // indirect
)
