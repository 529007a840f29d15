module example.com/sesame-provider-acme

go 1.26.0

require github.com/sesame-auth/sesame v0.1.0
