// SPDX-License-Identifier: MIT

package main

import (
	"net/http"

	jwtmiddleware "github.com/auth0/go-jwt-middleware"
	"github.com/dgrijalva/jwt-go"
	"github.com/gorilla/context"
)

type key int

const userKey key = 0

func fromCookie(r *http.Request) (string, error) {
	cookie, err := r.Cookie("token")
	if err != nil {
		return "", nil
	}
	return cookie.Value, nil
}

func refuse(w http.ResponseWriter, r *http.Request, why string) {
	if *repaired {
		context.Clear(r)
	}
	http.Error(w, why, http.StatusUnauthorized)
}

func newMiddleware() *jwtmiddleware.JWTMiddleware {
	return jwtmiddleware.New(jwtmiddleware.Options{
		Extractor:           jwtmiddleware.FromFirst(jwtmiddleware.FromParameter("token"), fromCookie, jwtmiddleware.FromAuthHeader),
		SigningMethod:       jwt.SigningMethodHS256,
		ValidationKeyGetter: func(*jwt.Token) (interface{}, error) { return []byte(*secret), nil },
		ErrorHandler:        refuse,
	})
}

func userIn(r *http.Request) string {
	claims, _ := r.Context().Value("user").(*jwt.Token).Claims.(jwt.MapClaims)
	user, _ := claims["uid"].(string)
	return user
}

// admit lets handshakes with a good token through, and everything that belongs to a session. The context of a handshake
// is the socket's until that disconnects; other requests are done with when they are answered.
func admit(next http.Handler) http.Handler {
	tokens := newMiddleware()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("sid") != "" {
			defer context.Clear(r)
			next.ServeHTTP(w, r)
			return
		}
		if tokens.CheckJWT(w, r) != nil {
			return
		}
		user := userIn(r)
		if user == "" {
			refuse(w, r, "no user in the token")
			return
		}
		context.Set(r, userKey, user)
		next.ServeHTTP(w, r)
	})
}
