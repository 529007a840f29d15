package wire

// The generated files are committed, so that nobody needs protoc to build sesame. To
// generate them again: protoc 3.21 or later, protoc-gen-go v1.36.12 and protoc-gen-go-grpc v1.6.2.
//
//go:generate protoc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative provider.proto
