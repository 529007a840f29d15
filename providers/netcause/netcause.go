// Package netcause says why a request got no answer.
package netcause

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
)

// Text returns the cause in words for a person, without the method and the URL that net/http puts before
// it: whoever shows it has said the URL. An error that it does not know keeps its own words.
func Text(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "proxyconnect" {
		return "the proxy: " + reason(e.Err)
	}
	return reason(err)
}

func reason(err error) string {
	if text := certificate(err); text != "" {
		return text
	}
	name, isDNS := errors.AsType[*net.DNSError](err)
	_, isPlain := errors.AsType[tls.RecordHeaderError](err)
	code, isSystem := errors.AsType[syscall.Errno](err)
	switch {
	case isDNS && name.IsNotFound:
		return "no such host: " + name.Name
	case isDNS:
		return "the host " + name.Name + " cannot be looked up: " + name.Err
	case isPlain:
		return "the answer is not TLS"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed before the answer"
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return "no answer in time"
	case isSystem:
		return code.Error()
	}
	return err.Error()
}

// certificate says what is wrong with a server's; "" for any other error.
func certificate(err error) string {
	_, isUnknown := errors.AsType[x509.UnknownAuthorityError](err)
	e, isBad := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case isUnknown:
		return "certificate signed by unknown authority; " +
			"if it is your organisation's, set SSL_CERT_FILE to its certificate"
	case isBad:
		return "its certificate is not good: " + e.Err.Error()
	}
	return ""
}
