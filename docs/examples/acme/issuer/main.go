// Command issuer stands in for Acme's issuer: it mints tokens of an hour for the key in
// ACME_API_KEY. It listens on a free port of this machine, and prints its URL.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"sync/atomic"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/token\n", listener.Addr())
	var serial atomic.Int64
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+os.Getenv("ACME_API_KEY") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"token":"acme-token-%d","expires_in":3600}`, serial.Add(1))
	})))
}
